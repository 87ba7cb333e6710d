"""From when until when a student is on a course's list, and what a line of a new list makes of that. Knows no store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Pair = tuple[str, str]
"""Course and student."""

SINCE_EVER = date(1970, 1, 1)
"""Begin of an enrolment whose begin nobody said: a list of names does not say since when it holds."""


@dataclass(frozen=True, slots=True)
class Span:
    """An enrolment: from the day `begins` until before the day `ends`, or open (None)."""

    begins: date
    ends: date | None

    def holds(self, day: date) -> bool:
        return self.begins <= day and self.lasts_after(day)

    def lasts_after(self, day: date) -> bool:
        """Whether it holds on that day or will on a later one."""
        return self.ends is None or max(day, self.begins) < self.ends


def meant(ends: date | None, held: Sequence[Span], today: date) -> Span | None:
    """Which of a student's enrolments a line speaks of that ends on the day `ends`, or does not say it (None).

    The first that lasts, else the past one that ended on that very day; None: the line is of a new one.
    """
    lasting = [span for span in held if span.lasts_after(today)]
    past = [span for span in held if ends is not None and span.ends == ends <= today]
    return min(lasting or past, key=lambda span: span.begins, default=None)


def wanted(begins: date | None, ends: date | None, old: Span | None, held: Sequence[Span]) -> Span:
    """What a line with these days (None: not said) makes of the enrolment it speaks of, or the new one.

    It begins no earlier than another one before it has ended.
    """
    if old is not None and begins is None:
        return Span(old.begins, ends or old.ends)
    before = [span.ends for span in held if span.ends is not None and span != old]
    return Span(max([begins or SINCE_EVER, *before]), ends or (old.ends if old else None))
