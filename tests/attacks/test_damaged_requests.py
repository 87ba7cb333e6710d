"""A damaged row of consents, zones, rights and requests: never more than was allowed, and nobody else held up."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from server.access import Role
from server.domain.absences import AbsenceRequest
from server.domain.appeals import Appeal
from server.domain.clock_steps import ClockStep
from server.domain.consents import Channel, Consent, Policy, Purpose
from server.errors import SetupProblem
from server.services.consent.gate import ConsentGate
from server.services.consent.texts import ConsentTexts
from server.store import StaffEntry, Store, open_store
from server.store.database import readable
from server.store.values import KeptRoomCheck
from tests.server.store.store_values import COURSE, DAY, NOW, STUDENTS, enrol

FIRST, SECOND = STUDENTS[:2]
TEXTS = ConsentTexts("", "", 30)
SQUARE = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """On SQLite, which keeps whatever a column is given."""
    readable._told.clear()
    with closing(open_store(str(tmp_path / "a.sqlite"), key_file=tmp_path / "a.key")) as opened:
        opened.health.upgrade()
        enrol(opened)
        yield opened


def damage(store: Store, statement: str) -> None:
    store._database.write(lambda connection: connection.execute(text(statement)))


def decide(store: Store, student: str, *, given: bool) -> None:
    version = next(iter(TEXTS.accepted))
    decision = Consent(
        student=student,
        purpose=Purpose.TEMPLATE,
        given=given,
        decided_at=NOW,
        text_version=version,
        language="ko",
        channel=Channel.PAGE,
        who=student,
    )
    store.consents.record([decision])


def test_a_decision_that_cannot_be_read_is_no_consent_and_brings_no_older_one_back(store: Store) -> None:
    gate = ConsentGate(store, Policy.REQUIRED, TEXTS)
    for student in (FIRST, SECOND):
        decide(store, student, given=True)
    assert gate.allowed() == {FIRST, SECOND}
    decide(store, FIRST, given=False)
    damage(store, f"UPDATE consents SET channel = 'shouted' WHERE given = 0 AND student = '{FIRST}'")
    assert gate.allowed() == {SECOND}
    assert store.consents.of_student(FIRST) == []
    assert len(store.consents.of_student(SECOND)) == 1


def test_a_zone_that_cannot_be_read_stops_the_pictures_of_its_room_alone(store: Store) -> None:
    for room, device in (("B101", "front"), ("B102", "other")):
        store.devices.register(device, room, at=NOW, by="admin")
    number = store.zones.add("B101", "", SQUARE, at=NOW, by="admin")
    store.zones.add("B102", "", SQUARE, at=NOW, by="admin")
    damage(store, f"UPDATE zones SET points = '[[' WHERE id = {number}")
    with pytest.raises(SetupProblem, match=f"zone remove {number}"):
        store.zones.of_picture(course=None, day=DAY, cameras=["front"])
    assert [each.room for each in store.zones.of_picture(course=None, day=DAY, cameras=["other"])] == ["B102"]
    assert [each.room for each in store.zones.listed()] == ["B102"]
    store.zones.remove(number, at=NOW, by="admin")
    assert store.zones.of_picture(course=None, day=DAY, cameras=["front"]) == []


def test_a_right_that_cannot_be_read_is_none(store: Store) -> None:
    store.accounts.add("kim", at=NOW, by="admin")
    store.accounts.add("lee", at=NOW, by="admin")
    for name in ("kim", "lee"):
        store.accounts.add_staff(StaffEntry(COURSE, name, Role.ASSISTANT, frozenset(), DAY, None), at=NOW, by="admin")
    kim = store.accounts.get("kim").id
    damage(store, f'UPDATE course_staff SET grants = "everything" WHERE "user" = {kim}')
    assert store.accounts.taught_by(kim, DAY) == []
    assert [each.user for each in store.accounts.staff_of(COURSE)] == ["lee"]
    damage(store, "UPDATE users SET added_at = 'soon' WHERE name = 'kim'")
    assert [each.name for each in store.accounts.listed()] == ["lee"]


def test_a_request_that_cannot_be_read_holds_no_other_up(store: Store) -> None:
    for student in (FIRST, SECOND):
        due = NOW + timedelta(days=30)
        appeal = Appeal(
            number=0, student=student, course=COURSE, day=DAY, hour=1, filed_at=NOW, due_at=due, text="again"
        )
        store.appeals.add(appeal, lambda _: None, by=student)
        days = {"begins": DAY, "ends": DAY}
        request = AbsenceRequest(number=0, student=student, course=COURSE, reason="a wedding", filed_at=NOW, **days)
        store.absences.add(request, b"", lambda _: None, by=student)
    damage(store, f"UPDATE appeals SET state = 'lost' WHERE student = '{FIRST}'")
    damage(store, f"UPDATE absences SET begins = 'soon' WHERE student = '{FIRST}'")
    assert [each.student for each in store.appeals.of_courses(None, 10)] == [SECOND]
    assert [each.student for each in store.absences.of_courses(None, 10)] == [SECOND]
    assert store.appeals.of_student(FIRST) == []


def test_a_check_of_a_room_that_cannot_be_read_is_left_out(store: Store) -> None:
    for room in ("B101", "B102"):
        store.room_checks.add(KeptRoomCheck(room, "front", NOW, "{}", b"s", "admin"), by="admin")
    damage(store, "UPDATE room_checks SET checked_at = 'soon' WHERE id = 1")
    assert [each.room for each in store.room_checks.latest()] == ["B102"]


def test_nothing_is_forgotten_where_a_step_of_the_clock_cannot_be_read(store: Store) -> None:
    store.duties.keep_clock_step(ClockStep(-7200.0, NOW, 0.0))
    damage(store, "UPDATE clock_steps SET noticed_at = 'soon'")
    with pytest.raises(SetupProblem, match="confirm-clock"):
        store.duties.clock_step()
    assert store.duties.end_clock_step(at=NOW, by="admin")
    assert store.duties.clock_step() is None


def test_a_duty_whose_last_run_cannot_be_read_is_as_one_that_never_ran(store: Store) -> None:
    store.duties.ran("purge", at=NOW)
    store.duties.ran("other", at=NOW)
    damage(store, "UPDATE duties SET ran_at = 'soon' WHERE name = 'purge'")
    assert store.duties.last_runs() == {"other": NOW}
