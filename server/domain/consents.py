"""What a student may consent to, and whether a consent that was given counts."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """Asked apart from each other, as the law wants it (PIPA, art. 23 (1) 1)."""

    TEMPLATE = "template"  # features that recognise the person are made and kept
    CAMERA = "camera"  # the room's camera takes pictures in which the person may be


class Policy(StrEnum):
    """What a consent decides here."""

    REQUIRED = "required"  # without one nobody is enrolled, nor known to any gallery
    RECORDED = "recorded"  # they are kept and shown, and decide nothing
    OFF = "off"  # nobody is asked by this program


class Channel(StrEnum):
    """How it was given or withdrawn."""

    PAGE = "page"  # by the student, signed in
    PAPER = "paper"  # on paper, entered by the office
    IMPORT = "import"  # in a list of another system


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A decision of a student; the last one for a purpose stands."""

    student: str
    purpose: Purpose
    given: bool
    decided_at: datetime
    text_version: str  # of the text that was shown; "": withdrawn without one
    language: str
    channel: Channel
    who: str  # who entered it
    number: int = field(default=0, compare=False)  # as it is kept; 0: not yet

    def counts(self, accepted: Collection[str]) -> bool:
        """accepted: versions of the text under which a consent still holds."""
        return self.given and self.text_version in accepted
