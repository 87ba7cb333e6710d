"""The texts of the professor's pages in Korean, with the same {names}."""

from typing import Final

KOREAN_PROFESSOR: Final[dict[str, str]] = {
    # now
    "Now": "지금",
    "Never submitted": "제출하지 않은 수업",
    "Today, {day}": "오늘, {day}",
    "Continue": "이어서 하기",
    "Open today's session": "오늘 수업 열기",
    "You have no course. The office enters who teaches what.": (
        "담당 과목이 없습니다. 담당 과목은 학사팀에서 등록합니다."
    ),
    "The last two weeks": "지난 2주",
    # the board
    "All saved": "모두 저장됨",
    "Not saved yet: {count}": "아직 저장 안 됨: {count}건",
    "No network. Your decisions are kept in this tab and sent when it is back.": (
        "네트워크가 끊겼습니다. 정하신 것은 이 탭에 보관되며, 연결되면 보냅니다."
    ),
    "You were signed out. Sign in again in this tab: what is not saved is kept.": (
        "로그아웃되었습니다. 이 탭에서 다시 로그인하세요. 저장되지 않은 것은 보관되어 있습니다."
    ),
    "Not recorded: {text}": "기록되지 않음: {text}",
    "{count} changes: show them": "바뀐 것 {count}건: 보기",
    "Undo": "되돌리기",
    "Undo: {name}": "되돌리기: {name}",
    "Undo: {count} confirmed": "되돌리기: {count}명 확인",
    "Something changed: show it": "바뀐 것이 있음: 보기",
    "Pause updates": "갱신 멈추기",
    "Find": "찾기",
    "number, name, initials (ㄱㅎㄴ)": "학번, 이름, 초성(ㄱㅎㄴ)",
    "{count} found": "{count}명 찾음",
    "corrections until {when}": "{when}까지 고칠 수 있음",
    "Cover": "가리기",
    "Covered": "가려짐",
    "Show again": "다시 보기",
    "Report": "출석 현황",
    "The camera only watches in this course: its proposals are kept and not shown.": (
        "이 과목에서는 카메라가 지켜보기만 합니다. 제안은 저장되고 표시되지 않습니다."
    ),
    "Closed: no mark is taken until it is reopened.": "마감됨: 다시 열기 전에는 기록할 수 없습니다.",
    "Class hours": "교시",
    "Counts": "집계",
    "enrolled": "명 수강",
    "faces seen": "명의 얼굴이 보임",
    "of them compared": "명의 얼굴만 비교함",
    "Decide": "정하기",
    "More": "자세히",
    "Confirm all sure ({count})": "확실한 {count}명 모두 확인",
    "seen in {seen} of {pictures} pictures": "사진 {pictures}장 중 {seen}장에 보임",
    "Nobody is recognised yet.": "아직 알아본 학생이 없습니다.",
    "Nobody is in doubt.": "확인할 학생이 없습니다.",
    "Everybody was seen.": "모두 보였습니다.",
    "Keys": "단축키",
    "confirm all who are sure": "확실한 학생 모두 확인",
    "the proposal is right": "제안이 맞음",
    "Single letters are keys": "글자 하나를 단축키로 쓰기",
    "This student is not on this board.": "이 출석판에 없는 학생입니다.",
    "What was sent cannot be understood; load the page anew and try again.": (
        "보낸 내용을 알아볼 수 없습니다. 페이지를 새로 연 뒤 다시 해 보세요."
    ),
    "Submitted. Corrections stay possible until the session closes.": "제출했습니다. 마감 전까지 고칠 수 있습니다.",
    # the report
    "Choose a course.": "과목을 고르세요.",
    "{held} of {planned} hours held; {limit} absences fail": "{planned}시간 중 {held}시간 진행, 결석 {limit}시간이면 F",
    "{held} of {planned} hours held": "{planned}시간 중 {held}시간 진행",
    "Student": "학생",
    "Attended": "출석",
    "Absences": "결석",
    "Left before F": "F까지 남음",
    "failed": "F",
    "near F": "F에 가까움",
    "Term": "학기",
    "the one that is on, or the last": "이번 학기 또는 지난 학기",
    "moved to {course} on {day}, with the hours until then": "{day} {course}(으)로 옮김. 그때까지의 시간도 함께 옮겨짐",
    "came from {course} on {day}, with the hours there": "{day} {course}에서 옮겨 옴. 그곳의 시간도 셈에 들어감",
    "left the course on {day}": "{day} 수강 취소",
    # the student's sheet
    "Back to the board": "출석판으로",
    "The camera has no picture of this hour that could show the class.": (
        "이 교시에는 교실이 보이는 카메라 사진이 없습니다."
    ),
    "Seen in none of {pictures} pictures.": "사진 {pictures}장 중 보인 사진이 없습니다.",
    "Seen in {seen} of {pictures} pictures, {when}.": "사진 {pictures}장 중 {seen}장에 보임, {when}.",
    "Seen in {seen} of {pictures} pictures.": "사진 {pictures}장 중 {seen}장에 보임.",
    "First seen {minutes} min after the beginning.": "시작 {minutes}분 뒤 처음 보임.",
    "Recorded: {state}{who}.": "기록됨: {state}{who}.",
    "Not decided yet.": "아직 정하지 않음.",
    "kept with the mark; asked for where somebody is excused": "출석과 함께 저장됩니다. 출석인정이면 적어 주세요",
    "Who else it may be": "다른 후보",
    "Every change": "모든 변경 기록",
    # the seats
    "Seats": "자리",
    "A drawing of where faces were: no picture is kept.": "얼굴이 있던 자리의 그림입니다. 사진은 저장하지 않습니다.",
    "{count} faces": "얼굴 {count}개",
    "Faces by their place in the picture": "사진 속 자리별 얼굴",
    "The camera has no picture of this hour yet.": "이 교시에는 아직 카메라 사진이 없습니다.",
    # the roll call
    "Roll call": "호명",
    "Roll call, hour {hour}: {place} of {total}": "{hour}교시 호명: {total}명 중 {place}번째",
    "Answered: {state}": "대답: {state}",
    "Nobody answered for yet": "아직 대답 없음",
    "End of the list": "명단 끝",
    "Progress": "진행",
    "Call everybody": "모두 부르기",
    "End and send": "끝내고 보내기",
    # submitting
    "Submit": "제출",
    "Submit this session?": "이 수업을 제출할까요?",
    "Hour {hour}: nobody is decided yet; its tab shows it.": (
        "{hour}교시는 아직 아무도 정하지 않았습니다. 교시 탭에서 볼 수 있습니다."
    ),
    "Who is undecided stays “not taken”: that is not absent.": "미정인 학생은 ‘미실시’로 남습니다. 결석이 아닙니다.",
    "Reopen": "다시 열기",
    "Reopen this session?": "이 수업을 다시 열까요?",
    "It is a draft again and takes marks; submit it afterwards. The reason is kept with it.": (
        "다시 작성 중이 되어 기록할 수 있습니다. 고친 뒤 다시 제출하세요. 사유는 함께 저장됩니다."
    ),
    "Reason, such as: a certificate came": "사유, 예: 증명서 제출",
}
