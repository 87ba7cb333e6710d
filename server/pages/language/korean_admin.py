"""The texts of the administrator's pages, in Korean, with the same {names}."""

from typing import Final

KOREAN_ADMIN: Final[dict[str, str]] = {
    "Accounts": "계정",
    "Administration": "관리",
    "Cameras": "카메라",
    "Who is signed in": "로그인 현황",
    "shut": "닫힘",
    "locked after wrong passwords": "비밀번호 오류로 잠김",
    "without a password": "비밀번호 없음",
    "Change {user}": "{user} 변경",
    "Right everywhere": "전체 권한",
    "no right everywhere": "전체 권한 없음",
    "office": "학사팀",
    "administrator": "관리자",
    "privacy officer": "개인정보 보호책임자",
    "Give this right": "이 권한 주기",
    "New password": "새 비밀번호",
    "Set the password": "비밀번호 정하기",
    "Let in again": "다시 허용",
    "Shut the account": "계정 닫기",
    "Sign out everywhere": "모든 곳에서 로그아웃",
    "A new account": "새 계정",
    "Student number, of a student's account": "학번(학생 계정일 때)",
    "left out: they sign in elsewhere, or are given one later": "비워 두면 다른 곳에서 로그인하거나 나중에 정합니다",
    "You cannot take your own right, nor shut your own account: ask another administrator.": (
        "자기 권한을 없애거나 자기 계정을 닫을 수 없습니다. 다른 관리자에게 부탁하세요."
    ),
    "Clients may ask for a picture of these cameras by their URL, and of no others. Passwords are sealed and never "
    "shown.": (
        "클라이언트는 이 카메라들의 사진만 URL로 요청할 수 있습니다. 비밀번호는 암호화해 두고 보여 주지 않습니다."
    ),
    "Change": "변경",
    "Remove {camera}": "{camera} 없애기",
    "Remove": "없애기",
    "A new camera, or another URL for one": "새 카메라 또는 다른 URL",
    "This is no camera's URL: write http://HOST:PORT/PATH.": (
        "카메라의 URL이 아닙니다. http://HOST:PORT/PATH처럼 적으세요."
    ),
    "The token of {device}": "{device}의 토큰",
    "It is shown this once. Put it into a file that only the device's user can read.": (
        "지금 한 번만 보여 드립니다. 장치 사용자만 읽을 수 있는 파일에 넣으세요."
    ),
    "Device": "장치",
    "Last used": "마지막 사용",
    "until {day}": "{day}까지",
    "never": "없음",
    "revoked": "끝남",
    "good": "사용 중",
    "run out": "기한 지남",
    "without a token": "토큰 없음",
    "Another token for {device}": "{device}의 토큰 바꾸기",
    "Another token": "토큰 바꾸기",
    "End the token of {device}": "{device}의 토큰 끝내기",
    "A new device, or another room for one": "새 장치 또는 다른 강의실",
    "Days that the token is good": "토큰 유효 일수",
    "left out: for ever": "비워 두면 기한이 없습니다",
    "Add and show the token": "추가하고 토큰 보기",
    "On the pages": "웹 페이지",
    "From where": "접속지",
    "Browser": "브라우저",
    "Seen last": "마지막 접속",
    "shared computer": "공용 컴퓨터",
    "Nobody.": "없습니다.",
    "On classrooms' windows": "강의실 화면",
    "Address for notices": "알림을 받을 메일 주소",
    "Set the address": "주소 저장",
    "address refused": "거절된 주소",
}
