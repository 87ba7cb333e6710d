"""What lies in the outbox is sent once, whatever happens to the mail server or to ours."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.domain.attendance import State
from server.domain.notices import GIVEN_UP, MailState
from server.services.class_day.courses import Courses
from server.services.notices.outgoing import HELD, NO_ADDRESS, Outgoing
from server.store import Store
from tests.mail_server import Postbox, mail_server, wait_until
from tests.ports import closed_port
from tests.server.services.notices.outbox import Outbox, with_a_course
from tests.server.services.reported_class import BADA, COURSE, FIRST, HANEUL, NOON, ZONE, mark, with_rules

ROOT = Path(__file__).resolve().parents[4]
# One look into the outbox by a process of its own.
SEND = """
import sys
from pathlib import Path
from server.store import open_store
from tests.server.services.notices.outbox import Outbox
store = open_store(sys.argv[1], key_file=Path(sys.argv[2]))
Outbox(store).send(int(sys.argv[3]))
"""


@pytest.fixture
def box() -> Iterator[Postbox]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def outbox(store: Store) -> Outbox:
    """Two mails lie in it."""
    made = with_a_course(store)
    Courses(store, ZONE).set_plan(COURSE, with_rules(freeze_days=None), at=NOON, by="office")
    made.__post_init__()
    mark(store, FIRST, 3, {HANEUL: State.ABSENT, BADA: State.ABSENT})
    assert made.make() == 2
    return made


def states(outbox: Outbox) -> list[MailState]:
    return sorted(each.state for each in outbox.store.mails.listed(99))


def test_every_mail_is_sent_once(outbox: Outbox, box: Postbox) -> None:
    assert outbox.send(box.port) == 2
    assert outbox.send(box.port) == 0
    assert sorted(box.recipients) == ["bada@example.ac.kr", "haneul@example.ac.kr"]
    assert all("absence count" in each for each in box.texts())
    assert states(outbox) == [MailState.SENT] * 2


def test_a_mail_server_that_is_away_loses_nothing_and_is_not_pestered(outbox: Outbox, box: Postbox) -> None:
    away = outbox.sending_to(closed_port())
    assert away.run(lambda: outbox.now) == 0
    tried = [each.attempts for each in outbox.store.mails.listed(9)]
    assert sorted(tried) == [0, 1]
    outbox.now += timedelta(seconds=59)
    outbox.seconds += 59
    assert away.run(lambda: outbox.now) == 0
    assert [each.attempts for each in outbox.store.mails.listed(9)] == tried, "it was not asked so soon"
    outbox.now += timedelta(hours=5)
    assert outbox.send(box.port) == 2


def test_a_mail_that_nobody_takes_for_days_is_given_up_and_told(outbox: Outbox) -> None:
    begin, port = outbox.now, closed_port()
    while outbox.now < begin + GIVEN_UP + timedelta(hours=9):
        outbox.send(port)
        outbox.now += timedelta(hours=1)
    assert states(outbox) == [MailState.GIVEN_UP] * 2
    assert all("cannot be reached" in each.problem for each in outbox.store.mails.listed(9))
    assert max(each.attempts for each in outbox.store.mails.listed(9)) < 30


def test_an_address_that_is_refused_stops_no_other_and_is_not_tried_again(outbox: Outbox, box: Postbox) -> None:
    box.refused["haneul@example.ac.kr"] = "550 5.1.1 there is no such mailbox"
    assert outbox.send(box.port) == 1
    assert box.recipients == ["bada@example.ac.kr"]
    assert states(outbox) == [MailState.REFUSED, MailState.SENT]
    assert outbox.store.accounts.get("haneul").email_refused_at is not None
    assert outbox.found().keys() == {"bada"}


def test_an_address_that_is_full_comes_again_later(outbox: Outbox, box: Postbox) -> None:
    box.refused["haneul@example.ac.kr"] = "452 4.2.2 the mailbox is full"
    assert outbox.send(box.port) == 1
    assert outbox.send(box.port) == 0
    box.refused.clear()
    outbox.now += timedelta(minutes=1)
    assert outbox.send(box.port) == 1
    assert sorted(box.recipients) == ["bada@example.ac.kr", "haneul@example.ac.kr"]


def test_a_refusal_of_the_relay_blames_no_address(outbox: Outbox, box: Postbox) -> None:
    box.refused = dict.fromkeys(("haneul@example.ac.kr", "bada@example.ac.kr"), "550 5.7.1 you may not relay")
    assert outbox.send(box.port) == 0
    assert states(outbox) == [MailState.WAITING] * 2
    assert not [each for each in outbox.store.accounts.listed() if each.email_refused_at]


def test_an_address_that_was_taken_away_meanwhile_gets_nothing(outbox: Outbox, box: Postbox) -> None:
    outbox.store.accounts.set_address("haneul", "", at=outbox.now, by="haneul")
    assert outbox.send(box.port) == 1
    (given_up,) = [each for each in outbox.store.mails.listed(9) if each.state is MailState.GIVEN_UP]
    assert given_up.problem == NO_ADDRESS


def test_what_stops_begins_no_further_mail(outbox: Outbox, box: Postbox) -> None:
    stopping = Outgoing(
        outbox.store,
        outbox.sending_to(box.port)._server,
        outbox.sending_to(box.port)._writer,
        stopping=lambda: bool(box.arrived),
    )
    assert stopping.run(lambda: outbox.now) == 1
    assert states(outbox) == [MailState.SENT, MailState.WAITING]


def killed_at(outbox: Outbox, box: Postbox, where: str, tmp_path: Path) -> None:
    """A process of its own that sends is killed there."""
    box.stalls_at = where
    command = [sys.executable, "-c", SEND, str(tmp_path / "rollcall.sqlite"), str(tmp_path / "rollcall.key")]
    process = subprocess.Popen([*command, str(box.port)], cwd=ROOT)
    try:
        assert box.reached.wait(30)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
    box.stalls_at = ""
    box.reached.clear()
    assert outbox.send(box.port) == 1, "the other one is held by nobody"
    outbox.now += HELD
    assert outbox.send(box.port) == 1


@pytest.mark.slow
def test_a_server_that_is_killed_before_a_mail_is_given_over_sends_it_once(
    outbox: Outbox, box: Postbox, tmp_path: Path
) -> None:
    killed_at(outbox, box, "rcpt", tmp_path)
    assert sorted(box.recipients) == ["bada@example.ac.kr", "haneul@example.ac.kr"]


@pytest.mark.slow
def test_a_server_that_is_killed_before_it_hears_that_a_mail_was_taken_sends_the_very_same_again(
    outbox: Outbox, box: Postbox, tmp_path: Path
) -> None:
    killed_at(outbox, box, "answer", tmp_path)
    wait_until(lambda: len(box.arrived) == 3)
    assert len({each["Message-ID"] for each in box.arrived}) == 2, "by which mail servers know a copy"
