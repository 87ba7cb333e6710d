"""People say by themselves where, in which language and of what they are told by mail; so does the administrator."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from server.access import LOCAL, NOBODY, Kind, Principal, Role
from server.domain.notices import Notice, NoticeKind
from server.services.enrolment.erasure import erase
from server.store import User
from tests.server.classroom import Classroom
from tests.server.http.campus import Http, http_of
from tests.server.pages.asking import follow, page, send

ADMIN = Principal(kind=Kind.USER, id=95, name="admin", roles=frozenset({Role.ADMIN}))


@pytest.fixture
def http(on_sqlite: Classroom, tmp_path: Path) -> Iterator[Http]:
    on_sqlite.set_course()
    made = on_sqlite.store.accounts.add("haneul", student=on_sqlite.students[0], at=on_sqlite.now, by="test")
    with http_of(on_sqlite, tmp_path / "knowns") as opened:
        roles = frozenset({Role.STUDENT})
        opened.principal = Principal(kind=Kind.USER, id=made.id, name="haneul", roles=roles, student=made.student)
        yield opened


def account(http: Http) -> User:
    return http.room.store.accounts.get("haneul")


def test_a_person_gives_an_address_a_language_and_what_they_want(http: Http) -> None:
    assert "/notices" in page(http, "/my")
    assert 'value=""' in page(http, "/notices")
    shown = follow(http, send(http, "/notices", email="haneul@example.ac.kr", language="en"))
    assert "It is saved." in shown
    assert 'value="haneul@example.ac.kr"' in shown
    kept = account(http)
    assert (kept.email, kept.language, kept.notices) == ("haneul@example.ac.kr", "en", False)
    send(http, "/notices", email="haneul@example.ac.kr", language="xx", wanted="yes")
    assert (account(http).language, account(http).notices) == ("en", True)
    (line,) = [each for each in http.room.store.access_log.lines(limit=99) if each.action == "set_address"]
    assert (line.who, line.subject) == ("haneul", http.room.students[0])
    assert "example.ac.kr" not in line.detail


def test_what_is_no_address_is_told_and_changes_nothing(http: Http) -> None:
    refused = send(http, "/notices", email="a@b.kr\r\nBcc: c@d.kr", language="en")
    assert refused.status == 400
    assert "is no address for mail" in refused.body.decode()
    assert account(http).email == ""


def test_an_address_that_was_refused_is_told_and_written_anew(http: Http) -> None:
    store = http.room.store
    store.accounts.set_address("haneul", "haneul@example.ac.kr", at=http.room.now, by="test")
    number = account(http).id
    notice = Notice(NoticeKind.APPEAL, "1", {"course": "ea0017_1", "day": "2026-03-02", "hour": "3"})
    store.mails.make(number, [notice], day=date(2026, 3, 2), at=http.room.now, message_id="<1@x>")
    mail = store.mails.claim(now=http.room.now, until=http.room.now)
    assert mail is not None
    store.mails.put_aside(mail, mail.state.REFUSED, "550", at=http.room.now, address=True)
    assert "has refused this address" in page(http, "/notices")
    send(http, "/notices", email="haneul@example.ac.kr", language="ko")
    assert "has refused this address" not in page(http, "/notices")


def test_nobody_changes_anothers_address_nor_without_an_account(http: Http) -> None:
    own = http.principal
    assert own is not None
    for principal, status in (
        (NOBODY, 303),
        (LOCAL, 403),
        (replace(own, window=True), 403),
        (replace(own, id=99), 403),
    ):
        http.principal = principal
        assert http.ask("GET", "/notices").status == status
        assert send(http, "/notices", email="x@example.ac.kr").status in {401, 403}
    assert account(http).email == ""
    http.principal = own
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert send(http, "/notices", headers=foreign, email="x@example.ac.kr").status == 403


def test_the_administrator_sets_an_address(http: Http) -> None:
    http.principal = ADMIN
    form = {"user": "haneul", "what": "address", "email": "other@example.ac.kr"}
    assert "other@example.ac.kr" in follow(http, send(http, "/admin/accounts/change", **form))
    assert account(http).email == "other@example.ac.kr"
    own = Principal(kind=Kind.USER, id=1, name="haneul", student=http.room.students[0])
    http.principal = own
    assert send(http, "/admin/accounts/change", **form).status == 403


def test_a_student_sees_their_address_and_what_they_were_told_and_both_go_with_them(http: Http, tmp_path: Path) -> None:
    store, now = http.room.store, http.room.now
    store.accounts.set_address("haneul", "haneul@example.ac.kr", at=now, by="test")
    notice = Notice(NoticeKind.APPEAL, "1", {"course": "ea0017_1", "day": "2026-03-02", "hour": "3"})
    store.mails.make(account(http).id, [notice], day=date(2026, 3, 2), at=now, message_id="<1@x>")
    assert "Address for mail: haneul@example.ac.kr" in page(http, "/my/data")
    record = http.ask("GET", "/v1/me/data").json
    assert record["addresses"] == ["haneul@example.ac.kr"]
    assert record["notices"] == [{"day": "2026-03-02", "kind": "appeal", **notice.blanks}]
    receipt = erase(store, tmp_path / "knowns", http.room.students[0], at=now, by="office")
    assert "addresses  1 removed" in receipt.text()
    assert (account(http).email, store.mails.listed(9)) == ("", [])


def test_who_withdraws_a_consent_is_written_to_as_before(http: Http) -> None:
    http.room.store.accounts.set_address("haneul", "haneul@example.ac.kr", at=http.room.now, by="test")
    assert send(http, "/my/consent", purpose="template", answer="no").status in {200, 303}
    assert http.room.store.erasures.students() == {http.room.students[0]}
    assert account(http).email == "haneul@example.ac.kr"
