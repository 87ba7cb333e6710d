"""What is due is done in a thread of its own, and what goes wrong in one duty stops neither others nor the answers."""

import logging
import threading
from collections.abc import Callable

import msgspec
import pytest

from server.errors import Unavailable
from server.process.duties import Duties, Duty
from server.process.liveness import Liveness

PATIENCE_S = 60.0


def duties(*runs: Callable[[], None]) -> Duties:
    return Duties([Duty(f"duty {number}", run) for number, run in enumerate(runs)], Liveness(), every_s=0.001)


def failing(error: Exception) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


@pytest.mark.parametrize("error", [Unavailable("away"), msgspec.ValidationError("of a record"), MemoryError()])
def test_a_duty_that_fails_keeps_no_other_from_being_done(error: Exception) -> None:
    done: list[int] = []
    duties(lambda: done.append(0), failing(error), lambda: done.append(2)).run_once()
    assert done == [0, 2]


def test_what_goes_on_failing_is_logged_once_and_once_more_when_it_is_done(caplog: pytest.LogCaptureFixture) -> None:
    away = [True]

    def run() -> None:
        if away[0]:
            raise Unavailable("The database is away.")

    caplog.set_level(logging.INFO)
    several = duties(run)
    for _ in range(3):
        several.run_once()
    away[0] = False
    for _ in range(3):
        several.run_once()
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["duty 0", "duty 0"]


def test_what_a_record_holds_is_not_logged_with_the_defect_that_it_causes(caplog: pytest.LogCaptureFixture) -> None:
    duties(failing(ValueError("student 201511041 cannot be read"))).run_once()
    assert "201511041" not in caplog.text
    assert "ValueError in tests" in caplog.text or "ValueError in test_duties" in caplog.text


def test_the_thread_goes_on_after_every_error_and_ends_when_it_is_told() -> None:
    tries, often = [0], threading.Event()

    def run() -> None:
        tries[0] += 1
        if tries[0] == 5:
            often.set()
        raise RuntimeError

    several = duties(run)
    several.start()
    assert often.wait(PATIENCE_S)
    assert several.close(PATIENCE_S)


def test_a_duty_that_hangs_does_not_hold_up_the_end() -> None:
    begun, go = threading.Event(), threading.Event()

    def run() -> None:
        begun.set()
        go.wait(PATIENCE_S)

    several = duties(run)
    several.start()
    assert begun.wait(PATIENCE_S)
    assert not several.close(0.01)
    go.set()
    assert several.close(PATIENCE_S)
