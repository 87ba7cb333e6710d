"""The texts of the pages' frame and of signing in, in Korean, with the same {names}."""

from typing import Final

KOREAN_FRAME: Final[dict[str, str]] = {
    "To the content": "본문으로",
    "Main": "주 메뉴",
    "Sign in": "로그인",
    "Sign out": "로그아웃",
    "Sign in with {name}": "{name}(으)로 로그인",
    "User name": "사용자 이름",
    "Password": "비밀번호",
    "This is a shared computer: sign me out after three hours": "공용 컴퓨터입니다. 3시간 뒤 로그아웃합니다",
    "Forgotten the password? The office sets a new one.": "비밀번호를 잊으셨나요? 학사팀에서 새로 정해 드립니다.",
    "A camera proposes, a person decides.": "카메라는 제안하고, 결정은 사람이 합니다.",
    "Help": "도움말",
    "Privacy": "개인정보",
    "Back": "뒤로",
    "This did not work": "처리하지 못했습니다",
    "Number for whoever helps: {number}": "문의할 때 알려 주실 번호: {number}",
    "Another site asked for this; go to the page yourself and try again.": (
        "다른 사이트에서 온 요청입니다. 직접 페이지로 가서 다시 해 보세요."
    ),
    "There is no such file.": "그런 파일이 없습니다.",
    "Nothing yet.": "아직 없습니다.",
    "Day": "날짜",
    "Hour": "교시",
    "Course": "과목",
    "State": "상태",
    "Reason": "사유",
    "When": "시각",
    "Who": "누가",
}
