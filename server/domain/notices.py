"""What people are told of by mail, and when a mail that could not be given over is tried again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MOST_ADDRESS: Final = 254  # RFC 5321, section 4.5.3.1.3
# ASCII alone, no comments and no quoted parts: what every mail server takes (RFC 5321, section 4.1.2, "Dot-string").
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
# Between two tries; the last one of these again and again, until a mail is as old as GIVEN_UP.
_PAUSES: Final = (1, 5, 15, 60, 240)  # minutes
GIVEN_UP: Final = timedelta(days=3)


class NoticeKind(StrEnum):
    NEAR = "near"  # few absences are left before F
    FAILED = "failed"  # none is
    APPEAL = "appeal"  # an appeal is answered
    ABSENCE = "absence"  # a request for official absence is decided
    CONSENT = "consent"  # the text of a consent has changed
    OVERDUE = "overdue"  # a session was not submitted in time
    SILENT = "silent"  # a device sent nothing while a class was on in its room


# Who is not told of these has lost something: an answer that they are owed, or a question that waits for theirs.
NEEDED: Final = frozenset({NoticeKind.APPEAL, NoticeKind.ABSENCE, NoticeKind.CONSENT})


@dataclass(frozen=True, slots=True)
class Notice:
    """about: what it tells of; an account is told of that once. blanks: for its sentence, days as 2026-03-02."""

    kind: NoticeKind
    about: str
    blanks: Mapping[str, str]


class MailState(StrEnum):
    WAITING = "waiting"
    HANDING = "handing"  # the mail server is being given it: whoever stops now does not know whether it has it
    SENT = "sent"
    REFUSED = "refused"  # for good
    GIVEN_UP = "given_up"  # nobody took it for GIVEN_UP


def is_address(text: str) -> bool:
    """Whether a mail can be sent to it."""
    return len(text) <= MOST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def next_try(made_at: datetime, attempts: int, now: datetime) -> datetime | None:
    """When a mail that was put off is due again, after so many attempts; None: never."""
    due = now + timedelta(minutes=_PAUSES[min(attempts, len(_PAUSES)) - 1])
    return None if due - made_at > GIVEN_UP else due
