"""Work out from when until when a student is on a course's list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

Pair = tuple[str, str]  # course and student

# A list of names does not say since when it holds.
SINCE_EVER = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """From the day `begins` until before the day `ends`; None: open, until the term is over in which it begins."""

    begins: date
    ends: date | None
    term_over: date | None = field(default=None, compare=False)  # the day after that term; None: not known

    @property
    def over(self) -> date | None:
        """The first day on which it holds no more; None: not known."""
        return self.ends or self.term_over

    def holds(self, day: date) -> bool:
        return self.begins <= day and self.lasts_after(day)

    def lasts_after(self, day: date) -> bool:
        """Whether it holds on that day or will on a later one."""
        return self.over is None or max(day, self.begins) < self.over


def over_after(begins: date, term_ends: date | None) -> date | None:
    """The day after the term in which an open enrolment begins, whose last day is `term_ends`; None: not known."""
    # Of a list whose beginning is not known, neither is its term: it ends where a list of a later term is imported.
    return None if term_ends is None or begins == SINCE_EVER else term_ends + timedelta(days=1)


def meant(ends: date | None, held: Sequence[Span], today: date) -> Span | None:
    """Which of a student's enrolments a roster's line speaks of; None: of a new one."""
    lasting = [span for span in held if span.lasts_after(today)]
    past = [span for span in held if ends is not None and span.over == ends <= today]
    return min(lasting or past, key=lambda span: span.begins, default=None)


def wanted(begins: date | None, ends: date | None, old: Span | None, held: Sequence[Span]) -> Span:
    """What a roster's line with these days makes of an enrolment."""
    # It begins no earlier than another one before it has ended.
    if old is not None and begins is None:
        return Span(old.begins, ends or old.ends)
    before = [span.over for span in held if span.over is not None and span != old]
    return Span(max([begins or SINCE_EVER, *before]), ends or (old.ends if old else None))
