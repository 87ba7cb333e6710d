"""Every sentence that client or server may say of an error in the window is known in Korean, particulars included."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client.window.language import translator as language
from client.window.language import words
from client.window.language.korean_sentences import SENTENCES, VALUES
from client.window.language.sentences import LONGEST, korean_of

PROJECT = Path(__file__).resolve().parents[3]
CLIENT = (
    "client/transport.py",
    "client/conversation.py",
    "client/api.py",
    "client/outbox/box.py",
    "client/outbox/courier.py",
    "client/outbox/file.py",
    "client/outbox/parcels.py",
    "cameras/reading.py",
)
CAMERAS = tuple(f"cameras/{name}.py" for name in ("files", "http", "looks", "mjpeg", "picture"))
SERVER = (
    "server/services/class_day/sessions.py",
    "server/services/class_day/board.py",
    "server/services/class_day/decisions.py",
    "server/services/class_day/record.py",
    "server/services/class_day/work_queue.py",
    "server/dispatch/handlers/marking.py",
    "server/dispatch/handlers/pictures.py",
    "server/dispatch/handlers/sessions.py",
    "server/store/sessions.py",
    "server/domain/ledger.py",
    "server/domain/identifiers.py",
)
NOT_FOR_A_WINDOW = (
    "There is no entry",
    "A session that is opened through",
    "waits already",
    "has been sent and not been answered",
    "is discarded with a reason only",
    "7 7. It is tried again",
)
"""What only commands of a terminal can meet."""
SENTENCE = re.compile(r"[A-Z7'].* .*\.\Z", re.DOTALL)


def said(node: ast.expr) -> str | None:
    """A text as it is shown, each value as a number; one that is quoted in quotes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "'7'" if getattr(part, "conversion", -1) == 114 else "7"
        for part in node.values
    )


def sentences(path: str) -> Iterator[str]:
    """The whole sentences that a module raises or returns."""
    for node in ast.walk(ast.parse((PROJECT / path).read_text(encoding="utf-8"))):
        found = [node.value] if isinstance(node, ast.Return) else [] if not isinstance(node, ast.Call) else node.args
        for each in found:
            text = said(each) if each is not None else None
            if text and SENTENCE.match(text) and not any(words in text for words in NOT_FOR_A_WINDOW):
                yield text


@pytest.mark.parametrize("path", CLIENT + SERVER)
def test_every_sentence_of_an_error_is_known(path: str) -> None:
    found = list(sentences(path))
    assert found
    assert [text for text in found if korean_of(text) is None] == []


@pytest.mark.parametrize("path", CAMERAS)
def test_why_a_camera_is_lost_is_known(path: str) -> None:
    problems = [
        text
        for node in ast.walk(ast.parse((PROJECT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("CameraLost", "BadPicture")
        for text in [said(node.args[0])]
        if text
    ]
    assert problems
    assert [each for each in problems if korean_of(f"webcam 0 {each}. It is tried again in 4 s.") is None] == []


def test_each_korean_sentence_has_the_blanks_of_the_english_one_or_fewer() -> None:
    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [english for english, korean in SENTENCES.items() if not blanks(korean) <= blanks(english)] == []


def test_particulars_stand_where_korean_has_them() -> None:
    assert korean_of(
        "Student '201511041' is not enrolled in course 'ea0017_1' on 2026-03-02: check the course, or import its "
        "newest roster."
    ) == ("201511041 학생은 2026-03-02에 ea0017_1 과목의 수강생이 아닙니다. 과목을 확인하거나 최신 명단을 가져오세요.")
    assert korean_of("Session 7 is draft and cannot become closed: submit it first.") == (
        f"7번 수업은 ‘{VALUES['draft']}’ 상태라 ‘마감’(으)로 바꿀 수 없습니다. 먼저 제출하세요."
    )


def test_several_sentences_are_said_one_after_the_other() -> None:
    both = korean_of("No student has the number '1': import a roster that names them. And 3 rows more.")
    assert both == "학번 1 학생이 없습니다. 그 학생이 있는 명단을 먼저 가져오세요. 그 밖에 3건."


def test_a_cameras_address_may_hold_what_looks_like_a_sentence() -> None:
    said = korean_of("http://192.0.2.20/a. b {x} gives no more pictures. It is tried again in 8 s.")
    assert said == "http://192.0.2.20/a. b {x}: 더 이상 사진이 오지 않습니다. 8초 뒤 다시 시도합니다."


@pytest.mark.parametrize("text", ["", "No tea. And no coffee.", "Session 7 is closed.", "x" * 100_000, "a b. " * 119])
def test_what_is_not_known_stays_as_it_is(text: str) -> None:
    assert korean_of(text) is None


def test_a_hostile_server_cannot_keep_the_window_busy() -> None:
    hard = "The server at " + "cannot be reached (" * 30
    assert len(hard) < LONGEST
    assert korean_of(hard) is None


def test_the_window_says_only_korean_where_the_sentence_is_known(qapp: Any) -> None:
    text = "No course has the code 'ea9999_9': import its roster first."
    try:
        language.install(qapp, "ko")
        assert words.error_words("unknown_course", text) == "코드가 ea9999_9인 과목이 없습니다. 명단을 먼저 가져오세요."
    finally:
        language.install(qapp, "en")
    assert words.error_words("unknown_course", text) == text
