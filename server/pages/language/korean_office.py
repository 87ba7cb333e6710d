"""The texts of the office's pages, in Korean, with the same {names}."""

from typing import Final

KOREAN_OFFICE: Final[dict[str, str]] = {
    "Office": "학사팀",
    "Lists of students": "수강생 명단",
    "Import .xlsx, CSV or OneRoster; what changes is shown first.": (
        ".xlsx, CSV, OneRoster를 불러옵니다. 무엇이 바뀌는지 먼저 보여 드립니다."
    ),
    "Photographs": "등록 사진",
    "Drop a folder or a ZIP; each file is told what became of it.": (
        "폴더나 ZIP을 끌어다 놓으면 파일마다 결과를 알려 드립니다."
    ),
    "Courses and who teaches them": "과목과 담당자",
    "Timetable, room and rules, professors and assistants.": "시간표, 강의실, 출결 규칙, 교수와 조교를 정합니다.",
    "Terms and holidays": "학기와 휴강일",
    "First and last day, days without class, make-up days.": "개강일과 종강일, 휴강일, 보강일을 정합니다.",
    "Rooms": "강의실",
    "Which courses and devices are in which room.": "강의실마다 어떤 과목과 장치가 있는지 보여 드립니다.",
    "Checked on {day}, by {count} pictures of {width} x {height}.": (
        "{day}에 {width} x {height} 사진 {count}장으로 점검했습니다."
    ),
    "Rows of seats": "좌석 줄",
    "Row": "줄",
    "Faces": "얼굴",
    "Pixels": "픽셀",
    "Sure in one picture": "사진 한 장에서 확실",
    "yes": "가능",
    "ask": "확인 필요",
    "no": "불가",
    "Light": "밝기",
    "Light, 0 to 255, at": "밝기(0~255), 시각",
    "left": "왼쪽",
    "middle": "가운데",
    "right": "오른쪽",
    "Consents": "동의 현황",
    "Who has not consented yet, course by course.": "과목별로 아직 동의하지 않은 학생을 보여 드립니다.",
    "Downloads": "내려받기",
    "Reports as files, each with its reason.": "출석부를 파일로 받습니다. 사유를 남깁니다.",
    "Camera and roll call": "카메라와 호명 비교",
    "How often camera and people agree, for a pilot.": (
        "시범 운영에서 카메라와 사람의 판단이 얼마나 같은지 보여 드립니다."
    ),
    # lists of students
    "From the learning platform": "학습관리시스템(LMS)에서 가져오기",
    "The platform has everybody: who is missing there has left the course": (
        "LMS의 명단이 전부입니다. 거기에 없는 학생은 수강을 그만둔 것으로 봅니다."
    ),
    "Ask, and show what would change": "가져와서 무엇이 바뀌는지 보기",
    "No learning platform gives the list of this course.": "이 과목의 명단을 주는 LMS가 없습니다.",
    "The lists are changed.": "명단을 바꾸었습니다.",
    "Files: .xlsx, CSV, or a ZIP of OneRoster": "파일: .xlsx, CSV 또는 OneRoster ZIP",
    "Course of every line, where the file names none": "파일에 과목이 없을 때 모든 줄의 과목 코드",
    "Other headings": "다른 열 이름",
    "such as 수강생번호=student_id, separated by commas": "예: 수강생번호=student_id, 쉼표로 구분합니다",
    "Sheet, where the file has several": "시트 이름(여러 개일 때)",
    "First day of who is new": "새로 들어온 학생의 첫날",
    "left out: the term's, or today after a course's first class": "비워 두면 개강일, 첫 수업 뒤라면 오늘입니다",
    "The files hold everybody: who is missing has left the course": (
        "파일에 수강생이 모두 있습니다. 없는 학생은 수강을 그만둔 것입니다"
    ),
    "Show what would change": "무엇이 바뀌는지 보기",
    "What the files would change": "파일로 바뀌는 내용",
    "In numbers": "건수",
    "added": "추가",
    "renamed": "이름 변경",
    "removed": "제외",
    "with other days": "날짜 변경",
    "as before": "그대로",
    "lines not read": "읽지 못한 줄",
    "New courses: {courses}": "새 과목: {courses}",
    "{count} join after a course's first class: no hour before counts for them.": (
        "{count}명은 첫 수업 뒤에 들어왔습니다. 그 전 교시는 세지 않습니다."
    ),
    "The list of {course} of an earlier term is over since {day}.": (
        "{course}의 지난 학기 명단은 {day}부터 끝난 것으로 합니다."
    ),
    "Removed: on the list until today": "제외: 오늘까지만 명단에 있음",
    "Renamed": "이름 변경",
    "Before": "이전",
    "After": "이후",
    "Added": "추가",
    "Other days": "날짜 변경",
    "Not read: whoever stands there is not imported": "읽지 못함: 이 줄의 학생은 불러오지 않습니다",
    "Read otherwise than written": "적힌 것과 다르게 읽음",
    "Change nothing": "바꾸지 않기",
    "Do this": "이대로 바꾸기",
    "Number": "학번",
    "Name": "이름",
    "First day": "첫날",
    "… and {count} more": "… 외 {count}건",
    "The files are held for a quarter of an hour and are gone now: choose them again.": (
        "파일은 15분 동안만 갖고 있습니다. 지금은 없으니 다시 골라 주세요."
    ),
    "What the files would change is another thing by now: look at it again.": (
        "그사이에 바뀌는 내용이 달라졌습니다. 다시 확인해 주세요."
    ),
    "Choose a file first.": "먼저 파일을 고르세요.",
    "A day is written as 2026-03-02.": "날짜는 2026-03-02처럼 적습니다.",
    # photographs
    "A file is called after the student's number, 201511041.jpg or 201511041_2.jpg, or lies in a folder of that name. "
    "Who has not consented where consent is asked is refused, and called by name.": (
        "파일 이름은 201511041.jpg나 201511041_2.jpg처럼 학번으로 시작하거나, 학번 이름의 폴더 안에 있어야 합니다. "
        "동의가 필요한 곳에서 동의하지 않은 학생의 사진은 받지 않으며, 그 학생은 호명으로 확인합니다."
    ),
    "{done} of {total} sent": "{total}개 가운데 {done}개를 보냈습니다",
    "The server could not be reached; send this one again.": "서버에 연결하지 못했습니다. 이 파일은 다시 보내 주세요.",
    "Photographs, or a ZIP of them": "사진 또는 사진을 묶은 ZIP",
    "Or drop a folder here, or choose one:": "폴더를 여기에 끌어다 놓거나 골라도 됩니다:",
    "Folder": "폴더",
    "Send": "보내기",
    "What became of each file": "파일별 결과",
    "File": "파일",
    "taken": "등록함",
    "enrolled already": "이미 등록됨",
    "refused": "받지 않음",
    "To look at": "확인할 것",
    "Photograph of {student}": "{student}의 사진",
    "No photograph looks wrong.": "이상해 보이는 사진이 없습니다.",
    "One person under two numbers, or a photograph that is filed under the wrong number": (
        "한 사람이 두 학번으로 있거나, 다른 학번에 들어간 사진입니다"
    ),
    "They resemble each other more than chance allows": "우연이라기에는 너무 닮았습니다",
    "A photograph that does not look like the student's others": "같은 학생의 다른 사진과 닮지 않은 사진입니다",
    "The photograph is not there any more.": "사진이 더는 없습니다.",
    "The name begins with no student's number: call the file 201511041.jpg, or put it into a folder of that name.": (
        "이름이 학번으로 시작하지 않습니다. 파일 이름을 201511041.jpg처럼 하거나 학번 이름의 폴더에 넣으세요."
    ),
    "The photograph cannot be taken: {reason}.": "이 사진은 등록할 수 없습니다: {reason}.",
    "No student has the number '{student}': import a roster first.": (
        "학번이 {student}인 학생이 없습니다. 먼저 명단을 불러오세요."
    ),
    "Student {student} has not consented: record the consent first, or call them by name.": (
        "{student} 학생은 동의하지 않았습니다. 먼저 동의를 기록하거나 호명으로 확인하세요."
    ),
    "Student {student} was erased: their photographs are refused until `enrol --again` permits them.": (
        "{student} 학생의 정보는 파기되었습니다. `enrol --again`으로 허용할 때까지 사진을 받지 않습니다."
    ),
    # courses
    "Courses": "과목",
    "Title": "과목명",
    "Room": "강의실",
    "Rules": "규칙",
    "Hours a week": "주당 교시",
    "There is no course yet: import a list, or set one here.": (
        "아직 과목이 없습니다. 명단을 불러오거나 여기서 과목을 만드세요."
    ),
    "A new course": "새 과목",
    "Course code": "과목 코드",
    "Its plan": "과목 설정",
    "Or its TOML file": "또는 TOML 파일",
    "It is changed.": "바꾸었습니다.",
    "What it would change": "바뀌는 내용",
    "It holds from {day} on.": "{day}부터 적용됩니다.",
    "ever": "처음",
    "It ends on {day}, where a later plan is set.": "{day}에 끝납니다. 그 뒤에는 이미 정해 둔 설정이 있습니다.",
    "Hours a week: {before} before, {after} after.": "주당 교시: 이전 {before}, 이후 {after}.",
    "{count} hours of days that are over would not be planned any more; what was marked there stays.": (
        "지난 날의 {count}교시가 계획에서 빠집니다. 이미 기록한 출결은 그대로 남습니다."
    ),
    "{count} hours of days that are over would be planned; where nobody was marked they are not taken.": (
        "지난 날의 {count}교시가 계획에 들어갑니다. 기록이 없으면 미실시로 남습니다."
    ),
    "Absences that fail: {before} before, {after} after.": "F가 되는 결석 수: 이전 {before}, 이후 {after}.",
    "none": "없음",
    "By this plan {count} students would fail.": "이 설정으로 {count}명이 F가 됩니다.",
    "By this plan {count} students would not fail any more.": "이 설정으로 {count}명이 F에서 벗어납니다.",
    "Plan and rules": "설정과 규칙",
    "The plan, as its TOML file": "과목 설정(TOML)",
    "Or another TOML file": "또는 다른 TOML 파일",
    "From which day on": "적용 시작일",
    "left out: today, or the term's first day before its first class": "비워 두면 오늘, 첫 수업 전이라면 개강일입니다",
    "Rules that can be chosen by preset": "preset으로 고를 수 있는 규칙",
    "Who teaches it": "담당자",
    "As": "역할",
    "May": "권한",
    "From": "시작",
    "Until": "끝",
    "End": "끝내기",
    "End: {user}": "끝내기: {user}",
    "professor": "교수",
    "assistant": "조교",
    "mark": "출결 기록",
    "submit": "제출",
    "change the list": "명단 변경",
    "Nobody yet.": "아직 없습니다.",
    "Add somebody": "담당자 추가",
    "What an assistant may beyond looking": "조교가 보는 것 말고 할 수 있는 일",
    "First day without it": "담당하지 않는 첫날",
    "Add": "추가",
    "Account": "계정",
    "A plan has 256 KiB at most.": "설정은 256KiB까지입니다.",
    "Say which course.": "과목 코드를 적어 주세요.",
    # terms and rooms
    "{holidays} days without class and {makeups} make-up days would be set, in place of those that the term has.": (
        "휴강일 {holidays}건과 보강일 {makeups}건을 정합니다. 지금 학기의 것은 이것으로 바뀝니다."
    ),
    "{day} follows {weekday}": "{day}: {weekday} 시간표",
    "Monday": "월요일",
    "Tuesday": "화요일",
    "Wednesday": "수요일",
    "Thursday": "목요일",
    "Friday": "금요일",
    "Saturday": "토요일",
    "Sunday": "일요일",
    "No term is set yet: every day is in term.": "아직 학기를 정하지 않았습니다. 모든 날이 학기 중입니다.",
    "Set a term": "학기 정하기",
    "The term, as its TOML file": "학기 설정(TOML)",
    "A room is where a course's plan or a device says that it is.": "과목 설정이나 장치가 말하는 강의실입니다.",
    "Devices": "장치",
    # consents
    "Nobody is asked for a consent here: the setting consent is off.": (
        "여기서는 동의를 받지 않습니다. 설정 consent가 off입니다."
    ),
    "Who has not consented is never recognised: they are called by name, and nothing else is different for them.": (
        "동의하지 않은 학생은 인식하지 않습니다. 호명으로 확인하며 그 밖에 다른 점은 없습니다."
    ),
    "On the list": "수강생",
    "Agreed": "동의",
    "Refused or withdrawn": "거부 또는 철회",
    "Not answered": "응답 없음",
    "Not agreed": "동의하지 않음",
    "Without a consent in {course}": "{course}에서 동의가 없는 학생",
    "Agreed to an earlier text": "이전 안내문에 동의",
    "Everybody has consented.": "모두 동의했습니다.",
    # downloads and agreement
    "Each download is logged with its reason.": "내려받을 때마다 사유와 함께 기록됩니다.",
    "Form": "형식",
    "Spreadsheet to print (.xlsx)": "인쇄용 스프레드시트(.xlsx)",
    "Characters of CSV": "CSV 문자 집합",
    "Last day": "마지막 날",
    "An hour for Moodle": "Moodle에 넣을 한 교시",
    "A CSV file that Moodle's Attendance imports into one of its sessions.": (
        "Moodle 출석부의 한 세션으로 가져올 수 있는 CSV 파일입니다."
    ),
    "Students {students}, distance {distance}: compare the photographs; one may be filed under the wrong number, or a "
    "person stand there under several.": (
        "학생 {students}, 거리 {distance}: 사진을 비교하세요. 사진이 다른 학번에 들어 있거나, 한 사람이 여러 학번으로 "
        "등록되었을 수 있습니다."
    ),
    "Students {students}, distance {distance}: compare the photographs. If they are different people, the professor is "
    "asked where both fit a face; a second and third photograph of each helps.": (
        "학생 {students}, 거리 {distance}: 사진을 비교하세요. 다른 사람이라면 두 사람에게 모두 맞는 얼굴은 교수님께 "
        "여쭙습니다. 사진을 두세 장씩 더 등록하면 좋아집니다."
    ),
    "Students {students}, distance {distance}: look at the photographs, and take away what shows somebody else.": (
        "학생 {students}, 거리 {distance}: 사진을 보고 다른 사람이 찍힌 것은 빼세요."
    ),
    "Download": "내려받기",
    "What the camera proposed is kept beside what people decided, so that a pilot can be judged.": (
        "카메라의 제안을 사람의 결정과 함께 남겨 시범 운영을 평가할 수 있게 합니다."
    ),
    "agree": "일치",
    "hours of students compared": "비교한 학생·교시",
    "of them sure": "그 가운데 확실",
    "without a mark": "기록 없음",
    "without a proposal": "제안 없음",
    "Camera": "카메라",
    "Person": "사람",
    "Difference": "차이",
    "sure": "확실",
    "the camera had them present": "카메라는 출석으로 봄",
    "the camera had them absent": "카메라는 결석으로 봄",
    "another state": "다른 상태",
    "They never differed.": "다른 적이 없습니다.",
    "destroyed after enrolment: ask the student, or take another": "등록한 뒤 파기됨: 학생에게 묻거나 다시 찍어 주세요",
    "Photographs are not kept here: each is destroyed once features were made of it.": (
        "사진은 보관하지 않습니다. 특징정보를 만든 뒤 바로 파기합니다."
    ),
}
