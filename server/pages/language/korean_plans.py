"""What is wrong with a course's plan or a term that somebody wrote, in Korean, with the same {names}."""

from typing import Final

KOREAN_PLANS: Final[dict[str, str]] = {
    "The plan": "과목 설정",
    "The term": "학기 설정",
    # what stands around the reason
    "{file} sets {key} = {value}; {what}": "{file}의 {key} = {value}을(를) 쓸 수 없습니다. {what}",
    "{file} lacks {key}; {what}": "{file}에 {key}이(가) 없습니다. {what}",
    "{file} sets {key}, which is not known; {hint}": "{file}의 {key}은(는) 없는 항목입니다. {hint}",
    "{file} {error} Look at line {line}.": "{file}의 {line}번째 줄이 TOML 형식에 맞지 않습니다. ({error})",
    "{file} {error}": "{file}을(를) TOML로 읽을 수 없습니다. ({error})",
    "{file}: {why}": "{file}의 내용이 서로 맞지 않습니다. ({why})",
    "{file} has {bytes} bytes; such a file has {most} at most.": (
        "{file}이(가) {bytes}바이트입니다. {most}바이트까지 됩니다."
    ),
    # the reason
    "did you mean {near}?": "{near}을(를) 뜻하셨나요?",
    "there are {known}.": "쓸 수 있는 것: {known}.",
    "add it.": "추가하세요.",
    "add a date, such as 2026-03-02.": "2026-03-02처럼 날짜를 추가하세요.",
    "it must be text in quotes.": "따옴표 안의 글이어야 합니다.",
    "it must be one line of at most {most} characters.": "{most}자 이하의 한 줄이어야 합니다.",
    'it must be a list of texts, such as ["…", "…"].': '["…", "…"]처럼 글의 목록이어야 합니다.',
    "it must be a date without quotes, such as 2026-03-02.": "2026-03-02처럼 따옴표 없는 날짜여야 합니다.",
    "it must be a table, [{key}].": "[{key}]처럼 표여야 합니다.",
    "it must be written as [[{key}]], once for each.": "하나마다 [[{key}]]로 적어야 합니다.",
    "it must be a whole number.": "정수여야 합니다.",
    "it must be true or false.": "true나 false여야 합니다.",
    'it must be a part, such as "1/3" or 0.25.': '"1/3"이나 0.25처럼 비율이어야 합니다.',
    "it must say absences by hours a week, such as { 2 = 11, 3 = 16 }.": (
        "{ 2 = 11, 3 = 16 }처럼 주당 시간마다 결석 횟수를 적어야 합니다."
    ),
    "{wrong} must be a number of hours a week.": "{wrong}은(는) 주당 시간 수여야 합니다.",
    "{error}; there are {known}.": "쓸 수 있는 것: {known}. ({error})",
    "{wrong} is no address and no device's name.": "{wrong}은(는) 주소도 장치 이름도 아닙니다.",
    'it must be a list of hours, such as ["3 10:30-11:20", "4 11:30-12:20"].': (
        '["3 10:30-11:20", "4 11:30-12:20"]처럼 교시의 목록이어야 합니다.'
    ),
    '{text} must be number, start and end of an hour, such as "3 10:30-11:20".': (
        '{text}을(를) "3 10:30-11:20"처럼 교시 번호, 시작, 끝으로 적으세요.'
    ),
    "{text}: {why}": "{text}을(를) 확인하세요. ({why})",
    'it must be "odd", "even", or a list of days, such as [2026-03-06, 2026-03-20].': (
        '"odd"(홀수 주), "even"(짝수 주) 또는 [2026-03-06, 2026-03-20]처럼 날짜 목록이어야 합니다.'
    ),
    "none of these days is a {weekday}, and {day} has hours.": (
        "{day}에 교시가 있지만 이 날짜 가운데 그 요일({weekday})이 없습니다."
    ),
    "it must be the weekday whose classes are held: {known}.": "어느 요일 수업을 하는지 적으세요: {known}.",
    # a whole plan or term
    "{file} sets nothing: the course would lose its timetable and its rules. Write them into it, or preset = "
    '"default" where that is meant.': (
        '{file}이(가) 비어 있어 시간표와 규칙이 사라집니다. 적어 넣거나, 그렇게 하려면 preset = "default"라고 적으세요.'
    ),
    "{file} sets devices without a room; say by `room` where they stand.": (
        "{file}에 devices는 있는데 강의실이 없습니다. 어디에 있는지 room으로 적으세요."
    ),
    "{file} has a day outside the term, {day}: the term {term} is from {begins} to {ends}.": (
        "{file}의 {day}은(는) 학기 밖의 날입니다. {term} 학기는 {begins}부터 {ends}까지입니다."
    ),
    "{file} makes up twice on {day}; a day follows one weekday for a course.": (
        "{file}에서 {day} 보강이 두 번입니다. 한 과목은 하루에 한 요일만 따릅니다."
    ),
}
