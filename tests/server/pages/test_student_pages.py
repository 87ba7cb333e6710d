"""A student sees how each of their hours came about, and nothing of anybody else."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from protocol import messages
from server.access import NOBODY
from server.store import RosterLine
from tests.server.classroom import COURSE, NAMES, Classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import ASSISTANT, FORM, OTHER_PROFESSOR, PROFESSOR, page, send, student

ME, OTHER = 0, 1
NASTY = "<script>alert(1)</script>\u202e\u200b" + "🙂" * 50


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    """Hour 3 is submitted: the camera saw two, one of whom was confirmed; another was absent. Hour 4 was not taken."""
    on_sqlite.set_course()
    for minute in range(31, 60, 5):
        on_sqlite.look(f"10:{minute}", ME, 2)
    on_sqlite.now = seoul("11:25")
    seen = messages.ConfirmItem(student=on_sqlite.students[ME], hour=3, state="present")
    on_sqlite.ask(messages.Confirm(session=1, items=(seen,), key="confirmed"))
    on_sqlite.mark(OTHER, "absent", source="professor", hour=3, why=f"no {on_sqlite.students[ME]} beside them")
    on_sqlite.set_state(1, "submitted")
    with http_of(on_sqlite, tmp_path / "knowns") as opened:
        opened.principal = student(on_sqlite, ME)
        yield opened


def test_a_student_lands_on_their_courses_with_what_counts(http: Http) -> None:
    shown = page(http, "/")
    assert "알고리즘" in shown
    assert "My attendance" in shown
    assert f"/my/course?course={COURSE}" in shown


def test_days_are_shown_by_hour_with_sign_and_word_and_not_taken_is_no_absence(http: Http) -> None:
    shown = page(http, "/my/course", course=COURSE)
    assert "/my/hour?session=1&amp;hour=3" in shown
    assert "never count as absent" in shown


def test_an_hour_says_what_stands_from_where_and_when_the_camera_saw_them(http: Http) -> None:
    shown = page(http, "/my/hour", session=1, hour=3)
    assert "The camera proposed it, and a person confirmed it." in shown
    assert "It saw you in 6 of 6 pictures, first at 10:31 and last at 10:56." in shown
    assert "Every change" in shown
    assert "decided by: staff" in shown
    shown = page(http, "/my/hour", session=1, hour=4)
    assert "That is not absence." in shown


def test_what_stands_of_others_is_told_by_no_page_of_a_student(http: Http) -> None:
    http.principal = student(http.room, OTHER)
    shown = [page(http, "/my"), page(http, "/my/course", course=COURSE), page(http, "/my/hour", session=1, hour=3)]
    assert "A person decided it on the board." in shown[2]
    assert "no … beside them" in shown[2], "a reason is shown without the numbers of others"
    for each in shown:
        for place, number in enumerate(http.room.students):
            if place != OTHER:
                assert number not in each
                assert NAMES[place] not in each


GUESSES = (
    ("/my/hour?session=1&hour=9", 404),
    ("/my/hour?session=2&hour=3", 404),
    ("/my/hour?session=99999999&hour=3", 404),
    ("/my/course?course=eb0099_1", 404),
    ("/my/consent/receipt?decision=1", 404),
    ("/sessions/1", 403),
    ("/sessions/1/student?student=201511042", 403),
    (f"/report?course={COURSE}", 403),
    ("/appeals", 403),
    ("/appeals/1", 403),
)


def test_a_student_who_guesses_is_told_nothing(http: Http) -> None:
    for path, status in GUESSES:
        answer = http.ask("GET", path)
        assert answer.status == status, path
        assert http.room.students[OTHER].encode() not in answer.body
        assert "이바다".encode() not in answer.body


def test_an_hour_of_another_course_reads_as_one_that_is_not_there(http: Http) -> None:
    rows = [RosterLine(http.room.students[OTHER], "이바다", "eb0099_1")]
    http.room.store.rosters.change(rows, at=http.room.now, by="test", day=http.room.now.date())
    http.room.class_day.sessions.open("eb0099_1", http.room.now.date(), [3], makeup=False, now=http.room.now, by="test")
    theirs, nobodys = (http.ask("GET", f"/my/hour?session={number}&hour=3") for number in (2, 77))
    assert (theirs.status, nobodys.status) == (404, 404)
    number = f"{theirs.headers['x-request-id']}".encode()
    assert theirs.body.replace(number, b"") == nobodys.body.replace(nobodys.headers["x-request-id"].encode(), b"")


def test_who_is_no_student_is_told_so_and_who_is_not_signed_in_is_asked_to(http: Http) -> None:
    http.principal = PROFESSOR
    assert http.ask("GET", "/my").status == 403
    http.principal = NOBODY
    answer = http.ask("GET", "/my")
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?next_page=%2Fmy")


def test_an_appeal_is_filed_seen_with_its_evidence_decided_by_a_person_and_answered(http: Http) -> None:
    me = http.principal = student(http.room, OTHER)
    assert send(http, "/my/appeals", session=1, hour=3, text=NASTY).status == 303
    assert "not answered yet" in page(http, "/my")
    http.principal = PROFESSOR
    assert http.room.students[OTHER] in page(http, "/appeals")
    shown = page(http, "/appeals/1")
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown
    assert "A person decided it on the board." in shown
    assert send(http, "/appeals/1", state="late", text="You were in the first row.").status == 303
    http.principal = me
    shown = page(http, "/my/hour", session=1, hour=3)
    assert "You were in the first row." in shown
    assert http.room.marks(1)[OTHER, 3] == ("late", "professor")
    actions = [line.action for line in http.room.store.access_log.lines(student=http.room.students[OTHER])]
    assert {"file_appeal", "answer_appeal"} <= set(actions)
    http.principal = PROFESSOR
    again = send(http, "/appeals/1", state="absent", text="no")
    assert again.status == 400
    assert http.room.marks(1)[OTHER, 3] == ("late", "professor")


def test_an_assistant_prepares_and_does_not_decide_and_others_see_nothing(http: Http) -> None:
    send(http, "/my/appeals", session=1, hour=3, text="look")
    http.principal = ASSISTANT
    assert send(http, "/appeals/1", do="note", text="seen on the list of seats").status == 303
    assert send(http, "/appeals/1", state="late", text="so it is").status == 403
    http.principal = OTHER_PROFESSOR
    assert page(http, "/appeals").count("/appeals/1") == 0
    assert http.ask("GET", "/appeals/1").status == 404
    assert send(http, "/appeals/1", state="late", text="mine").status == 404
    http.principal = PROFESSOR
    assert "seen on the list of seats" in page(http, "/appeals/1")


def test_a_thousand_appeals_are_refused_clearly_and_none_is_lost(http: Http) -> None:
    statuses = [send(http, "/my/appeals", session=1, hour=3, text=f"look {time}").status for time in range(40)]
    assert statuses == [303] + [400] * 39
    refused = send(http, "/my/appeals", session=1, hour=3, text="again")
    assert "not answered yet" in refused.body.decode()
    assert len(http.room.store.appeals.of_student(http.room.students[ME])) == 1


def test_an_hour_of_long_ago_cannot_be_asked_about(http: Http) -> None:
    http.room.now = seoul("09:00", "2026-04-02")
    refused = send(http, "/my/appeals", session=1, hour=3, text="look")
    assert refused.status == 400
    assert "2026-04-01" in refused.body.decode()


def test_another_site_changes_nothing(http: Http) -> None:
    foreign = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "", "Origin": "https://evil.example"})
    for path, headers in product(("/my/appeals", "/my/consent", "/appeals/1"), foreign):
        answer = send(http, path, {**FORM, **headers}, session=1, hour=3, text="x", purpose="template", answer="yes")
        assert answer.status == 403
    assert http.room.store.appeals.of_student(http.room.students[ME]) == []
    assert http.room.store.consents.of_student(http.room.students[ME]) == []
