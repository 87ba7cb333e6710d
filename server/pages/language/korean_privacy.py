"""The texts of the privacy officer's pages, in Korean, with the same {names}."""

from typing import Final

KOREAN_PRIVACY: Final[dict[str, str]] = {
    "Access log": "접속 기록",
    "Account or device": "계정 또는 장치",
    "Show": "보기",
    "Newest first": "최근 순",
    "What": "한 일",
    "Whose": "누구의",
    "Details": "자세히",
    "{count} students": "학생 {count}명",
    "Breach and documents": "유출과 문서",
    "Who has to be told within 72 hours?": "72시간 안에 누구에게 알려야 합니까?",
    "First day on which somebody may have looked": "누군가 보았을 수 있는 첫날",
    "Account or device, where only one is in question": "계정 또는 장치(하나만 의심될 때)",
    "The database or a backup is lost as a whole": "데이터베이스나 백업 전체를 잃었습니다",
    "People to be told": "알려야 할 사람",
    "{count} lines of the log name nobody who is known still.": "기록 {count}줄은 지금 알 수 있는 사람이 없습니다.",
    "Features of the face": "얼굴 특징정보",
    "kept": "보관",
    "Drafts of documents": "문서 초안",
    "Filled in from the settings and what is kept. Complete what stands in brackets, and have counsel read it.": (
        "설정과 보관 내용으로 채웠습니다. 대괄호 안을 채우고 법률 검토를 받으세요."
    ),
    "Document": "문서",
    "Privacy policy": "개인정보 처리방침",
    "Impact assessment": "영향평가서",
    "Language": "언어",
    "There is no such document.": "그런 문서가 없습니다.",
    "Erasures": "파기",
    "Erased; this is the receipt": "파기했습니다. 확인서입니다",
    "Erase a student's photographs, templates and sightings": "학생의 사진, 특징정보, 얼굴 기록 파기",
    "Marks stay: they are the record of attendance. What is erased does not come back.": (
        "출결은 기록이므로 남습니다. 파기한 것은 되돌릴 수 없습니다."
    ),
    "The same number once more": "같은 학번을 한 번 더",
    "Write the student's number twice the same: what is erased does not come back.": (
        "학번을 두 번 똑같이 적으세요. 파기한 것은 되돌릴 수 없습니다."
    ),
    "Erase": "파기하기",
    "What was destroyed": "파기 목록",
    "photographs, templates and sightings of a student": "학생의 사진, 특징정보, 얼굴 기록",
    "records that could not be read": "읽을 수 없는 기록",
    "a session that was opened by mistake": "잘못 연 수업",
    "a camera and its password": "카메라와 그 비밀번호",
    "a face that was not a student's": "학생 본인이 아닌 얼굴",
    "A month": "월별 점검",
    "Access in {month}": "{month} 접속",
    "Month": "월",
    "A month is written as 2026-03.": "월은 2026-03처럼 적습니다.",
    "Who saw how much": "누가 얼마나 보았는지",
    "{count} lines": "{count}줄",
    "Lines": "줄",
    "Students shown": "본 학생 수",
    "At night": "야간",
    "Rights and accounts": "권한과 계정",
    "Wrong passwords": "비밀번호 오류",
    "Privacy officer": "개인정보 보호책임자",
    "Is it whole?": "변조 확인",
    "The access log is not whole: keep this database as it is, and find out who could write to it.": (
        "접속 기록이 온전하지 않습니다. 이 데이터베이스를 그대로 두고 누가 쓸 수 있었는지 알아보세요."
    ),
    "{lines} lines in {chains} chains hold.": "사슬 {chains}개의 {lines}줄이 온전합니다.",
    "Write this down elsewhere: it shows later whether the log was made anew as a whole.": (
        "다른 곳에 적어 두세요. 나중에 기록 전체를 새로 만들었는지 알 수 있습니다."
    ),
    "photographs that were not to be kept": "보관하지 않기로 한 사진",
    "what had been kept for long enough": "보유 기간이 지난 것",
    "features of a face after studies, with photographs and address": (
        "수강이 끝난 학생의 얼굴 특징정보와 사진, 메일 주소"
    ),
    "Address for mail": "메일 주소",
}
