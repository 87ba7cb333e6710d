"""The outbox of mails: each made once, held by one, settled once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.domain.notices import MailState, Notice, NoticeKind
from server.errors import BadRequest
from server.store import Mail, RosterLine, Store

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = date(2026, 3, 2)
MINUTE = timedelta(minutes=1)
STUDENT = "201511041"


def notice(about: str = "7", kind: NoticeKind = NoticeKind.APPEAL) -> Notice:
    return Notice(kind, about, {"course": "ea0017_1", "day": "2026-03-02", "hour": "3"})


@pytest.fixture
def user(store: Store) -> int:
    store.rosters.change([RosterLine(STUDENT, "김하늘", "ea0017_1")], at=AT, by="test", day=DAY)
    made = store.accounts.add("s0", student=STUDENT, at=AT, by="test")
    store.accounts.set_address("s0", "haneul@example.ac.kr", at=AT, by="test")
    return made.id


def make(store: Store, user: int, *notices: Notice, days: int = 0) -> bool:
    at = AT + timedelta(days=days)
    return store.mails.make(user, notices, day=DAY + timedelta(days=days), at=at, message_id=f"<{days}@x>")


def claimed(store: Store, now: datetime = AT) -> Mail:
    found = store.mails.claim(now=now, until=now + 10 * MINUTE)
    assert found is not None
    return found


def test_an_account_has_one_mail_a_day_and_is_told_of_each_thing_once(store: Store, user: int) -> None:
    assert make(store, user, notice("7"), notice("7"), notice("8"))
    assert not make(store, user, notice("9"))
    mail = claimed(store)
    assert (mail.user.email, mail.day, mail.message_id) == ("haneul@example.ac.kr", DAY, "<0@x>")
    assert [each.about for each in store.mails.notices_of(mail.id)] == ["7", "8"]
    assert store.mails.notices_of(mail.id)[0] == notice("7")
    assert not make(store, user, notice("9"), days=1), "one that waits still"
    assert store.mails.sent(mail, at=AT + timedelta(hours=20))
    assert not make(store, user, notice("9"), days=1), "one came shortly before"
    assert not make(store, user, notice("7"), days=2), "they were told of that"
    assert make(store, user, notice("7"), notice("9"), days=2)
    assert [each.about for each in store.mails.notices_of(claimed(store, AT + timedelta(days=2)).id)] == ["9"]


def test_two_servers_make_one_mail_and_one_of_them_sends_it(store: Store, user: int) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: make(store, user, notice()), range(8)))
        held = list(threads.map(lambda _: store.mails.claim(now=AT, until=AT + MINUTE), range(8)))
    assert sorted(made) == [False] * 7 + [True]
    assert len([each for each in held if each is not None]) == 1


def test_a_claim_that_ran_out_is_anothers_and_who_was_slow_changes_nothing(store: Store, user: int) -> None:
    make(store, user, notice())
    slow = claimed(store)
    assert store.mails.claim(now=AT + 9 * MINUTE, until=AT + 20 * MINUTE) is None
    other = claimed(store, AT + 10 * MINUTE)
    assert other.id == slow.id
    assert not store.mails.handing(slow)
    assert not store.mails.put_off(slow, "x", due_at=AT)
    assert not store.mails.put_aside(slow, MailState.REFUSED, "x", at=AT, address=True)
    assert store.mails.handing(other)
    assert store.mails.sent(other, at=AT + 11 * MINUTE)
    assert not store.mails.sent(slow, at=AT + 12 * MINUTE)
    (kept,) = store.mails.listed(10)
    assert (kept.state, kept.attempts, kept.user.email_refused_at) == (MailState.SENT, 0, None)


def test_what_was_under_way_when_a_server_died_is_due_again_with_the_same_message_id(store: Store, user: int) -> None:
    make(store, user, notice())
    assert store.mails.handing(claimed(store))
    again = claimed(store, AT + 10 * MINUTE)
    assert (again.state, again.message_id) == (MailState.HANDING, "<0@x>")


def test_what_is_put_off_comes_again_in_its_time_and_a_refused_address_is_remembered(store: Store, user: int) -> None:
    make(store, user, notice())
    assert store.mails.put_off(claimed(store), "450 later\x00\n", due_at=AT + 5 * MINUTE)
    assert store.mails.claim(now=AT + 4 * MINUTE, until=AT + 9 * MINUTE) is None
    again = claimed(store, AT + 5 * MINUTE)
    assert (again.attempts, again.problem) == (1, "450 later  ")
    assert store.mails.put_aside(again, MailState.REFUSED, "550", at=AT, address=True)
    assert store.accounts.get("s0").email_refused_at == AT
    counts = store.mails.counts(since=AT - MINUTE)
    assert (counts[MailState.REFUSED], counts[MailState.WAITING]) == (1, 0)
    assert store.mails.counts(since=AT + MINUTE)[MailState.REFUSED] == 0
    store.accounts.set_address("s0", "other@example.ac.kr", at=AT, by="s0")
    assert store.accounts.get("s0").email_refused_at is None


def test_an_address_goes_with_its_student_with_the_account_and_with_time(store: Store, user: int) -> None:
    make(store, user, notice())
    assert [(day, each.about) for day, each in store.mails.of_student(STUDENT)] == [(DAY, "7")]
    store.mails.sent(claimed(store), at=AT)
    assert store.mails.forget_old(before=AT) == 0
    assert store.mails.forget_old(before=AT + MINUTE) == 1
    assert store.mails.told(user) == frozenset()
    make(store, user, notice(), days=1)
    assert store.mails.forget_student(STUDENT) == 1
    assert (store.mails.listed(10), store.accounts.get("s0").email) == ([], "")
    store.accounts.set_address("s0", "haneul@example.ac.kr", at=AT, by="s0")
    store.accounts.disable("s0", at=AT, by="admin")
    assert store.accounts.get("s0").email == ""


def test_what_is_no_address_is_refused_and_the_old_one_stays(store: Store, user: int) -> None:
    wrong: Any
    for wrong in ("kim", "a@b.kr\r\nBcc: c@d.kr", "a@b.kr, c@d.kr"):
        with pytest.raises(BadRequest, match="no address"):
            store.accounts.set_address("s0", wrong, at=AT, by="s0")
    assert store.accounts.get("s0").email == "haneul@example.ac.kr"
