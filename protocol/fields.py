"""Types of fields that messages share."""

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

StudentId = Annotated[str, Meta(min_length=1, max_length=32)]
CourseCode = Annotated[str, Meta(min_length=1, max_length=32)]
Key = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(max_length=100)]
Why = Annotated[str, Meta(max_length=200)]
SessionId = Annotated[int, Meta(ge=1)]
Hour = Annotated[int, Meta(ge=1, le=24)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Moment = Annotated[datetime, Meta(tz=True)]
State = Literal["present", "late", "left_early", "absent", "excused", "excused_absence", "not_taken", "not_visible"]
Source = Literal["camera", "professor", "roll_call", "import", "legacy", "copied"]
PersonSource = Literal["professor", "roll_call"]
SessionState = Literal["draft", "submitted", "closed"]
BoardList = Literal["sure", "check", "not_seen"]
Verdict = Literal["sure", "check", "unknown"]

# Fields of printable characters only, without a space at either end: what looks the same is the same, and nothing can
# forge a line of a log.
PRINTABLE_FIELDS: Final = frozenset({"student", "course", "key", "by", "device", "token", "why"})

# A time outside is a broken clock, and near the years 1 and 9999 it cannot be told in UTC.
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100

# Largest whole number on the wire: the largest that every JSON reader keeps exactly (RFC 8259, section 6).
MAX_INTEGER: Final = 2**53 - 1


class Message(Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """Base of all messages, which `type` on the wire tells apart."""
