"""How many heads an hour had at most follows from its fullest pictures and how often a student is hidden."""

import random
from datetime import UTC, datetime, timedelta

from server.domain.evidence import Look, Seen
from server.domain.heads import HeadCount, count_heads

NINE = datetime(2026, 3, 2, 0, tzinfo=UTC)


def hour(heads: int, hidden: float, pictures: int, seed: int = 1) -> tuple[list[Look], list[Seen]]:
    """Pictures a minute apart in which everybody is hidden now and then."""
    chance = random.Random(seed)
    times = [NINE + timedelta(minutes=minute) for minute in range(pictures)]
    there = {at: [chance.random() >= hidden for _ in range(heads)] for at in times}
    seen = [
        Seen(str(head), True, 0.99, tuple(at for at in times if there[at][head]))
        for head in range(heads)
        if any(there[at][head] for at in times)
    ]
    return [Look(at, sum(there[at]), device="a") for at in times], seen


def test_the_limit_is_above_the_heads_and_near_them() -> None:
    for seed in range(20):
        for hidden in (0.02, 0.1, 0.3):
            looks, seen = hour(60, hidden, 40, seed)
            counted = count_heads(looks, seen, {"a": 0})
            assert counted.at_least <= 60
            assert counted.at_most is not None
            assert counted.at_most + 1 >= 60
            assert counted.at_most <= 66


def test_those_whom_the_rooms_map_says_are_too_far_count_towards_the_limit() -> None:
    looks, seen = hour(20, 0.0, 12)
    assert count_heads(looks, seen, {"a": 5}) == HeadCount(20, 25)


def test_a_check_without_a_cameras_name_holds_for_every_camera_and_another_cameras_for_none() -> None:
    looks, seen = hour(20, 0.0, 12)
    assert count_heads(looks, seen, {"": 5}).at_most == 25
    assert count_heads(looks, seen, {"b": 5}).at_most is None


def test_without_a_map_or_with_few_pictures_no_limit_is_said() -> None:
    looks, seen = hour(20, 0.1, 12)
    assert count_heads(looks, seen, None).at_most is None
    assert count_heads(looks[:9], seen, {"a": 0}).at_most is None
    assert count_heads([], [], {}) == HeadCount(0, None)


def test_a_class_that_is_mostly_hidden_is_not_counted() -> None:
    looks, seen = hour(40, 0.7, 30)
    assert count_heads(looks, seen, {"a": 0}).at_most is None


def test_two_cameras_show_at_most_the_heads_of_both() -> None:
    looks, seen = hour(20, 0.0, 12)
    other = [Look(each.taken_at + timedelta(seconds=7), 15, device="b") for each in looks]
    others = [Seen("x", True, 0.9, tuple(each.taken_at for each in other))]
    assert count_heads([*looks, *other], [*seen, *others], {"a": 3, "b": 0}) == HeadCount(20, 35)


def test_who_is_known_to_both_cameras_is_one_head() -> None:
    looks, seen = hour(20, 0.0, 12)
    other = [Look(each.taken_at + timedelta(seconds=7), 20, device="b") for each in looks]
    both = [Seen(each.student, True, 0.9, (*each.at, *(look.taken_at for look in other))) for each in seen]
    assert count_heads([*looks, *other], both, {"": 0}) == HeadCount(20, 20)
    doubtful = [Seen(each.student, False, 0.6, each.at) for each in both]
    assert count_heads([*looks, *other], doubtful, {"": 0}).at_most == 40
    at_once = [Look(each.taken_at, 20, device="b") for each in looks]
    assert count_heads([*looks, *at_once], seen, {"": 0}).at_most == 40, "whose picture shows them is not known"
