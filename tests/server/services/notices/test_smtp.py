"""Mails are handed to a real mail server, and its refusals understood."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.pages.language import day_words
from server.services.notices import smtp
from server.services.notices.digest import DigestWriter
from server.services.notices.smtp import MailPutOff, MailRefused, MailServer, MailServerFault
from tests.mail_server import PASSWORD, USER, Postbox, certificates, mail_server
from tests.ports import closed_port

TO = "kim@example.ac.kr"
WRITER = DigestWriter(
    sender="attendance@example.ac.kr", url="https://attendance.example.ac.kr", contact="", day_words=day_words
)
MAIL = WRITER.trial(TO, message_id="<1@example.ac.kr>", at=datetime(2026, 3, 2, tzinfo=UTC))


def server_at(port: int, *, ca: Path | None = None, password: str = "", **more: Any) -> MailServer:
    context = ssl.create_default_context(cafile=ca)
    how: dict[str, Any] = {"host": "localhost", "port": port, "encryption": "none", "context": context, "user": ""}
    return MailServer(**{**how, **more}, password=lambda: password)


def send(server: MailServer) -> bool:
    with server.connected() as connection:
        return connection.send(MAIL)


@pytest.fixture
def box() -> Iterator[Postbox]:
    with mail_server() as opened:
        yield opened


def test_a_mail_arrives_encrypted_by_starttls_with_name_and_password(tmp_path: Path) -> None:
    context, ca = certificates(tmp_path)
    with mail_server(starttls=context, asks_password=True) as box:
        assert send(server_at(box.port, ca=ca, encryption="starttls", user=USER, password=PASSWORD))
        assert box.recipients == [TO]
        assert box.arrived[0]["Message-ID"] == "<1@example.ac.kr>"
        assert "도착합니다" in box.texts()[0]
        with pytest.raises(MailServerFault, match="refuses the name and password"):
            send(server_at(box.port, ca=ca, encryption="starttls", user=USER, password="wrong"))


def test_a_mail_arrives_encrypted_from_the_first_byte(tmp_path: Path) -> None:
    context, ca = certificates(tmp_path)
    with mail_server(tls=context) as box:
        assert send(server_at(box.port, ca=ca, encryption="tls"))
        assert len(box.arrived) == 1


def test_nothing_is_sent_in_the_clear_nor_to_a_stranger(tmp_path: Path, box: Postbox) -> None:
    with pytest.raises(MailServerFault, match="STARTTLS"):
        send(server_at(box.port, encryption="starttls"))
    with pytest.raises(MailServerFault):
        send(server_at(box.port, encryption="tls"))
    context, ca = certificates(tmp_path, "elsewhere.example")
    for trusted in (None, ca):
        with mail_server(starttls=context) as stranger:
            with pytest.raises(MailServerFault, match="certificate is not trusted"):
                send(server_at(stranger.port, ca=trusted, encryption="starttls"))
            assert stranger.arrived == []


@pytest.mark.parametrize(
    ("reply", "meant", "address"),
    [
        ("550 5.1.1 there is no such mailbox", MailRefused, True),
        ("553 the name is not allowed", MailRefused, True),
        ("550 5.7.1 you may not relay", MailServerFault, None),
        ("530 5.7.0 sign in first", MailServerFault, None),
        ("450 4.2.0 greylisted, come again", MailPutOff, None),
        ("452 4.2.2 the mailbox is full", MailPutOff, None),
        ("421 4.3.2 shutting down", MailServerFault, None),
    ],
)
def test_a_refusal_of_an_address_is_told_from_one_of_us(
    box: Postbox, reply: str, meant: type[Exception], address: bool | None
) -> None:
    box.refused[TO] = reply
    with pytest.raises(meant, match=reply.split()[0]) as refused:
        send(server_at(box.port))
    assert getattr(refused.value, "address", None) is address
    assert box.arrived == []


def test_a_refusal_of_what_is_in_a_mail_is_for_that_mail_alone(box: Postbox) -> None:
    box.data = "554 5.6.0 it looks like spam"
    with pytest.raises(MailRefused, match="looks like spam") as refused:
        send(server_at(box.port))
    assert not refused.value.address
    box.data = "451 later"
    with pytest.raises(MailPutOff, match="451 later"):
        send(server_at(box.port))
    box.sender = "550 5.1.8 no such sender"
    with pytest.raises(MailServerFault, match=r"does not let attendance@example.ac.kr send"):
        send(server_at(box.port))


def test_a_mail_that_nobody_wants_sent_any_more_is_not_given_over(box: Postbox) -> None:
    with server_at(box.port).connected() as connection:
        assert not connection.send(MAIL, lambda: False)
        assert connection.send(MAIL)
    assert len(box.arrived) == 1


def test_a_server_that_is_away_or_none_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MailServerFault, match="cannot be reached"):
        send(server_at(closed_port()))
    with pytest.raises(MailServerFault):
        send(server_at(closed_port(), host="nowhere.invalid"))


def test_a_server_that_sends_a_byte_now_and_then_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "DEADLINE_S", 0.5)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            talking, _ = listener.accept()
            with talking:
                while not over.wait(0.05):
                    try:
                        talking.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(MailServerFault):
            send(server_at(listener.getsockname()[1], host="127.0.0.1"))
        over.set()
        thread.join()
