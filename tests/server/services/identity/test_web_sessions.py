"""Signing in to the pages: passwords, locks, and sessions that end, on a real store."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.access import Role
from server.errors import BadRequest, Busy, Unauthorised
from server.services.class_day.courses import Courses
from server.services.identity import passwords as hashing
from server.services.identity.passwords import Passwords
from server.services.identity.principals import Principals
from server.services.identity.secrets import hash_of
from server.services.identity.web_sessions import MOST_FAILURES, WRONG_A_MINUTE, SignedIn, WebSessions
from server.store import Store, open_store
from tests.server.classroom import SEOUL, seoul

PASSWORD = "correct horse battery"
NOW = seoul("10:00")


class SignIn:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.sessions = WebSessions(store, Principals(store, Courses(store, SEOUL)), Passwords())
        store.accounts.add("haneul", role="office", student="201511041", at=NOW, by="admin")
        store.accounts.set_password("haneul", Passwords().hash(PASSWORD), at=NOW, by="admin")

    def try_(self, password: str = PASSWORD, name: str = "haneul", **more: object) -> SignedIn:
        values = {"address": "10.0.3.7", "agent": "a browser", "now": NOW} | more
        return self.sessions.sign_in(name, password, **values)  # type: ignore[arg-type]


@pytest.fixture
def sign_in(tmp_path: Path) -> Iterator[SignIn]:
    store = open_store(str(tmp_path / "a.sqlite"), key_file=None)
    store.health.upgrade()
    yield SignIn(store)
    store.close()


def test_the_right_password_begins_a_session_that_any_server_process_knows(sign_in: SignIn) -> None:
    first, second = sign_in.try_(), sign_in.try_()
    assert first.token != second.token
    other_process = SignInElsewhere(sign_in.store)
    session, principal = other_process.find(first.token, NOW)
    assert (session.address, session.agent, principal.name) == ("10.0.3.7", "a browser", "haneul")
    assert (principal.roles, principal.student) == ({Role.OFFICE, Role.STUDENT}, "201511041")
    assert sign_in.store.web_sessions.find(hash_of(first.token)) is not None
    assert len(sign_in.sessions.of_user(principal.id, NOW)) == 2


def SignInElsewhere(store: Store) -> WebSessions:
    return WebSessions(store, Principals(store, Courses(store, SEOUL)), Passwords())


@pytest.mark.parametrize(("name", "password"), [("haneul", "wrong password"), ("nobody", PASSWORD), ("haneul", "")])
def test_what_is_wrong_is_told_alike(sign_in: SignIn, name: str, password: str) -> None:
    with pytest.raises(Unauthorised, match="The name or the password is wrong, or the account is locked"):
        sign_in.try_(password, name)


def test_a_session_ends_when_nobody_uses_it_and_at_the_latest_after_ten_hours(sign_in: SignIn) -> None:
    token = sign_in.try_().token
    later = NOW
    for _ in range(20):
        later += timedelta(minutes=29)
        sign_in.sessions.find(token, later)
    with pytest.raises(Unauthorised):
        sign_in.sessions.find(token, later + timedelta(minutes=30))
    with pytest.raises(Unauthorised):
        sign_in.sessions.find(token, NOW + timedelta(hours=10))


def test_a_session_on_a_lectern_ends_after_three_hours(sign_in: SignIn) -> None:
    token = sign_in.try_(lectern=True).token
    for minutes in range(0, 180, 20):
        sign_in.sessions.find(token, NOW + timedelta(minutes=minutes))
    with pytest.raises(Unauthorised):
        sign_in.sessions.find(token, NOW + timedelta(hours=3))


def test_signing_out_a_new_password_and_a_disabled_account_end_sessions(sign_in: SignIn) -> None:
    one, two = sign_in.try_().token, sign_in.try_().token
    sign_in.sessions.end(one, NOW)
    lines = sign_in.store.access_log.lines()
    assert [(each.who, each.detail) for each in lines if each.action == "end_sign_in"] == [("haneul", "account haneul")]
    with pytest.raises(Unauthorised):
        sign_in.sessions.find(one, NOW)
    sign_in.sessions.find(two, NOW)
    sign_in.store.accounts.disable("haneul", at=NOW, by="admin")
    with pytest.raises(Unauthorised):
        sign_in.sessions.find(two, NOW)
    with pytest.raises(Unauthorised):
        sign_in.try_()
    sign_in.store.accounts.unlock("haneul", at=NOW, by="admin")
    third = sign_in.try_().token
    sign_in.store.accounts.set_password("haneul", Passwords().hash("another long one"), at=NOW, by="admin")
    with pytest.raises(Unauthorised):
        sign_in.sessions.find(third, NOW)


def test_a_token_that_was_never_given_is_nobody_s(sign_in: SignIn) -> None:
    for wrong in ("", "x" * 43, "rc1_1_" + "x" * 43):
        with pytest.raises(Unauthorised):
            sign_in.sessions.find(wrong, NOW)


def test_an_account_is_locked_after_too_many_wrong_passwords_and_opens_by_itself(sign_in: SignIn) -> None:
    for number in range(MOST_FAILURES):
        with pytest.raises(Unauthorised):
            sign_in.try_("wrong password", address=f"10.0.3.{number}")
    with pytest.raises(Unauthorised):
        sign_in.try_()
    sign_in.try_(now=NOW + timedelta(minutes=16))
    assert sign_in.store.accounts.get("haneul").failures == 0
    lines = [each.action for each in sign_in.store.access_log.lines()]
    assert lines.count("wrong_password") == MOST_FAILURES


def test_an_address_that_guesses_waits_and_others_do_not(sign_in: SignIn) -> None:
    for number in range(WRONG_A_MINUTE):
        with pytest.raises(Unauthorised):
            sign_in.try_("x", f"nobody {number}")
    with pytest.raises(Busy):
        sign_in.try_()
    sign_in.try_(address="10.0.3.8")
    sign_in.try_(now=NOW + timedelta(seconds=61))


def test_only_so_many_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "PATIENCE_S", 0.01)
    passwords = Passwords()
    with passwords._place(), passwords._place(), pytest.raises(Busy):
        passwords.hash(PASSWORD)


@pytest.mark.parametrize("password", ["", "too short", "x" * 201])
def test_a_password_that_is_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(BadRequest, match="10 to 200 characters"):
        Passwords().hash(password)
