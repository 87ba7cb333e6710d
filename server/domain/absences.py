"""A student's request that an absence counts as official (공결), with a proof that is kept for a time only."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

MOST_PROOF_BYTES: Final = 5 * 1024 * 1024
MOST_DAYS: Final = 60  # longer is a leave of absence, which the office enters
MOST_OPEN: Final = 10
MOST_REASON: Final = 1000  # characters

# By what a file begins with; its name and what its sender says of it count for nothing.
_SIGNATURES: Final = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class AbsenceState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRequest:
    """Of one student for one course, from day to day. proof_type: "" once the proof was destroyed, or without one."""

    number: int
    student: str
    course: str
    begins: date
    ends: date  # included
    reason: str
    filed_at: datetime
    proof_type: str = ""
    state: AbsenceState = AbsenceState.OPEN
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    proof_destroyed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state is AbsenceState.OPEN


def proof_type(data: bytes) -> str | None:
    """The media type of a proof, by its first bytes; None: of none that is taken."""
    return next((kind for signature, kind in _SIGNATURES.items() if data.startswith(signature)), None)
