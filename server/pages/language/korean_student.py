"""The texts of the students' pages and of appeals in Korean, with the same {names}."""

from typing import Final

KOREAN_STUDENT: Final[dict[str, str]] = {
    # home, course, hour
    "My attendance": "내 출석",
    "This page is for students: your account has no student number.": (
        "학생을 위한 페이지입니다. 이 계정에는 학번이 없습니다."
    ),
    "You are asked for your consent. Either answer is fine.": "동의 여부를 묻고 있습니다. 어느 쪽이든 괜찮습니다.",
    "absences that count": "계산되는 결석",
    "You are on no course's list. The office imports them.": "수강 명단에 없습니다. 명단은 학사팀에서 등록합니다.",
    "What I asked to be looked at again": "다시 봐 달라고 요청한 것",
    "A person answers by {day}.": "{day}까지 사람이 답합니다.",
    "Answer": "답변",
    "“Not taken” and “not visible” never count as absent.": "‘미실시’와 ‘확인불가’는 결석으로 계산하지 않습니다.",
    "How this came about: {day}, hour {hour}": "이렇게 된 까닭: {day}, {hour}교시",
    "What stands": "현재 기록",
    "decided by: {role}": "정한 사람: {role}",
    "professor": "교수",
    "assistant": "조교",
    "office": "학사팀",
    "administrator": "관리자",
    "privacy officer": "개인정보 보호책임자",
    "classroom's window": "강의실 화면",
    "staff": "교직원",
    "camera, confirmed": "카메라 제안, 사람이 확인",
    "by hand": "직접 입력",
    "roll call": "호명",
    "imported": "가져옴",
    "older program": "예전 프로그램",
    "copied": "앞 시간에서 복사",
    "kept, but a later decision stood": "저장됨, 더 나중의 결정이 우선함",
    "From": "근거",
    "Please look again": "다시 봐 주세요",
    "What is wrong, and how do you know?": "무엇이 다르고, 어떻게 알 수 있나요?",
    "Your professor reads this beside what the camera saw, and answers within 30 days.": (
        "교수님이 카메라가 본 것과 함께 읽고 30일 안에 답합니다."
    ),
    "Send": "보내기",
    "not answered yet": "답변 대기",
    "changed": "고침",
    "stays as it was": "그대로 둠",
    # consent
    "My consent": "내 동의",
    "Two questions, each by itself. Nothing is chosen for you, and neither answer brings a disadvantage.": (
        "질문은 두 가지이고 서로 별개입니다. 미리 선택된 것은 없으며, 어느 쪽이든 불이익은 없습니다."
    ),
    "You said yes on {when}.": "{when}에 동의했습니다.",
    "You said no on {when}.": "{when}에 동의하지 않는다고 했습니다.",
    "The text has changed since: you are asked again, and are called by name meanwhile.": (
        "그 뒤 문안이 바뀌어 다시 묻습니다. 그동안은 이름을 불러 출석을 확인합니다."
    ),
    "Purpose": "목적",
    "What is processed": "항목",
    "How long": "보유 기간",
    "Your right to refuse, and what follows": "거부할 권리와 결과",
    "Taking it back": "철회",
    "Automated decisions": "자동화된 결정",
    "Take it back: {what}": "철회하기: {what}",
    "facial features": "얼굴 특징정보",
    "camera in the room": "강의실 카메라",
    "Yes, I consent": "동의합니다",
    "No, I do not": "동의하지 않습니다",
    "No, or taken back": "동의하지 않음 또는 철회",
    "Text": "문안",
    "Receipts": "확인서",
    "Receipt": "확인서",
    "Student number": "학번",
    "About": "대상",
    "Decision": "결정",
    "Download": "내려받기",
    "on this page": "이 페이지에서",
    "on paper": "서면으로",
    "from a list": "명단으로",
    # appeals, for who answers them
    "Appeals": "이의 신청",
    "What students ask a person to look at again. Each is answered within 30 days.": (
        "학생이 다시 봐 달라고 요청한 것입니다. 30일 안에 답합니다."
    ),
    "overdue since {day}": "{day} 기한 지남",
    "answer by {day}": "{day}까지 답변",
    "What the student says": "학생의 말",
    "Evidence": "근거 자료",
    "The student's sheet": "학생 상세",
    "Note": "메모",
    "Why": "이유",
    "The student reads this, and it stands with the mark.": "학생이 읽으며, 출석 기록에 함께 남습니다.",
    "It stays as it is": "그대로 둡니다",
    "Prepare": "준비하기",
    "Note for the professor, who decides": "교수님께 남기는 메모 (결정은 교수님이 합니다)",
    "Keep": "저장",
    # official absence
    "Official absence": "공결 신청",
    "First day": "첫날",
    "Last day": "마지막 날",
    "In short, without what nobody needs to know about your health.": (
        "간단히 적으세요. 건강에 관해 알릴 필요가 없는 것은 적지 마세요."
    ),
    "Proof: PDF, JPEG or PNG, 5 MB at most": "증빙: PDF, JPEG, PNG, 5MB 이하",
    "It is kept encrypted, shown only to who decides, and destroyed afterwards.": (
        "암호화하여 보관하고, 정하는 사람에게만 보이며, 그 뒤에 파기합니다."
    ),
    "The proof was destroyed on {day}.": "증빙은 {day}에 파기했습니다.",
    "There is no proof, or it was destroyed when its time was over.": "증빙이 없거나, 보관 기간이 지나 파기했습니다.",
    "granted": "승인",
    "refused": "거절",
    "Open the proof": "증빙 열기",
    "this is logged": "기록에 남습니다",
    "Without a proof.": "증빙 없음.",
    "Refuse": "거절",
    # what is stored
    "My data": "내 정보",
    "What is stored of me": "저장된 내 정보",
    "Name and student number: {name}, {number}": "이름과 학번: {name}, {number}",
    "Enrolments in courses: {count}": "수강 기록: {count}건",
    "Decisions about my hours, with their history: {count}": "출석 결정과 변경 기록: {count}건",
    "Photographs of which facial features are kept, encrypted: {count}": (
        "얼굴 특징정보를 암호화하여 보관하는 사진: {count}장"
    ),
    "Faces in pictures of classes that were taken for mine: {count}": "수업 사진에서 나로 본 얼굴: {count}건",
    "Decisions about consent: {count}": "동의 결정: {count}건",
    "Requests and answers: {count}": "요청과 답변: {count}건",
    "No picture of a class is kept. Facial features leave this server for nobody, me included.": (
        "수업 사진은 보관하지 않습니다. 얼굴 특징정보는 본인을 포함해 누구에게도 나가지 않습니다."
    ),
    "Download as JSON": "JSON으로 내려받기",
    "Download as ZIP, with my photographs": "사진과 함께 ZIP으로 내려받기",
    "Take back my consent": "동의 철회하기",
    "Who looked at it": "누가 보았나",
    "What": "무엇을",
    "you": "본인",
    "looked at the class's board": "출석판을 봄",
    "looked at the class's list": "명단을 봄",
    "looked at the class's report": "출석 현황을 봄",
    "looked at a history": "변경 기록을 봄",
    "downloaded a file": "파일을 내려받음",
    "looked at the picture of the class that was on": "진행 중인 수업의 사진을 봄",
    "said of a face that it is not yours": "어떤 얼굴이 본인이 아니라고 함",
    "took back what was said of a face": "얼굴에 대해 정한 것을 취소함",
    "Faces of which was said that they are not mine: {count}": "본인이 아니라고 한 얼굴: {count}건",
    "a picture of the class was compared": "수업 사진을 비교함",
    "looked at your request": "요청을 봄",
    "asked for another look": "다시 봐 달라고 요청함",
    "prepared an answer": "답변을 준비함",
    "answered your request": "요청에 답함",
    "entered a consent": "동의를 기록함",
    "made your account": "계정을 만듦",
    "set the address of your account": "계정의 메일 주소를 정함",
    "joined your two numbers": "두 학번을 하나로 합침",
    "moved you to another section": "다른 분반으로 옮김",
    "said that two people were there": "두 사람이 함께 있었다고 답함",
    "destroyed photographs": "사진을 파기함",
    "destroyed features whose time was over": "기한이 지난 특징정보를 파기함",
    "allowed photographs again": "사진을 다시 허용함",
    "removed features and photographs": "특징정보와 사진을 지움",
    "asked for an official absence": "공결을 신청함",
    "opened the proof of an absence": "공결 증빙을 엶",
    "answered a request for an official absence": "공결 신청에 답함",
    "took these data away": "이 정보를 내려받음",
    # photographs
    "My photographs": "내 사진",
    "{count} of {enough} to {most} are there. The camera compares faces with what is made of them.": (
        "{enough}~{most}장 중 {count}장이 있습니다. 카메라는 이 사진에서 만든 것과 얼굴을 비교합니다."
    ),
    "One face alone, from the front; then turned a little left and right; in even light, without a mask.": (
        "혼자, 정면으로 한 장. 그다음 왼쪽과 오른쪽으로 조금 돌려서. 고른 빛에서 마스크 없이."
    ),
    "A photograph is taken only with your consent. Either answer is fine.": (
        "사진은 동의한 경우에만 받습니다. 어느 쪽이든 괜찮습니다."
    ),
    "Take one now": "지금 찍기",
    "Choose a file": "파일 고르기",
    "Received. It can be used; a person may look at it.": "받았습니다. 사용할 수 있으며, 사람이 확인할 수 있습니다.",
    "This photograph was sent before.": "이미 보낸 사진입니다.",
    "Address for mail: {address}": "메일 주소: {address}",
    "What I was told by mail: {count}": "메일로 받은 알림: {count}",
    "Your photograph is not kept: it is destroyed once features were made of it.": (
        "사진은 보관하지 않습니다. 특징정보를 만든 뒤 바로 파기합니다."
    ),
    "Of these, photographs that were destroyed once features were made of them: {count}": (
        "그 가운데 특징정보를 만든 뒤 파기한 사진: {count}"
    ),
}
