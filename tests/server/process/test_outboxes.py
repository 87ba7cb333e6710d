"""What clients say of their outboxes is added up, and forgotten when they say otherwise or nothing any more."""

from server.process.outboxes import FRESH_S, HELD_S, MOST, Outboxes, Waiting


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_oldest_of_all_and_how_many_wait() -> None:
    outboxes = Outboxes()
    outboxes.told("10.0.0.1 room 1", 3, 900)
    outboxes.told("10.0.0.2 room 2", 2, 4000)
    assert outboxes.now() == Waiting(clients=2, entries=5, oldest_s=4000)


def test_a_client_that_says_that_nothing_waits_counts_no_more() -> None:
    outboxes = Outboxes()
    outboxes.told("10.0.0.1 room 1", 3, 900)
    outboxes.told("10.0.0.1 room 1", 0, 0)
    assert outboxes.now() == Waiting()


def test_what_is_on_its_way_is_not_held_up() -> None:
    outboxes = Outboxes()
    outboxes.told("10.0.0.1 room 1", 1, HELD_S - 1)
    assert outboxes.now() == Waiting()


def test_what_was_said_long_ago_is_forgotten() -> None:
    time = Time()
    outboxes = Outboxes(time)
    outboxes.told("10.0.0.1 room 1", 3, 900)
    time.now += FRESH_S
    assert outboxes.now().clients == 1
    time.now += 1
    assert outboxes.now() == Waiting()


def test_no_more_clients_are_remembered_than_so_many() -> None:
    outboxes = Outboxes()
    for number in range(MOST + 5):
        outboxes.told(f"client {number}", 1, 10_000 - number)
    assert outboxes.now() == Waiting(clients=MOST, entries=MOST, oldest_s=10_000 - 5)
