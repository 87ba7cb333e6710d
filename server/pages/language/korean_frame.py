"""The texts of the pages' frame and of signing in, in Korean, with the same {names}."""

from typing import Final

KOREAN_FRAME: Final[dict[str, str]] = {
    "To the content": "본문으로",
    "Main": "주 메뉴",
    "Sign in": "로그인",
    "Sign out": "로그아웃",
    "Sign in with {name}": "{name}(으)로 로그인",
    "Nobody signs in that way here.": "여기서는 그 방법으로 로그인할 수 없습니다.",
    "The request cannot be understood.": "요청을 이해할 수 없습니다.",
    "You are signed out here.": "로그아웃했습니다.",
    "Sign out of {name} too": "{name}에서도 로그아웃",
    "User name": "사용자 이름",
    "Password": "비밀번호",
    "This is a shared computer: sign me out after three hours": "공용 컴퓨터입니다. 3시간 뒤 로그아웃합니다",
    "Forgotten the password? The office sets a new one.": "비밀번호를 잊으셨나요? 학사팀에서 새로 정해 드립니다.",
    "Sign in on a classroom's window": "강의실 화면에 로그인",
    "You are signed in on {device} until {when}. End it there, or it ends by itself.": (
        "{device}에 {when}까지 로그인되었습니다. 그 화면에서 끝내지 않아도 저절로 끝납니다."
    ),
    "The window of {device} shows this code. Are you standing before it?": (
        "{device} 화면에 이 코드가 보입니다. 지금 그 앞에 계신가요?"
    ),
    "Yes, sign me in there": "예, 거기에 로그인합니다",
    "No": "아니요",
    "Go on": "계속",
    "Code that the window shows": "화면에 보이는 코드",
    "Only somebody with an account signs in on a window.": "계정이 있는 사람만 강의실 화면에 로그인할 수 있습니다.",
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
    "Table": "표",
    "Nothing yet.": "아직 없습니다.",
    "Day": "날짜",
    "Hour": "교시",
    "Course": "과목",
    "State": "상태",
    "Reason": "사유",
    "When": "시각",
    "Who": "누가",
}
