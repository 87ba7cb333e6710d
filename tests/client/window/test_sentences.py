"""Every sentence of an error that the window may show is known in each language, its particulars included."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from cameras.error_texts import CameraText
from client.error_texts import ClientText
from client.numbered_requests import sentence_of
from client.window.language import translator as language
from client.window.language.korean_client_sentences import KOREAN_CLIENT_SENTENCES
from client.window.language.words import alike, error_words
from language.korean_sentences import KOREAN_SENTENCES
from protocol.error_texts import ServerText
from protocol.errors import ERROR_CODES
from protocol.messages import Candidate, Error
from protocol.sentences import Sentence, blanks, sentence

TEMPLATES = [str(text) for side in (ServerText, ClientText, CameraText) for text in side]


@pytest.fixture
def korean(qapp: Any) -> Iterator[None]:
    language.install(qapp, "ko")
    yield
    language.install(qapp, "en")


@pytest.mark.parametrize("wanted", language.CATALOGUES)
def test_every_sentence_of_an_error_is_known(wanted: str) -> None:
    assert [text for text in TEMPLATES if text not in language.CATALOGUES[wanted]] == []


def test_no_korean_sentence_is_left_over() -> None:
    assert sorted({**KOREAN_SENTENCES, **KOREAN_CLIENT_SENTENCES}.keys() - set(TEMPLATES)) == []


@pytest.mark.parametrize("wanted", language.CATALOGUES)
def test_each_sentence_has_the_blanks_of_the_english_one_or_fewer(wanted: str) -> None:
    texts = language.CATALOGUES[wanted]
    assert [english for english in TEMPLATES if not blanks(texts[english]) <= blanks(english)] == []


def test_each_of_them_is_a_sentence() -> None:
    assert [text for text in TEMPLATES if not text.endswith((".", "?", "{problem}", "{other}"))] == []


@pytest.mark.usefixtures("korean")
def test_particulars_stand_where_korean_has_them() -> None:
    said = sentence(ServerText.NOT_ENROLLED, student="201511041", course="ea0017_1", day=date(2026, 3, 2))
    assert error_words(said) == (
        "201511041 학생은 2026-03-02에 ea0017_1 과목의 수강생이 아닙니다. 과목을 확인하거나 최신 명단을 가져오세요."
    )


@pytest.mark.usefixtures("korean")
def test_a_state_is_said_in_korean_and_a_course_of_that_name_is_not() -> None:
    said = sentence(ServerText.SUBMIT_FIRST, number=7, state="draft", new="closed")
    assert error_words(said) == "7번 수업은 ‘작성 중’ 상태라 ‘마감’(으)로 바꿀 수 없습니다. 먼저 제출하세요."
    assert error_words(sentence(ServerText.STATE_NOT_IN_RULES, course="late", state="left_early")) == (
        "late 과목의 규칙에는 ‘조퇴’ 상태가 없습니다."
    )


@pytest.mark.usefixtures("korean")
def test_a_cause_inside_a_sentence_is_said_in_korean_too() -> None:
    cause = sentence(CameraText.ENDED, camera="http://192.0.2.20/a. b {x}")
    assert error_words(sentence(CameraText.TRIED_AGAIN, problem=cause, pause=8.0)) == (
        "http://192.0.2.20/a. b {x}: 더 이상 사진이 오지 않습니다. 8초 뒤 다시 시도합니다."
    )
    unknown = Sentence("Tea is out.", "{what} is out.", {"what": "Tea"})
    assert error_words(sentence(CameraText.TRIED_AGAIN, problem=unknown, pause=8.0)) == (
        "Tea is out. 8초 뒤 다시 시도합니다."
    )


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("", {}),
        ("No tea in {room}.", {"room": "7"}),
        (str(ServerText.NO_SESSION), {}),
        (str(ServerText.NO_SESSION), {"session": 7}),
        ("{number.__class__}", {"number": 7}),
        ("{number:>1000000000}", {"number": 7}),
        ("{number[0]} {0} {} {number!r", {"number": "x"}),
    ],
)
def test_what_is_not_known_or_not_whole_is_shown_as_its_text(template: str, values: dict[str, Any]) -> None:
    assert error_words(sentence_of(Error(code="closed", text="So it is.", template=template, values=values))) == (
        "So it is."
    )


@pytest.mark.usefixtures("korean")
def test_a_value_may_hold_what_looks_like_a_blank() -> None:
    said = sentence(ServerText.UNKNOWN_COURSE, course="{course}{0}{course.__class__}")
    assert "{course}{0}{course.__class__}" in error_words(said)


@pytest.mark.usefixtures("korean")
def test_one_of_another_version_of_the_server_stands_behind_what_its_code_says() -> None:
    said = sentence_of(Error(code="bad_image", text="The picture is upside down."))
    assert error_words(said, "bad_image") == "사용할 수 없는 사진입니다. (The picture is upside down.)"
    assert error_words(said, "a newer code") == "The picture is upside down."
    assert all(error_words(said, code) != said.text for code in ERROR_CODES)


@pytest.mark.usefixtures("korean")
def test_a_sentence_without_blanks_needs_no_template() -> None:
    assert error_words(sentence_of(Error(code="internal", text=ServerText.DEFECT))) == (
        "서버가 하지 못했습니다. 원인은 서버 로그에 있습니다."
    )


def test_in_english_the_text_is_shown_as_it_came(qapp: Any) -> None:
    language.install(qapp, "en")
    said = Sentence("No such course: x.", str(ServerText.UNKNOWN_COURSE), {"course": "x"})
    assert error_words(said) == "No such course: x."


def test_another_language_is_another_table(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(language.CATALOGUES, "de", {str(ServerText.NO_SESSION): "Es gibt keine Sitzung {number}."})
    try:
        language.install(qapp, "de")
        assert error_words(sentence(ServerText.NO_SESSION, number=7)) == "Es gibt keine Sitzung 7."
    finally:
        language.install(qapp, "en")


@pytest.mark.usefixtures("korean")
def test_how_alike_a_student_is_is_said_as_the_server_judges_it() -> None:
    far = Candidate(student="201511041", name="홍길동", distance=0.85, alike="very")
    assert alike(far) == "매우 닮음"
    silent = Candidate(student="201511041", name="홍길동", distance=0.85)
    assert alike(silent) == "0.85", "a server of before says how far apart, and no words of another family's"
