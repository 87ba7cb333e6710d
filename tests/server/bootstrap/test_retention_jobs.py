"""Everything that is kept of people has its period, is destroyed after it, and stands in the list of what was."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.access import Kind, Principal, Role
from server.bootstrap.retention import retention_jobs
from server.config import load
from server.domain.absences import AbsenceRequest, AbsenceState
from server.domain.appeals import Appeal, AppealState
from server.domain.calendar import Term
from server.domain.notices import Notice, NoticeKind
from server.store import KeptRoomCheck, RosterLine
from tests.server.classroom import COURSE, Classroom
from tests.server.http.campus import http_of
from tests.server.pages.asking import page

ME, OTHER = 0, 1
DAY = date(2026, 3, 2)
TERM = Term("2026-1", date(2026, 3, 2), date(2026, 6, 19))


@pytest.fixture
def room(on_sqlite: Classroom) -> Classroom:
    on_sqlite.set_course()
    return on_sqlite


def run(room: Classroom, folder: Path, now: datetime, **settings: Any) -> None:
    flags = {"knowns": folder / "knowns", "database": str(folder / "a.sqlite"), **settings}
    for job in retention_jobs(load(flags, {}), room.store, room.services.students.absences):
        job.run(now)


def listed(room: Classroom) -> list[tuple[str, str]]:
    lines = room.store.access_log.lines(limit=999)[::-1]
    return [(each.subject, each.detail) for each in lines if each.action in {"destroy_old", "expire_templates"}]


def ends(room: Classroom, place: int, day: date) -> None:
    row = RosterLine(room.students[place], "", COURSE, begins=DAY, ends=day)
    room.store.rosters.change([row], at=room.now, by="office", day=DAY)


def test_features_photographs_and_address_go_after_the_last_day_on_any_list(room: Classroom, tmp_path: Path) -> None:
    store, (me, other) = room.store, room.students[:2]
    (tmp_path / "knowns").mkdir(exist_ok=True)
    for number in (me, other):
        (tmp_path / "knowns" / f"{number}.jpg").write_bytes(b"a photograph")
        store.accounts.add(number, student=number, at=room.now, by="test")
        store.accounts.set_address(number, f"{number}@example.ac.kr", at=room.now, by="test")
    last = date(2026, 4, 1)
    ends(room, ME, last)
    room.look("10:31", ME, OTHER)
    seen = store.pictures.sightings_of(me)
    assert seen
    run(room, tmp_path, room.now + timedelta(days=30 + 180))
    assert listed(room) == []
    run(room, tmp_path, room.now + timedelta(days=30 + 181))
    assert listed(room) == [(me, f"1 templates, {seen} sightings")]
    assert store.templates.students() == set(room.students) - {me}
    assert [each.name for each in (tmp_path / "knowns").iterdir()] == [f"{other}.jpg"]
    assert (store.accounts.get(me).email, store.accounts.get(other).email) == ("", f"{other}@example.ac.kr")
    assert store.erasures.students() == frozenset(), "who comes back is enrolled again"
    run(room, tmp_path, room.now + timedelta(days=999))
    assert len(listed(room)) == 1, "of the others no last day is known"


def test_a_file_that_stays_keeps_no_other_kind_from_being_destroyed(
    room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "knowns").mkdir(exist_ok=True)
    (tmp_path / "knowns" / f"{room.students[ME]}.jpg").write_bytes(b"a photograph")
    ends(room, ME, date(2026, 4, 1))

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "not yours")

    monkeypatch.setattr("os.unlink", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    run(room, tmp_path, room.now + timedelta(days=400))
    assert listed(room) == [(room.students[ME], "1 templates, 0 sightings")]


def test_who_is_on_another_list_or_in_a_term_that_is_on_keeps_them(room: Classroom, tmp_path: Path) -> None:
    store = room.store
    store.courses.set_calendar(TERM, [], [], at=room.now, by="office")
    ends(room, ME, date(2026, 3, 9))
    rows = [RosterLine(room.students[ME], "", "eb0001_1", begins=TERM.begins)]
    store.rosters.change(rows, at=room.now, by="office", day=DAY)
    begin = datetime.fromisoformat("2026-06-20T00:00+09:00")
    run(room, tmp_path, begin + timedelta(days=180))
    assert store.templates.photographs(room.students[ME])
    run(room, tmp_path, begin + timedelta(days=181))
    assert store.templates.photographs(room.students[ME]) == {}


def test_requests_checks_and_mails_go_after_their_days_and_are_listed(room: Classroom, tmp_path: Path) -> None:
    store, me, now = room.store, room.students[ME], room.now
    for answered in (True, False):
        due = now + timedelta(days=30)
        how: dict[str, Any] = {"number": 0, "student": me, "course": COURSE, "filed_at": now}
        appeal = store.appeals.add(Appeal(**how, day=DAY, hour=3, due_at=due, text="look"), lambda _: None, by="s0")
        asked = AbsenceRequest(**how, begins=DAY, ends=DAY, reason="army", proof_type="application/pdf")
        request = store.absences.add(asked, b"%PDF", lambda _: None, by="s0")
        if answered:
            store.appeals.answer(appeal, AppealState.UPHELD, "no", at=now + timedelta(days=9), by="kim")
            store.absences.answer(request, AbsenceState.GRANTED, "yes", at=now + timedelta(days=9), by="kim")
    for days in (0, 1):
        store.room_checks.add(KeptRoomCheck("B101", "", now + timedelta(days=days), "{}", b"scene", "office"), by="o")
    user = store.accounts.add("s0", student=me, at=now, by="test").id
    notice = Notice(NoticeKind.APPEAL, "1", {"course": COURSE, "day": "2026-03-02", "hour": "3"})
    store.mails.make(user, [notice], day=DAY, at=now, message_id="<1@x>")
    mail = store.mails.claim(now=now, until=now + timedelta(minutes=1))
    assert mail is not None
    store.mails.sent(mail, at=now)

    run(room, tmp_path, now + timedelta(days=180, seconds=1))
    assert listed(room) == [("", "proofs: 1"), ("", "mails: 1")]
    run(room, tmp_path, now + timedelta(days=730, seconds=1))
    assert listed(room)[2:] == [("", "appeals: 1"), ("", "absences: 1"), ("", "room_checks: 1")]
    run(room, tmp_path, now + timedelta(days=739, seconds=1))
    assert listed(room)[5:] == [("", "access_log: 2"), ("", "appeals: 1"), ("", "absences: 1")]
    assert (store.appeals.of_student(me), store.absences.of_student(me)) == ([], [])
    assert len(store.room_checks.latest()) == 1
    assert me not in str(listed(room))
    with http_of(room, tmp_path / "knowns") as http:
        http.principal = Principal(kind=Kind.USER, id=7, name="officer", roles=frozenset({Role.PRIVACY_OFFICER}))
        shown = page(http, "/erasures")
    assert "what had been kept for long enough" in shown
    assert "room_checks: 1" in shown
