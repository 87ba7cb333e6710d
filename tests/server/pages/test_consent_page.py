"""Consent is asked by two texts apart, taken back with one tap, and each decision has a receipt of one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.domain.consents import Channel, Consent, Policy, Purpose
from server.services.class_day.galleries import Galleries
from server.services.consent.gate import ConsentGate
from tests.server.classroom import MODEL, TEXTS, Classroom
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import follow, page, send, student

ME = 0


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    with http_of(on_sqlite, tmp_path / "knowns") as opened:
        opened.principal = student(on_sqlite, ME)
        yield opened


def give(http: Http, purpose: str = "template") -> str:
    return follow(http, send(http, "/my/consent", purpose=purpose, answer="yes", version=TEXTS.current))


def gallery(room: Classroom) -> Galleries:
    return Galleries(room.store, MODEL, allowed=ConsentGate(room.store, Policy.REQUIRED, TEXTS).allowed)


def test_both_texts_are_asked_apart_with_equal_choices_and_nothing_ticked(http: Http) -> None:
    shown = page(http, "/my/consent")
    for purpose in Purpose:
        assert TEXTS.text(purpose, "en").parts["question"] in shown
    assert shown.count('name="answer" value="yes"') == shown.count('name="answer" value="no"') == 2
    assert "checked" not in shown
    assert "selected" not in shown
    assert "You are asked for your consent." in page(http, "/my")


def test_a_yes_counts_from_then_on_and_one_tap_takes_it_back_with_a_receipt(http: Http) -> None:
    room, number = http.room, http.room.students[ME]
    known = gallery(room)
    assert number not in known.current().students
    shown = give(http)
    assert TEXTS.text(Purpose.TEMPLATE, "en").sha256 in shown
    assert known.current().students == {number}
    assert page(http, "/my/consent").count('name="answer" value="yes"') == 1
    shown = follow(http, send(http, "/my/consent", purpose="template", answer="no"))
    assert "1 removed" in shown
    assert known.current().students == frozenset(), "the next picture does not know them"
    file = http.ask("GET", "/my/consent/receipt?decision=2&file=true")
    assert file.headers["content-disposition"] == 'attachment; filename="receipt-2.txt"'
    assert number in file.body.decode()


def test_a_receipt_is_shown_to_nobody_else(http: Http) -> None:
    give(http)
    http.principal = student(http.room, 1)
    for path in ("/my/consent/receipt?decision=1", "/my/consent/receipt?decision=1&file=true"):
        answer = http.ask("GET", path)
        assert answer.status == 404
        assert http.room.students[ME].encode() not in answer.body


def test_who_said_no_is_not_asked_on_every_page(http: Http) -> None:
    for purpose in Purpose:
        follow(http, send(http, "/my/consent", purpose=purpose.value, answer="no"))
    assert "You are asked for your consent." not in page(http, "/my")


def test_a_text_that_is_accepted_no_more_is_asked_again(http: Http) -> None:
    old = Consent(
        student=http.room.students[ME],
        purpose=Purpose.TEMPLATE,
        given=True,
        decided_at=http.room.now,
        text_version="2019-1",
        language="ko",
        channel=Channel.PAPER,
        who="office",
    )
    http.room.store.consents.record([old])
    assert "The text has changed since" in page(http, "/my/consent")
    refused = send(http, "/my/consent", purpose="template", answer="yes", version="2019-1")
    assert refused.status == 400
    give(http)
    assert "The text has changed since" not in page(http, "/my/consent")


@pytest.mark.parametrize("form", [{}, {"purpose": "face", "answer": "yes"}, {"purpose": "camera", "answer": "maybe"}])
def test_a_form_that_no_page_sends_decides_nothing(http: Http, form: dict[str, str]) -> None:
    assert send(http, "/my/consent", **form).status == 400
    assert http.room.store.consents.of_student(http.room.students[ME]) == []


def test_a_consent_taken_back_during_a_class_is_obeyed_by_the_next_picture(http: Http, tmp_path: Path) -> None:
    room = http.room
    give(http)
    room.set_course()
    knowing = gallery(room)
    assert room.students[ME] in knowing.matcher(frozenset(room.students)).students
    send(http, "/my/consent", purpose="template", answer="no")
    assert room.students[ME] not in knowing.matcher(frozenset(room.students)).students


def test_the_board_says_call_by_name_of_who_refused_as_of_who_has_no_photograph(http: Http) -> None:
    room = http.room
    room.set_course()
    send(http, "/my/consent", purpose="template", answer="no")
    room.store.templates.remove([(1).to_bytes(32, "big")])
    room.look("10:40", 2, 3)
    rows = {row.student: row for row in room.board(1, 3).students}
    refused, without = rows[room.students[0]], rows[room.students[1]]
    assert (refused.reason, refused.list) == (without.reason, without.list) == ("no_photograph", refused.list)
    assert refused.hours == without.hours
