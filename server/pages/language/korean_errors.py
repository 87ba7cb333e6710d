"""What services and the store refuse on the pages of the offices and at the door, in Korean, with the same {names}."""

from typing import Final

KOREAN_ERRORS: Final[dict[str, str]] = {
    # signing in
    "The name or the password is wrong, or the account is locked: try again, or ask for help.": (
        "이름이나 비밀번호가 맞지 않거나 계정이 잠겨 있습니다. 다시 해 보거나 도움을 청하세요."
    ),
    "Too many wrong passwords came from this address: wait a minute.": (
        "이 주소에서 틀린 비밀번호가 너무 많이 왔습니다. 1분 뒤 다시 해 보세요."
    ),
    "Too many people sign in just now: try again in a moment.": (
        "지금 로그인하는 사람이 너무 많습니다. 잠시 뒤 다시 해 보세요."
    ),
    "A password has {least} to {most} characters: choose another one.": (
        "비밀번호는 {least}자에서 {most}자까지입니다. 다른 것으로 정하세요."
    ),
    "A person signs in on the window of a registered device: start it with its token.": (
        "등록된 장치의 화면에서만 로그인할 수 있습니다. 장치의 토큰으로 시작하세요."
    ),
    "This code is not waiting for anybody: look at the window for its newest one.": (
        "이 코드는 쓸 수 없습니다. 강의실 화면에서 가장 새 코드를 보세요."
    ),
    "Somebody has approved this code already: look at the window for its newest one.": (
        "이미 승인된 코드입니다. 강의실 화면에서 가장 새 코드를 보세요."
    ),
    "The code is no longer good: show a new one.": "코드의 시간이 지났습니다. 새 코드를 띄우세요.",
    "The account is disabled: ask whoever looks after the accounts.": (
        "사용이 중지된 계정입니다. 계정 담당자에게 문의하세요."
    ),
    "This window asked for too many codes: use the one it shows, or wait some minutes.": (
        "이 화면에서 코드를 너무 많이 요청했습니다. 보이는 코드를 쓰거나 몇 분 뒤 다시 하세요."
    ),
    # accounts, devices, cameras
    "There is an account '{name}' already: choose another name.": (
        "'{name}' 계정이 이미 있습니다. 다른 이름을 고르세요."
    ),
    "Nobody can teach from {begins} until before {ends}: give a later end.": (
        "{begins}부터 {ends} 전까지 담당할 수는 없습니다. 끝나는 날을 더 뒤로 정하세요."
    ),
    "{name} does not teach the course '{course}': look at its list of staff.": (
        "{name} 계정은 '{course}' 과목의 담당자가 아닙니다. 담당자 목록을 보세요."
    ),
    "There is no account '{name}': look at the list of accounts.": "'{name}' 계정이 없습니다. 계정 목록을 보세요.",
    "An account's name has printable characters and no space at either end: choose another one.": (
        "계정 이름은 보이는 글자로 쓰고 앞뒤에 빈칸이 없어야 합니다. 다른 이름을 고르세요."
    ),
    "There is no role '{role}': it is one of {roles}.": "'{role}' 권한은 없습니다. {roles} 가운데 하나입니다.",
    "The name has printable characters and no space at either end: choose another one.": (
        "이름은 보이는 글자로 쓰고 앞뒤에 빈칸이 없어야 합니다. 다른 이름을 고르세요."
    ),
    "No device '{name}' is registered: look at the list of devices, or add it.": (
        "'{name}' 장치가 등록되어 있지 않습니다. 장치 목록을 보거나 등록하세요."
    ),
    "A camera has a name, and a password of {most} characters at most.": (
        "카메라에는 이름이 있어야 하고, 비밀번호는 {most}자까지입니다."
    ),
    "No camera is called '{name}': look at the list of cameras.": "'{name}' 카메라가 없습니다. 카메라 목록을 보세요.",
    # people, courses, terms
    "Nothing is known of a student with the number '{student}': check it.": (
        "학번 '{student}'에 대해 저장된 것이 없습니다. 학번을 확인하세요."
    ),
    "There is no consent text with the version '{version}'.": "'{version}' 문안이 없습니다.",
    "The course '{course}' names devices but no room: say in which room they stand.": (
        "'{course}' 과목에 장치는 있고 강의실이 없습니다. 장치가 있는 강의실을 적으세요."
    ),
    "{day} is made up twice: a day follows the timetable of one weekday.": (
        "{day}에 보강이 두 번 있습니다. 하루는 한 요일의 시간표를 따릅니다."
    ),
    "{day} is not in the term '{term}', which lasts from {begins} to {ends}: name holidays and make-up days with the "
    "term that they are in.": (
        "{day}은(는) '{term}' 학기({begins}~{ends})의 날이 아닙니다. 휴강일과 보강일은 그 학기와 함께 적으세요."
    ),
    "A plan cannot hold from {day} on: check the year.": "{day}부터의 계획은 받을 수 없습니다. 연도를 확인하세요.",
    # lists
    "The roster is empty; it must name the columns {columns}.": "명단이 비어 있습니다. {columns} 열이 있어야 합니다.",
    "One of the roster's first {lines} lines must name each of the columns {columns} once, separated by commas, "
    "semicolons or tabs; in {where} {missing} is not there once. It names {found}. Other headings are told as "
    "HEADING=COLUMN (--map), and the course of a list without one (--course).": (
        "명단의 처음 {lines}줄 가운데 한 줄에 {columns} 열 이름이 한 번씩, 쉼표나 세미콜론이나 탭으로 나뉘어 "
        "있어야 합니다. {where}에 한 번 있지 않은 것: {missing}. 있는 것: {found}. 다른 열 이름은 ‘다른 열 이름’에, "
        "과목 열이 없는 명단의 과목은 ‘과목 코드’에 적으세요."
    ),
    "Two headings are said to be the column {column}: name one.": "{column} 열이 둘입니다. 하나만 적으세요.",
    "The ZIP has the files of OneRoster in the folders {folders}: import each by itself.": (
        "ZIP에 OneRoster가 여러 폴더에 있습니다: {folders}. 하나씩 불러오세요."
    ),
    "The OneRoster file lacks {files} at the root of the ZIP.": "OneRoster ZIP에 {files}이(가) 없습니다.",
    "The OneRoster file lacks {files} in the folder '{folder}'.": (
        "OneRoster ZIP의 '{folder}' 폴더에 {files}이(가) 없습니다."
    ),
    "{file} says OneRoster version '{version}'; {versions} can be read.": (
        "{file}의 OneRoster 버전은 '{version}'입니다. {versions}만 읽을 수 있습니다."
    ),
    "{file} has no column {columns}.": "{file}에 {columns} 열이 없습니다.",
    "{file} is not CSV in UTF-8 ({why}): export it again.": (
        "{file}은(는) UTF-8 CSV가 아닙니다({why}). 다시 내보내세요."
    ),
    "{file} has more than {most} lines: export each part of the university by itself.": (
        "{file}이(가) {most}줄을 넘습니다. 나누어 내보내세요."
    ),
    "{file} has a line of more than {most} letters: export it again.": (
        "{file}에 {most}자를 넘는 줄이 있습니다. 다시 내보내세요."
    ),
}
