"""Work out from when until when a student is on a course's list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Pair = tuple[str, str]  # course and student

# A list of names does not say since when it holds.
SINCE_EVER = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """From the day `begins` until before the day `ends`; None: open."""

    begins: date
    ends: date | None

    def holds(self, day: date) -> bool:
        return self.begins <= day and self.lasts_after(day)

    def lasts_after(self, day: date) -> bool:
        """Whether it holds on that day or will on a later one."""
        return self.ends is None or max(day, self.begins) < self.ends


def meant(ends: date | None, held: Sequence[Span], today: date) -> Span | None:
    """Which of a student's enrolments a roster's line speaks of; None: of a new one."""
    lasting = [span for span in held if span.lasts_after(today)]
    past = [span for span in held if ends is not None and span.ends == ends <= today]
    return min(lasting or past, key=lambda span: span.begins, default=None)


def wanted(begins: date | None, ends: date | None, old: Span | None, held: Sequence[Span]) -> Span:
    """What a roster's line with these days makes of an enrolment."""
    # It begins no earlier than another one before it has ended.
    if old is not None and begins is None:
        return Span(old.begins, ends or old.ends)
    before = [span.ends for span in held if span.ends is not None and span != old]
    return Span(max([begins or SINCE_EVER, *before]), ends or (old.ends if old else None))
