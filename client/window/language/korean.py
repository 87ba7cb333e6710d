"""The window's texts in Korean, with the same {names}."""

from typing import Final

KOREAN: Final[dict[str, str]] = {
    # the start
    "Attendance": "출석",
    "Which &course?": "과목(&C)",
    "Course": "과목",
    "Course code, such as ea0017_1": "과목 코드, 예: ea0017_1",
    "Open today's session": "오늘 수업 열기",
    "Join today's session": "오늘 수업에 들어가기",
    "Sessions of other days": "다른 날 수업",
    # signing in
    "New code": "새 코드",
    "The server is asked for a code.": "서버에 코드를 요청하고 있습니다.",
    "Scan this with your phone, or open {page} and type the code.": (
        "휴대전화로 QR 코드를 찍거나 {page}에서 코드를 입력하세요."
    ),
    "Approve this code where you are signed in.": "로그인한 기기에서 이 코드를 승인하세요.",
    "No password is typed on this PC. Marks are yours until you sign out by Ctrl+L.": (
        "이 PC에는 비밀번호를 입력하지 않습니다. Ctrl+L로 로그아웃할 때까지 본인 이름으로 기록됩니다."
    ),
    "QR code of the page where you approve it": "승인 페이지의 QR 코드",
    "Sign in": "로그인",
    "{who} until {when}": "{who}, {when}까지",
    "Ctrl+L signs out.": "Ctrl+L로 로그아웃합니다.",
    # the board
    "Camera picture": "카메라 화면",
    "No camera": "카메라 없음",
    "Class hours": "교시",
    "Nobody is recognised yet.": "아직 알아본 학생이 없습니다.",
    "Nobody is in doubt.": "확인할 학생이 없습니다.",
    "Nobody is on this course's list.": "이 과목의 명단에 학생이 없습니다.",
    "Everybody was seen.": "모두 보였습니다.",
    "Confirm all sure ({count})": "확실한 {count}명 모두 확인",
    "All hours ({count})": "모든 교시 {count}건 확인",
    "Roll call": "호명",
    "Submit": "제출",
    "Other course": "다른 과목",
    "Back": "뒤로",
    "The camera only watches in this course: its proposals are kept and not shown.": (
        "이 과목에서는 카메라가 지켜보기만 합니다. 제안은 저장되고 표시되지 않습니다."
    ),
    "Not seen: P present, L late, A absent.": "보이지 않음: P 출석, L 지각, A 결석.",
    "{name} is present. And {other}?": "{name} 출석. {other} 학생은?",
    "{count} confirmed.": "{count}명 확인했습니다.",
    "Not recorded: {text}": "기록되지 않음: {text}",
    # the selected student
    "Nobody is selected": "선택된 학생 없음",
    "Choose a student in a list, or a face in the picture.": "목록의 학생이나 화면의 얼굴을 고르세요.",
    "It is {name}: distance {distance}": "{name} 학생입니다: 거리 {distance}",
    "The camera has no picture of this hour that could show the class.": (
        "이 교시에는 교실이 보이는 카메라 사진이 없습니다."
    ),
    "It cannot say who was there: decide by P, L or A.": "카메라로는 알 수 없습니다. P, L, A로 정하세요.",
    "Seen in none of {pictures} pictures.": "사진 {pictures}장 중 보인 사진이 없습니다.",
    "Seen in {seen} of {pictures} pictures, {when}.": "사진 {pictures}장 중 {seen}장에 보임, {when}.",
    "Seen in {seen} of {pictures} pictures.": "사진 {pictures}장 중 {seen}장에 보임.",
    "First seen {minutes} min after the beginning.": "시작 {minutes}분 뒤 처음 보임.",
    "Not decided yet.": "아직 정하지 않음.",
    "Proposed: {state}.": "제안: {state}.",
    "Decided: {state}; being sent.": "{state}(으)로 정함, 전송 중.",
    "Recorded: {state}{who}.": "기록됨: {state}{who}.",
    # a face
    "Whose face is this?": "누구의 얼굴입니까?",
    "Search": "찾기",
    "Search by number, name or initial consonants (ㄱㅎㄴ)": "학번, 이름 또는 초성(ㄱㅎㄴ)으로 찾기",
    "Students": "학생",
    "This student, present": "이 학생, 출석",
    # the roll call
    "Roll call, hour {hour}: {place} of {total}": "{hour}교시 호명: {total}명 중 {place}번째",
    "Call everybody": "모두 부르기",
    "End and send": "끝내고 보내기",
    "End of the list": "명단 끝",
    "Enter sends what was answered.": "Enter를 누르면 대답을 보냅니다.",
    "Answered: {state}": "대답: {state}",
    "Recorded: {state}": "기록됨: {state}",
    "Nobody answered for yet": "아직 대답 없음",
    "{count} answers of the roll call.": "호명 결과 {count}건.",
    "{count} answers of {when} are kept and not sent; going on at {name}.": (
        "{when}의 대답 {count}건이 보관되어 있고 아직 보내지 않았습니다. {name}부터 이어서 부릅니다."
    ),
    "Throw them away": "버리기",
    "Roll calls that were never ended are kept on this PC and not sent: {rolls}. Open the session and press R to go "
    "on; “outbox --forget-answers” forgets them.": (
        "끝내지 않은 호명이 이 PC에 보관되어 있고 보내지 않았습니다: "
        "{rolls}. 그 수업을 열고 R을 누르면 이어집니다. "
        "‘outbox --forget-answers’ 명령은 버립니다."
    ),
    # submitting
    "Submit this session?": "이 수업을 제출할까요?",
    "{count} decisions are on their way and not counted yet; they are recorded first.": (
        "{count}건이 전송 중이며 아직 집계되지 않았습니다. 먼저 기록됩니다."
    ),
    "Hour {hour}: nobody is decided yet; its tab shows it.": (
        "{hour}교시는 아직 아무도 정하지 않았습니다. 교시 탭에서 볼 수 있습니다."
    ),
    "Who is undecided stays “not taken”: that is not absent.": "미정인 학생은 ‘미실시’로 남습니다. 결석이 아닙니다.",
    "Submitted. Corrections stay possible until the session closes.": "제출했습니다. 마감 전까지 고칠 수 있습니다.",
    "Submitted: corrections are taken until it is closed.": "제출됨: 마감할 때까지 고칠 수 있습니다.",
    "Submitted: corrections are taken until {when}.": "제출됨: {when}까지 고칠 수 있습니다.",
    "Closed: no mark is taken until it is reopened.": "마감됨: 다시 열기 전에는 기록할 수 없습니다.",
    "This session is closed and takes no marks: reopen it by Ctrl+Enter.": (
        "마감된 수업이라 기록할 수 없습니다. Ctrl+Enter로 다시 여세요."
    ),
    "The session is closed.": "수업이 마감되었습니다.",
    # reopening
    "Reopen": "다시 열기",
    "Reopen this session?": "이 수업을 다시 열까요?",
    "It is a draft again and takes marks; submit it afterwards. The reason is kept with it.": (
        "다시 작성 중이 되어 기록할 수 있습니다. 고친 뒤 다시 제출하세요. 사유는 함께 저장됩니다."
    ),
    "Reason": "사유",
    "Reason, such as: a certificate came": "사유, 예: 증명서 제출",
    "Reopened: marks are taken again. Submit it afterwards.": "다시 열었습니다. 고친 뒤 다시 제출하세요.",
    # server, camera, outbox
    "What was kept on this PC was damaged and is set aside as {path}. Decisions that waited in it were not sent: tell "
    "the staff, and look over the last sessions.": (
        "이 PC에 보관한 파일이 손상되어 {path}(으)로 옮겨 두었습니다. "
        "그 안에서 기다리던 것은 전송되지 않았습니다. "
        "담당자에게 알리고 최근 수업을 확인하세요."
    ),
    "Server: connecting": "서버: 연결 중",
    "Server: connected": "서버: 연결됨",
    "Server: connected, newer than this program": "서버: 연결됨, 이 프로그램보다 새 버전",
    "Server: away, trying again": "서버: 끊김, 다시 시도 중",
    "Camera: none": "카메라: 없음",
    "Camera: opening": "카메라: 여는 중",
    "Camera: live": "카메라: 켜짐",
    "Camera: lost, trying again": "카메라: 끊김, 다시 시도 중",
    "Camera: recording is over": "카메라: 녹화 끝",
    "The camera lies: its picture must be turned by {degrees} degrees to the left until faces stand upright. Turn the "
    "camera, or its picture in its settings.": (
        "카메라가 기울어져 있습니다. 얼굴이 바로 서려면 화면을 왼쪽으로 {degrees}도 돌려야 합니다. "
        "카메라를 바로 세우거나 카메라 설정에서 화면을 돌리세요."
    ),
    "Outbox: all sent": "발신함: 모두 보냄",
    "Outbox: {count} refused": "발신함: {count}건 거부됨",
    "The server did not take them. `attendance_client.py outbox` lists them, with why.": (
        "서버가 받아들이지 않았습니다. 목록과 이유는 `attendance_client.py outbox`로 볼 수 있습니다."
    ),
    "Outbox: not kept": "발신함: 저장 못 함",
    "Outbox: {count} waiting on this PC": "발신함: 이 PC에 {count}건 대기",
    "Nothing that was decided here waits to be sent.": "여기서 정한 것 중 전송을 기다리는 것이 없습니다.",
}
