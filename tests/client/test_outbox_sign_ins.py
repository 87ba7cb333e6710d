"""Whose an entry of the outbox is: of who was signed in when it was decided, whoever is there when it is sent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from client.outbox import Outbox
from protocol.messages import Mark

SERVER = "127.0.0.1:1"
KIM, LEE = "rc1_7_" + "k" * 43, "rc1_8_" + "l" * 43


class Clock:
    now = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(tmp_path: Path, clock: Clock) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "outbox.sqlite", SERVER, clock)
    yield opened
    opened.close()


def keep(box: Outbox, key: str) -> int:
    return box.add(Mark(student="201511041", course="ea0017_1", key=key))


def sign_in(box: Outbox, token: str, who: str, clock: Clock) -> None:
    box.sign_ins.begin(token, who, clock.now + timedelta(hours=1))


def test_what_is_kept_is_of_who_is_signed_in_just_then(box: Outbox, clock: Clock) -> None:
    keep(box, "nobody")
    sign_in(box, KIM, "prof.kim", clock)
    keep(box, "kim")
    sign_in(box, LEE, "prof.lee", clock)
    keep(box, "lee")
    box.sign_ins.end()
    keep(box, "nobody again")
    tokens = [box.sign_ins.token_of(each.signed) for each in box.entries()]
    assert tokens == [None, KIM, LEE, None]


def test_entries_of_two_people_are_not_sent_together_and_keep_their_order(box: Outbox, clock: Clock) -> None:
    sign_in(box, KIM, "prof.kim", clock)
    first, second = keep(box, "a"), keep(box, "b")
    sign_in(box, LEE, "prof.lee", clock)
    third = keep(box, "c")
    assert [each.number for each in box.take(10)] == [first, second]
    box.settle([first, second], [])
    assert [each.number for each in box.take(10)] == [third]


def test_a_sign_in_that_ran_out_signs_nothing_more(box: Outbox, clock: Clock) -> None:
    sign_in(box, KIM, "prof.kim", clock)
    assert box.sign_ins.current() is not None
    clock.now += timedelta(hours=2)
    assert box.sign_ins.current() is None
    keep(box, "late")
    assert [each.signed for each in box.entries()] == [""]


def test_a_token_is_forgotten_once_nothing_waits_under_it(box: Outbox, clock: Clock, tmp_path: Path) -> None:
    sign_in(box, KIM, "prof.kim", clock)
    number = keep(box, "kim")
    box.sign_ins.end()
    (entry,) = box.entries()
    assert box.sign_ins.token_of(entry.signed) == KIM
    box.settle([number], [])
    box.sign_ins.end()
    assert box.sign_ins.token_of(entry.signed) is None


def test_a_sign_in_at_one_server_is_none_at_another(box: Outbox, clock: Clock, tmp_path: Path) -> None:
    sign_in(box, KIM, "prof.kim", clock)
    other = Outbox(tmp_path / "outbox.sqlite", "127.0.0.1:2", clock)
    assert other.sign_ins.current() is None
    other.close()


def test_a_token_is_shown_nowhere(box: Outbox, clock: Clock) -> None:
    sign_in(box, KIM, "prof.kim", clock)
    keep(box, "kim")
    assert KIM not in repr(box.sign_ins.current())
    assert KIM not in repr(box.entries())
