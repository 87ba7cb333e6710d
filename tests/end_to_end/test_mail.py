"""The server sends its mails by itself, also after it was killed while it did."""

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from server.clock import utc_now
from server.domain.notices import MailState, Notice, NoticeKind
from server.store import Store, open_store
from tests.mail_server import mail_server, wait_until
from tests.running import serving

NOTICE = Notice(NoticeKind.OVERDUE, "1", {"course": "ea0017_1", "day": "2026-03-02", "hours": "3"})


@contextmanager
def looked_into(folder: Path) -> Iterator[Store]:
    """Opened for a look alone: a server that ends takes the log of a database away that nobody else has open."""
    with closing(open_store(str(folder / "rollcall.sqlite"), key_file=folder / "key")) as store:
        yield store


def states(folder: Path) -> list[MailState]:
    with looked_into(folder) as store:
        return [each.state for each in store.mails.listed(9)]


@pytest.mark.slow
def test_a_mail_is_sent_once_by_the_server_that_comes_after_the_one_that_was_killed(tmp_path: Path) -> None:
    with mail_server() as box:
        with looked_into(tmp_path) as store:
            store.health.upgrade()
            now = utc_now()
            user = store.accounts.add("kim", at=now, by="test")
            store.accounts.set_address("kim", "kim@example.ac.kr", at=now, by="test")
            assert store.mails.make(user.id, [NOTICE], day=now.date(), at=now, message_id="<1@example.ac.kr>")
        flags = ("--smtp-host", "127.0.0.1", "--smtp-port", str(box.port), "--smtp-encryption", "none")
        flags = (*flags, "--mail-sender", "a@example.ac.kr", "--http-url", "https://a.example")
        box.stalls_at = "rcpt"
        with serving(tmp_path, *flags) as server:
            assert box.reached.wait(30)
            server.end(signal.SIGKILL)
        box.stalls_at = ""
        assert states(tmp_path) == [MailState.WAITING]
        with looked_into(tmp_path) as store:
            held = store.mails.listed(9)[0]
            assert store.mails.claim(now=utc_now(), until=utc_now() + timedelta(minutes=1)) is None
            assert store.mails.put_off(held, "its server was killed", due_at=utc_now())
        with serving(tmp_path, *flags) as server:
            wait_until(lambda: states(tmp_path) == [MailState.SENT], 40)
            assert server.end() == 0
        assert box.recipients == ["kim@example.ac.kr"]
        assert "https://a.example/" in box.texts()[0]
