"""The report on its page: the term that is asked for, and who changed section."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from server.access import Kind, Principal, Role, Teaching
from server.domain.calendar import Term
from server.store import RosterLine
from tests.server.classroom import COURSE, classroom, seoul
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import OTHER_PROFESSOR, page, send, student

OTHER = "ea0017_2"
BOTH = (Teaching(COURSE, Role.PROFESSOR), Teaching(OTHER, Role.PROFESSOR))
ADMIN = Principal(kind=Kind.USER, id=95, name="admin", roles=frozenset({Role.ADMIN}))
PROFESSOR = Principal(kind=Kind.USER, id=90, name="prof.kim", teaches=BOTH)


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Http]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        for name, begins, ends in (
            ("2025-2", date(2025, 9, 1), date(2025, 12, 19)),
            ("2026-1", date(2026, 3, 2), date(2026, 6, 19)),
        ):
            room.store.courses.set_calendar(Term(name, begins, ends), [], [], at=room.now, by="test")
        room.set_course()
        room.now = seoul("12:30")
        room.store.rosters.change([RosterLine("202610001", "한겨울", OTHER)], at=room.now, by="t", day=date(2026, 3, 2))
        room.store.rosters.move(room.students[0], COURSE, OTHER, day=date(2026, 3, 3), at=room.now, by="test")
        room.now = seoul("12:30", "2026-03-04")
        with http_of(room, tmp_path / "knowns") as client:
            client.principal = PROFESSOR
            yield client


def test_a_term_is_chosen(http: Http) -> None:
    shown = page(http, "/report", course=COURSE)
    assert shown.index(">2026-1</option>") < shown.index(">2025-2</option>")
    assert "<option selected>2026-1</option>" in shown
    assert "<option selected>2025-2</option>" in page(http, "/report", course=COURSE, term="2025-2")


def test_the_course_is_found_however_it_was_typed(http: Http) -> None:
    assert "알고리즘" in page(http, "/report", course="ｅａ００１７＿１")


def test_who_changed_section_stands_on_both_sheets_and_on_their_own_page(http: Http) -> None:
    assert f"moved to {OTHER} on Tue 3 Mar 2026" in page(http, "/report", course=COURSE)
    assert f"came from {COURSE} on Tue 3 Mar 2026" in page(http, "/report", course=OTHER)
    http.principal = student(http.room, 0)
    assert f"came from {COURSE} on Tue 3 Mar 2026" in page(http, "/my")
    assert f"moved to {OTHER} on Tue 3 Mar 2026" in page(http, "/my/course", course=COURSE)


def test_an_hour_is_downloaded_for_moodle_with_its_reason(http: Http) -> None:
    room = http.room
    room.now = seoul("12:30", "2026-03-09")
    session = room.open(date="2026-03-09").session
    room.mark(1, "late", hour=3)
    form = page(http, "/downloads", course=COURSE)
    assert f'<option value="{session}.3">Mon 9 Mar 2026 · Hour 3</option>' in form
    answer = send(http, "/downloads/moodle", hour=f"{session}.3", why="to Moodle")
    assert answer.status == 200
    assert answer.body.decode().splitlines() == ["idnumber,status", f"{room.students[1]},L"]
    assert "to Moodle" in [each.why for each in room.store.access_log.lines(limit=50)]
    assert send(http, "/downloads/moodle", hour="x", why="to Moodle").status == 400
    http.principal = OTHER_PROFESSOR
    assert send(http, "/downloads/moodle", hour=f"{session}.3", why="to Moodle").status in {403, 404}


def test_numbers_are_found_however_they_were_typed(http: Http) -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) for each in http.room.students[1])
    http.principal = student(http.room, 1)
    assert "알고리즘" in page(http, "/my/course", course="ｅａ００１７＿１")
    http.principal = ADMIN
    assert send(http, "/admin/accounts", user="wide", student=wide, password="long enough it is").status == 303
    assert http.room.store.accounts.get("wide").student == http.room.students[1]
