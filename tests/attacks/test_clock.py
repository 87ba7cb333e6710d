"""A server's clock that is wrong destroys nothing, and a server that was off forgets nothing that it has not kept."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from protocol import messages
from server.bootstrap.database_checks import check_duties
from server.domain.enrolments import SINCE_EVER
from server.services.class_day.retention import HourlyJob, Retention
from server.store import KeptPlan
from tests.running import SERVER, run
from tests.server.classroom import COURSE, SEOUL, Classroom, classroom, seoul
from tests.server.clocks import Clocks

DAY = seoul("10:31").date()
PICTURES = [f"10:{minute}" for minute in range(30, 60, 3)]
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as opened:
        opened.set_course(rules="shadow = true")
        for clock in PICTURES:
            opened.look(clock, 0, 1)
        yield opened


@pytest.fixture
def clocks() -> Clocks:
    return Clocks(seoul("11:10"))


def server(room: Classroom, clocks: Clocks, days: int = 30, **more: object) -> Retention:
    return Retention(room.store, room.class_day.sessions, SEOUL, days, monotonic=clocks.monotonic, **more)


def pictures(room: Classroom) -> int:
    return len(room.store.pictures.of_day(COURSE, DAY))


def kept(room: Classroom) -> bool:
    return bool(room.store.proposals.of_course(COURSE, None, None))


def run_for(retention: Retention, clocks: Clocks, hours: float) -> None:
    for _ in range(int(hours)):
        clocks.pass_by(AN_HOUR)
        retention.run(clocks.now)


def test_a_clock_put_forward_by_200_days_destroys_nothing(
    room: Classroom, clocks: Clocks, caplog: pytest.LogCaptureFixture
) -> None:
    forgotten: list[int] = []
    retention = server(room, clocks, forgetting=[HourlyJob("sessions", lambda _: forgotten.append(1))])
    retention.run(clocks.now)
    run_for(retention, clocks, 1)
    forgotten.clear()
    clocks.put(200 * A_DAY)
    run_for(retention, clocks, 12)
    assert (pictures(room), forgotten) == (len(PICTURES), [])
    assert "put forward by 4800.0 hours" in caplog.text
    assert "doctor --confirm-clock" in caplog.text


def test_it_goes_on_when_the_clock_is_right_again_and_a_day_has_passed(room: Classroom, clocks: Clocks) -> None:
    retention = server(room, clocks)
    retention.run(clocks.now)
    clocks.put(200 * A_DAY)
    retention.run(clocks.now)
    clocks.put(-200 * A_DAY)
    run_for(retention, clocks, 26)
    assert room.store.duties.clock_step() is None
    clocks.pass_by(29 * A_DAY)
    retention.run(clocks.now)
    assert pictures(room) == 0, "the interval between two runs is measured by the clock that nobody sets"


def test_somebody_who_confirms_the_clock_need_not_wait(room: Classroom, clocks: Clocks) -> None:
    retention = server(room, clocks)
    retention.run(clocks.now)
    clocks.put(200 * A_DAY)
    run_for(retention, clocks, 2)
    assert pictures(room) == len(PICTURES)
    assert room.store.duties.end_clock_step(at=clocks.now, by="operator")
    run_for(retention, clocks, 1)
    assert pictures(room) == 0


def test_a_day_of_waiting_goes_on_over_restarts_and_nights_and_begins_anew_with_another_step(
    room: Classroom, clocks: Clocks
) -> None:
    server(room, clocks).run(clocks.now)
    clocks.put(200 * A_DAY)
    for _ in range(2):
        run_for(server(room, clocks), clocks, 9)
        clocks.pass_by(timedelta(hours=15))
    assert pictures(room) == len(PICTURES)
    clocks.put(100 * A_DAY)
    run_for(server(room, clocks), clocks, 9)
    assert pictures(room) == len(PICTURES), "the clock was put forward once more"
    clocks.pass_by(timedelta(hours=15))
    run_for(server(room, clocks), clocks, 17)
    assert pictures(room) == 0


def test_a_server_that_starts_with_a_wrong_clock_forgets_nothing_even_before_its_first_duty(
    room: Classroom, clocks: Clocks
) -> None:
    clocks.put(200 * A_DAY)
    run_for(server(room, clocks), clocks, 3)
    assert pictures(room) == len(PICTURES), "what was recorded says when a server was at work here last"


def test_a_clock_behind_the_last_run_is_a_step_too(room: Classroom, clocks: Clocks) -> None:
    server(room, clocks).run(clocks.now)
    clocks.put(-2 * AN_HOUR)
    server(room, clocks).run(clocks.now)
    step = room.store.duties.clock_step()
    assert step is not None
    assert step.by_s == -7200


@pytest.mark.parametrize("days", [1, 30])
def test_a_server_that_was_off_for_longer_than_pictures_are_kept_keeps_their_proposals_first(
    room: Classroom, clocks: Clocks, days: int
) -> None:
    server(room, clocks, days).run(clocks.now)
    clocks.pass_by((days + 2) * A_DAY)
    retention = server(room, clocks, days)
    retention.run(clocks.now)
    assert kept(room)
    assert pictures(room) == len(PICTURES), "the clock may be wrong as well"
    run_for(retention, clocks, 25)
    assert pictures(room) == 0


def test_evidence_older_than_its_days_is_kept_where_it_is_still_there(room: Classroom, clocks: Clocks) -> None:
    clocks.pass_by(90 * A_DAY)
    server(room, clocks).keep_proposals(clocks.now)
    assert kept(room)


def test_what_keeps_raises_before_anything_is_forgotten(room: Classroom, clocks: Clocks) -> None:
    clocks.pass_by(90 * A_DAY)
    room.store.duties.ran("clock", at=clocks.now)
    retention = server(room, clocks)

    def failing(before: object) -> None:
        raise OSError(before)

    retention._keeping = (HourlyJob("keep", failing),)
    with pytest.raises(OSError, match="2026"):
        retention.run(clocks.now)
    assert pictures(room) == len(PICTURES)


def test_each_duty_leaves_its_last_run(room: Classroom, clocks: Clocks) -> None:
    server(room, clocks).run(clocks.now)
    clocks.pass_by(timedelta(minutes=10))
    retention = server(room, clocks)
    retention.run(clocks.now)
    assert room.store.duties.last_runs() == dict.fromkeys(("clock", "keep", "remove"), clocks.now)


def test_a_key_that_looks_old_to_a_wrong_clock_is_known_still(room: Classroom) -> None:
    message = messages.Mark(student=room.students[0], course=COURSE, key="k", at=room.now)
    first = room.ask(message)
    room.now += 200 * A_DAY
    assert room.ask(message).marks == first.marks


def test_doctor_tells_of_a_clock_in_doubt_and_takes_a_word_for_it(
    room: Classroom, clocks: Clocks, tmp_path: Path
) -> None:
    server(room, clocks).run(clocks.now)
    assert [each.level for each in check_duties(room.store, clocks.now)] == ["fine"]
    clocks.put(200 * A_DAY)
    server(room, clocks).run(clocks.now)
    clock, duties = check_duties(room.store, clocks.now)
    assert (clock.what, clock.level, duties.level) == ("clock", "warning", "fine")
    assert "forward by 4800.0 hours" in clock.text
    run(SERVER, "doctor", "--confirm-clock", "--as", "operator", "--database", str(tmp_path / "a.sqlite"))
    assert room.store.duties.clock_step() is None


def test_evidence_that_could_not_be_kept_stays_once_as_long(room: Classroom, clocks: Clocks) -> None:
    room.store.courses.put(COURSE, KeptPlan(SINCE_EVER, plan="of a later version"), at=room.now, by="test")
    room.class_day.courses._histories.clear()
    clocks.pass_by(40 * A_DAY)
    room.store.duties.ran("clock", at=clocks.now)
    retention = server(room, clocks)
    retention.run(clocks.now)
    assert pictures(room) == len(PICTURES)
    clocks.pass_by(25 * A_DAY)
    retention.run(clocks.now)
    assert pictures(room) == 0
