"""`mail`, `user address` and what `doctor` says of mail, with a real mail server."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from server.bootstrap.mail import mail_server as mail_server_of
from server.clock import utc_now
from server.config import load
from server.domain.notices import MailState, Notice, NoticeKind
from server.errors import SetupProblem
from server.store import open_store
from tests.mail_server import PASSWORD, USER, Postbox, certificates, mail_server
from tests.ports import closed_port
from tests.server.cli.invoking import invoke, invoke_json

TO = "kim@example.ac.kr"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert invoke(tmp_path, "user", "add", "kim", "--no-password").status == 0
    return tmp_path


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Postbox]:
    context, _ = certificates(tmp_path)
    with mail_server(starttls=context, asks_password=True) as opened:
        yield opened


def settings(folder: Path, port: int, password: str = PASSWORD) -> tuple[str, ...]:
    (folder / "password").write_text(f"{password}\n", encoding="utf-8")
    (folder / "password").chmod(0o600)
    (folder / "mail.toml").write_text(
        f"""
        smtp_host = "localhost"
        smtp_port = {port}
        smtp_ca = "{folder / "authority.pem"}"
        smtp_user = "{USER}"
        smtp_password_file = "{folder / "password"}"
        mail_sender = "attendance@example.ac.kr"
        http_url = "https://attendance.example.ac.kr"
        """,
        encoding="utf-8",
    )
    return "--config", str(folder / "mail.toml")


def told(folder: Path, *flags: str) -> dict[str, tuple[str, str]]:
    findings = invoke_json(folder, "doctor", *flags)
    return {each["what"]: (each["level"], each["text"]) for each in findings if each["what"] in {"mail", "mails"}}


def test_a_test_mail_arrives_or_the_servers_answer_is_told(folder: Path, box: Postbox) -> None:
    flags = settings(folder, box.port)
    said = invoke(folder, "mail", "test", TO, *flags)
    assert (said.status, box.recipients) == (0, [TO]), said.problem
    box.refused[TO] = "550 5.1.1 there is no such mailbox"
    assert "550 5.1.1 there is no such mailbox" in invoke(folder, "mail", "test", TO, *flags).problem
    assert "refuses the name" in invoke(folder, "mail", "test", TO, *settings(folder, box.port, "wrong")).problem
    assert "no address for mail" in invoke(folder, "mail", "test", "kim", *flags).problem
    assert "No mail server is set" in invoke(folder, "mail", "test", TO).problem
    (folder / "password").unlink()
    assert "cannot be read" in invoke(folder, "mail", "test", TO, *flags).problem


def test_doctor_says_whether_the_mail_server_lets_us_in(folder: Path, box: Postbox) -> None:
    assert told(folder)["mail"] == ("fine", "no mail server is set: nobody is told by mail")
    flags = settings(folder, box.port)
    assert told(folder, *flags)["mail"][0] == "fine"
    (folder / "password").chmod(0o644)
    assert "chmod 600" in invoke(folder, "doctor", *flags).output
    level, text = told(folder, *settings(folder, closed_port()))["mail"]
    assert (level, "cannot be reached" in text) == ("warning", True)
    assert box.arrived == []


def test_what_was_put_aside_is_told_by_doctor_and_listed_without_an_address(folder: Path) -> None:
    assert invoke(folder, "user", "address", "kim", TO).status == 0
    assert invoke_json(folder, "user", "list")[0]["address"] == "yes"
    now = utc_now()
    with closing(open_store(str(folder / "rollcall.sqlite"), key_file=folder / "key")) as store:
        notice = Notice(NoticeKind.OVERDUE, "1", {"course": "ea0017_1", "day": "2026-03-02", "hours": "3"})
        user = store.accounts.get("kim").id
        assert store.mails.make(user, [notice], day=now.date(), at=now, message_id="<1@x>")
        assert told(folder)["mails"] == ("fine", "0 sent in 14 days, 1 in the outbox")
        mail = store.mails.claim(now=now, until=now + timedelta(minutes=1))
        assert mail is not None
        store.mails.put_aside(mail, MailState.REFUSED, "550 no such mailbox", at=now, address=True)
    level, text = told(folder)["mails"]
    assert (level, "1 put aside, and 1 addresses refused" in text) == ("warning", True)
    said = invoke(folder, "mail", "list").output
    assert "550 no such mailbox" in said
    assert TO not in said
    (listed,) = invoke_json(folder, "mail", "list")
    assert (listed["user"], listed["state"]) == ("kim", "refused")
    assert invoke_json(folder, "user", "list")[0]["address"] == "refused"
    assert invoke(folder, "user", "address", "kim", "--none").status == 0
    assert invoke_json(folder, "user", "list")[0]["address"] == "no"
    for words in (("kim",), ("kim", TO, "--none"), ("kim", "nobody"), ("nobody", TO)):
        assert invoke(folder, "user", "address", *words).status == 1


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"mail_sender": ""}, "set mail_sender"),
        ({"mail_sender": "a@b.kr\nBcc: c@d.kr"}, "mail_sender is"),
        ({"http_url": ""}, "set http_url"),
        ({"smtp_encryption": "none"}, "Mails to another machine are encrypted"),
        ({"smtp_host": "mail example"}, "smtp_host is"),
        ({"smtp_user": "rollcall"}, "belong together"),
        ({"mail_hour": 24}, "mail_hour"),
    ],
)
def test_settings_that_cannot_be_are_refused(changed: dict[str, object], problem: str) -> None:
    good = {"smtp_host": "mail.example.ac.kr", "mail_sender": "a@example.ac.kr", "http_url": "https://a.example"}
    assert mail_server_of(load(good, {})) is not None
    with pytest.raises(SetupProblem, match=problem):
        mail_server_of(load({**good, **changed}, {}))
