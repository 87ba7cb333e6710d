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
    "You will be signed out in two minutes.": "2분 뒤 로그아웃됩니다.",
    "Your session ends in two minutes, as every session does after a time. Sign in anew when you have saved.": (
        "로그인한 지 오래되어 2분 뒤 로그아웃됩니다. 저장한 뒤 다시 로그인하세요."
    ),
    "You were signed out. What you wrote is still here: sign in in a new tab, then send it again.": (
        "로그아웃되었습니다. 쓰신 내용은 그대로 있습니다. 새 탭에서 로그인한 다음 다시 보내세요."
    ),
    "No network: nothing was sent. Send it again when it is back.": (
        "네트워크가 끊겨 보내지 못했습니다. 연결되면 다시 보내세요."
    ),
    "Stay signed in": "로그인 유지",
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
    # help and privacy
    "What the signs mean": "기호의 뜻",
    "A dashed box is what the camera proposes; a full one is what a person decided.": (
        "점선 상자는 카메라의 제안, 실선 상자는 사람이 정한 것입니다."
    ),
    "“Not taken” and “not visible” are never an absence.": "‘미실시’와 ‘확인불가’는 결석이 아닙니다.",
    "How it is decided": "출석을 정하는 방법",
    "The camera compares the faces in its pictures with the templates of the course's students. Who is recognised "
    "clearly in enough pictures of an hour is proposed as present or late; who is in doubt stands under “Check”; who "
    "is in no picture stands under “Not seen”.": (
        "카메라는 사진 속 얼굴을 수강생의 등록 정보와 비교합니다. 한 교시의 여러 사진에서 "
        "분명히 알아본 학생은 출석 또는 지각으로 제안하고, 불확실한 학생은 ‘확인 필요’에, "
        "사진에 없는 학생은 ‘보이지 않음’에 둡니다."
    ),
    "Nothing of it counts until a person has decided. Every decision keeps who made it, when and why, and may be "
    "corrected until the session closes.": (
        "사람이 정하기 전에는 아무것도 기록되지 않습니다. 누가 언제 왜 정했는지 남으며, 마감 전까지 고칠 수 있습니다."
    ),
    "Questions: {contact}": "문의: {contact}",
    "A camera at the front of the room helps to take attendance. It proposes; a person decides.": (
        "강의실 앞의 카메라가 출석 확인을 돕습니다. 카메라는 제안하고, 결정은 사람이 합니다."
    ),
    "Text {version}": "문안 {version}",
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
    # notices
    "Notices by mail": "메일 알림",
    "No mail server is set here: nobody is told by mail.": "메일 서버가 설정되어 있지 않아 메일로 알리지 않습니다.",
    "Only a person with an account is told by mail.": "계정이 있는 사람만 메일 알림을 받을 수 있습니다.",
    "At most one mail a day tells you what came up. No face, and nobody else, is in it.": (
        "하루에 한 통까지, 새로 생긴 일을 메일로 알립니다. 얼굴이나 다른 사람의 정보는 들어 있지 않습니다."
    ),
    "Your address": "내 메일 주소",
    "left empty: nobody writes to it": "비워 두면 보내지 않습니다",
    "The mail server has refused this address: write it again, or another.": (
        "메일 서버가 이 주소를 거절했습니다. 다시 입력하거나 다른 주소를 입력해 주세요."
    ),
    "Language of the mails": "메일 언어",
    "Tell me, beside answers to my requests and questions of consent, what I need not be told:": (
        "내 요청에 대한 답변과 동의 질문 외에 다음 알림도 받습니다:"
    ),
    "few absences left before F": "F까지 남은 결석이 적을 때",
    "attendance that was not submitted in time": "출석이 기한 안에 제출되지 않았을 때",
    "a device that sent nothing during classes": "수업 시간에 기기가 아무것도 보내지 않았을 때",
    "Save": "저장",
    "It is saved.": "저장했습니다.",
}
