"""Heavy work waits in a bounded queue."""

import contextlib
import threading

import pytest

from server.errors import BadImage, Busy, Unavailable
from server.services.class_day.work_queue import WorkQueue

PATIENCE_S = 60.0


@pytest.fixture
def work():
    queue = WorkQueue("test", workers=1, most_waiting=2)
    yield queue
    queue.close()


def test_a_jobs_result_and_its_error_reach_the_thread_that_asked(work: WorkQueue) -> None:
    assert work.run(lambda: threading.current_thread().name) == "test-0"
    with pytest.raises(BadImage):
        work.run(lambda: (_ for _ in ()).throw(BadImage("half a picture")))
    assert work.run(lambda: 1) == 1, "an error ends no worker"


def test_one_job_too_many_is_told_busy_at_once_and_the_others_are_done(work: WorkQueue) -> None:
    go, running = threading.Event(), threading.Event()
    results: list[int] = []

    def slow() -> int:
        running.set()
        assert go.wait(PATIENCE_S)
        return 0

    threads = [threading.Thread(target=lambda: results.append(work.run(slow)))]
    threads[0].start()
    assert running.wait(PATIENCE_S)
    refused = threading.Event()

    def wait_or_be_refused(number: int) -> None:
        try:
            results.append(work.run(lambda: number))
        except Busy:
            refused.set()

    threads += [threading.Thread(target=wait_or_be_refused, args=(number,)) for number in (1, 2, 3)]
    for thread in threads[1:]:
        thread.start()
    assert refused.wait(PATIENCE_S), "one of three finds both places taken"
    go.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(results) == 3


def hold(queue: WorkQueue) -> tuple[threading.Event, threading.Thread]:
    """Occupy the one worker until the event is set."""
    go, running = threading.Event(), threading.Event()

    def slow() -> None:
        running.set()
        assert go.wait(PATIENCE_S)

    def bring() -> None:
        with contextlib.suppress(Busy):
            queue.run(slow)

    thread = threading.Thread(target=bring)
    thread.start()
    assert running.wait(PATIENCE_S)
    return go, thread


def test_an_urgent_job_comes_before_those_that_wait_and_finds_a_place_though_all_are_taken() -> None:
    queue = WorkQueue("test", workers=1, most_waiting=2)
    go, thread = hold(queue)
    done: list[str] = []
    threads = [
        threading.Thread(target=lambda name=name: queue.run(lambda: done.append(name), urgent=name == "urgent"))
        for name in ("first", "second", "urgent")
    ]
    for number, each in enumerate(threads):
        each.start()
        while queue.waiting <= number:
            threading.Event().wait(0.001)
    with pytest.raises(Busy):
        queue.run(lambda: done.append("third"))
    go.set()
    for each in (thread, *threads):
        each.join(PATIENCE_S)
    assert queue.close(PATIENCE_S)
    assert done == ["urgent", "first", "second"]


def test_what_waited_too_long_is_busy_and_never_begun() -> None:
    queue = WorkQueue("test", workers=1, most_waiting=2, patience_s=0.05)
    go, thread = hold(queue)
    begun: list[int] = []
    with pytest.raises(Busy, match="too long"):
        queue.run(lambda: begun.append(1))
    go.set()
    thread.join(PATIENCE_S)
    assert queue.close(PATIENCE_S)
    assert begun == []


def test_what_has_begun_is_waited_for_to_its_end() -> None:
    queue = WorkQueue("test", workers=1, most_waiting=2, patience_s=0.05)
    begun, over = threading.Event(), threading.Event()

    def long() -> int:
        begun.set()
        assert not over.wait(0.2)
        return 1

    assert queue.run(long) == 1
    assert begun.is_set()
    assert queue.close(PATIENCE_S)


def test_a_jobs_own_timeout_reaches_the_thread_that_asked(work: WorkQueue) -> None:
    def times_out() -> None:
        raise TimeoutError("the camera")

    with pytest.raises(TimeoutError, match="the camera"):
        work.run(times_out)


def test_closing_answers_what_waits_and_says_what_did_not_end() -> None:
    queue = WorkQueue("test", workers=1, most_waiting=2)
    go, thread = hold(queue)
    refused = threading.Event()

    def wait() -> None:
        with pytest.raises(Unavailable):
            queue.run(lambda: None)
        refused.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not queue.waiting:
        threading.Event().wait(0.001)
    assert not queue.close(0.05), "the one that has begun does not end in time"
    assert refused.wait(PATIENCE_S)
    go.set()
    thread.join(PATIENCE_S)
    waiting.join(PATIENCE_S)
