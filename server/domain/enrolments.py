"""Work out from when until when a student is on a course's list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

Pair = tuple[str, str]  # course and student

Days = tuple[date | None, date | None]  # the first day, and the first no longer on the list; None: not said

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


def joined(spans: Sequence[Days]) -> list[Days]:
    """The spans with those that touch or overlap as one, by their first day; None is before or after every day."""
    found: list[Days] = []
    for begins, ends in sorted(spans, key=lambda days: days[0] or date.min):
        if found and (found[-1][1] is None or (begins or date.min) <= found[-1][1]):
            last = found[-1][1]
            found[-1] = (found[-1][0], max(last, ends) if last and ends else None)
        else:
            found.append((begins, ends))
    return found


def arranged(lines: Sequence[Days], held: Sequence[Span], today: date) -> list[tuple[Span | None, Span]]:
    """What the lines about one student in one course make of what is held: each line's enrolment, before and now.

    None before: it is new. The lines' days do not overlap.
    """
    spans, free = list(held), list(held)
    found: dict[int, tuple[Span | None, Span]] = {}
    for index in sorted(range(len(lines)), key=lambda each: lines[each][0] or date.min):
        begins, ends = lines[index]
        old = meant(ends, _near(begins, ends, free) if len(lines) > 1 else free, today)
        new = wanted(begins, ends, old, spans)
        if old is not None:
            free.remove(old)
            spans.remove(old)
        spans.append(new)
        found[index] = (old, new)
    return [found[index] for index in range(len(lines))]


def _near(begins: date | None, ends: date | None, spans: Sequence[Span]) -> list[Span]:
    """Those that share a day with these: of several lines each speaks of its own."""
    return [
        span
        for span in spans
        if (ends is None or span.begins < ends) and (span.over is None or begins is None or span.over > begins)
    ]


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
    until = ends or (old.ends if old else None)
    before = [
        span.over for span in held if span.over is not None and span != old and (until is None or span.begins < until)
    ]
    return Span(max([begins or SINCE_EVER, *before]), until)


def last_before(held: Sequence[Span], day: date) -> Span | None:
    """The last of a student's enrolments that begins before that day, unless its term is over by then."""
    # Who has left meanwhile may still be moved: lists of both courses may have been imported before.
    before = [span for span in held if span.begins < day and (span.term_over is None or day < span.term_over)]
    return max(before, key=lambda span: span.begins, default=None)
