"""A thread that has ended, or is silent for longer than its limit, is noticed; one that is only suspended is not."""

import threading

from server.process.liveness import LOOK_S, Liveness

LIMIT_S = 5 * LOOK_S


def looks_until_silent(liveness: Liveness, most: int = 20) -> int | None:
    return next((look for look in range(most) if liveness.silent() is not None), None)


def test_who_beats_between_two_looks_is_never_silent() -> None:
    liveness = Liveness()
    heartbeat = liveness.watch("worker", LIMIT_S)
    for _ in range(20):
        heartbeat.beat()
        assert liveness.silent() is None


def test_silence_longer_than_the_limit_is_told_with_the_threads_name() -> None:
    liveness = Liveness()
    liveness.watch("worker", LIMIT_S)
    assert looks_until_silent(liveness) == 6
    assert "'worker'" in str(liveness.silent())


def test_each_has_a_limit_of_its_own_and_one_beat_begins_it_anew() -> None:
    liveness = Liveness()
    patient, quick = liveness.watch("patient", 15 * LOOK_S), liveness.watch("quick", LIMIT_S)
    for _ in range(5):
        assert liveness.silent() is None
    quick.beat()
    assert looks_until_silent(liveness) == 6
    quick.beat()
    patient.beat()
    assert liveness.silent() is None


def test_a_thread_that_ended_is_noticed_at_the_next_look() -> None:
    liveness = Liveness()
    heartbeat = liveness.watch("worker", 3600.0)
    heartbeat.thread = threading.Thread(target=int)
    assert liveness.silent() is None, "it has not begun"
    heartbeat.thread.start()
    heartbeat.thread.join()
    assert "has ended" in str(liveness.silent())
