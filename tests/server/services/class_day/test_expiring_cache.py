"""What is asked often is found once in a while, and what is not there is asked for again."""

import pytest

from server.services.class_day.expiring_cache import CACHE_S, MOST_CACHED, ExpiringCache


class Finder:
    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


def test_a_value_is_found_again_when_its_moment_is_over() -> None:
    now, find = [100.0], Finder()
    cache: ExpiringCache[int] = ExpiringCache(lambda: now[0])
    assert [cache.get("a", find), cache.get("a", find)] == [1, 1]
    now[0] += CACHE_S
    assert cache.get("a", find) == 2


def test_keys_are_kept_apart_and_forgotten_together() -> None:
    cache, find = ExpiringCache[int](lambda: 0.0), Finder()
    assert [cache.get("a", find), cache.get("b", find)] == [1, 2]
    cache.clear()
    assert [cache.get("a", find), cache.get("b", find)] == [3, 4]


def test_what_cannot_be_found_is_asked_for_each_time() -> None:
    cache: ExpiringCache[int] = ExpiringCache(lambda: 0.0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            cache.get("a", lambda: 1 // 0)
    assert cache.get("a", lambda: 5) == 5


def test_it_does_not_grow_without_end() -> None:
    cache, find = ExpiringCache[int](lambda: 0.0), Finder()
    for key in range(MOST_CACHED + 1):
        cache.get(key, find)
    assert cache.get(0, find) == MOST_CACHED + 2
