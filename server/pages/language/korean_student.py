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
}
