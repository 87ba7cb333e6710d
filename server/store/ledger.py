"""Requests and what the books say in, outcomes and new entries out, as if one request came after the other. No SQL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from protocol.error_texts import ServerText
from server.domain.attendance import Mark, Recorded, Source, State, overtaking, stands_over
from server.domain.calendar import CLASS_YEARS
from server.domain.enrolments import Span
from server.domain.sessions import copied_from, handed_on
from server.errors import BadRequest, NotEnrolled, RollcallError, RowProblem, SessionClosed
from server.store.answers import Answered, require_digest, token
from server.store.base import MarkOutcome, MarkRequest, Outcome
from server.store.database.columns import REASON_LENGTH, WHO_LENGTH
from server.store.enrolments import Pair
from server.store.identifiers import require_text
from server.store.rosters import unknown_course, unknown_student

Place = tuple[str, date, int]
"""A class hour: course, campus's day, number of the hour."""

SessionPlace = tuple[str, date]
"""A session: course and campus's day."""

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for a student in an hour, and when it was decided, and where it came from."""

    state: State
    decided_at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class Books:
    """What the database says about the hours and people of some requests.

    spans: the enrolments of a course and student. hours: row ids of the hours that exist. standing: by hour and
    student. students, courses: those that exist, among those that `spans` does not show. closed: course and day of the
    sessions that take no marks now. copied: hours that took the roll of the hour before (연강).
    sessions: row ids of those that exist.
    """

    spans: Mapping[Pair, Sequence[Span]]
    hours: Mapping[Place, int]
    standing: Mapping[tuple[Place, str], Standing]
    students: frozenset[str] = frozenset()
    courses: frozenset[str] = frozenset()
    closed: frozenset[SessionPlace] = frozenset()
    copied: frozenset[Place] = frozenset()
    sessions: Mapping[SessionPlace, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of history: the mark, what stood before it, and whether it took over."""

    mark: Mark
    old_state: State | None
    stood: bool


def place_of(mark: Mark) -> Place:
    return mark.course, mark.day, mark.hour


@dataclass(slots=True)
class Ledger:
    """The entries of one transaction. final: the mark that stands last, where a new one does."""

    books: Books
    answered: dict[bytes, Answered]
    now: datetime
    standing: dict[tuple[Place, str], Standing] = field(init=False)
    new_answers: dict[bytes, Answered] = field(default_factory=dict)
    final: dict[tuple[Place, str], Mark] = field(default_factory=dict)
    history: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.standing = dict(self.books.standing)

    def enter_all(self, requests: Iterable[MarkRequest]) -> list[MarkOutcome]:
        """Enter the requests in their order; the outcome of each."""
        return [self._outcome(request) for request in requests]

    def missing_hours(self) -> list[Place]:
        """The hours that have entries and no row yet, in order."""
        return sorted({place for place, _ in self.final} - self.books.hours.keys())

    def _outcome(self, request: MarkRequest) -> MarkOutcome:
        try:
            return self._enter(request) if request.key is None else self._enter_once(request, token(request.key))
        except RollcallError as refusal:
            return refusal

    def _enter_once(self, request: MarkRequest, key: bytes) -> Outcome:
        require_digest(request.digest)
        before = self.answered.get(key) or self.new_answers.get(key)
        if before:
            return before.again(request)
        outcome = self._enter(request)
        self.new_answers[key] = Answered(request.digest, outcome)
        return outcome

    def _enter(self, request: MarkRequest) -> Outcome:
        wrong = {
            row: error
            for row, mark in enumerate(request.marks)
            if (error := request.wrong.get(row) or self._refusal(mark))
        }
        problems = tuple(
            RowProblem(row, request.marks[row].student, error.code, error.sentence) for row, error in wrong.items()
        )
        if wrong and not request.partial:
            first = next(iter(wrong.values()))
            raise type(first)(first.sentence, problems)
        right = (mark for row, mark in enumerate(request.marks) if row not in wrong)
        return Outcome(tuple(self._enter_mark(mark) for mark in right), problems)

    def _refusal(self, mark: Mark) -> RollcallError | None:
        """Why this mark cannot be entered, if it cannot."""
        try:
            require_well_formed(mark)
            self._require_enrolled(mark)
            self._require_open(mark)
        except RollcallError as refusal:
            return refusal
        return None

    def _require_enrolled(self, mark: Mark) -> None:
        held = self.books.spans.get((mark.course, mark.student))
        if held is None and mark.course not in self.books.courses:
            raise unknown_course(mark.course)
        if held is None and mark.student not in self.books.students:
            raise unknown_student(mark.student)
        if not any(span.holds(mark.day) for span in held or ()):
            raise NotEnrolled(ServerText.NOT_ENROLLED, student=mark.student, course=mark.course, day=mark.day)

    def _require_open(self, mark: Mark) -> None:
        if (mark.course, mark.day) in self.books.closed:
            raise SessionClosed(ServerText.CLOSED, course=mark.course, day=mark.day)

    def _enter_mark(self, mark: Mark) -> Recorded:
        where = (place_of(mark), mark.student)
        old = self.standing.get(where)
        before = self.standing.get(((mark.course, mark.day, mark.hour - 1), mark.student))
        if mark.source is Source.COPIED and before is not None:
            # Since the copy was made of it, the hour before may have been corrected.
            mark = replace(mark, state=handed_on(before.state) or State.NOT_TAKEN)
        if old is not None and (at := overtaking(mark.at, old.decided_at, self.now)) != mark.at:
            mark = replace(mark, at=at)
        stood = old is None or stands_over(mark.source, mark.at, old.source, old.decided_at)
        if stood:
            self.standing[where] = Standing(mark.state, mark.at, mark.source)
            self.final[where] = mark
        self.history.append(Line(mark, old.state if old else None, stood))
        if stood:
            self._hand_on(mark)
        state = self.standing[where].state
        changed = old is None or old.state is not state
        return Recorded(mark.student, mark.course, mark.day, mark.hour, state, changed)

    def _hand_on(self, mark: Mark) -> None:
        """Let the hour behind follow where it is a copy; whom a person decided about there stays as he is."""
        where = (mark.course, mark.day, mark.hour + 1)
        old = self.standing.get((where, mark.student))
        # His own copy says so by itself: it may be newer than `copied`, of a request just before.
        if not (where in self.books.copied if old is None else old.source is Source.COPIED):
            return
        state = handed_on(mark.state) or State.NOT_TAKEN
        why = mark.why if mark.source is Source.COPIED else copied_from(mark.hour)
        if state is not (old.state if old else State.NOT_TAKEN):
            self._enter_mark(replace(mark, hour=mark.hour + 1, state=state, source=Source.COPIED, why=why))


def require_well_formed(mark: Mark) -> None:
    """Raise BadRequest for a mark that no database could keep as it is."""
    if not 1 <= mark.hour <= HOURS_A_DAY:
        raise BadRequest(ServerText.NO_SUCH_HOUR, hour=mark.hour, most=HOURS_A_DAY)
    if mark.at.tzinfo is None or mark.at.year not in CLASS_YEARS or mark.day.year not in CLASS_YEARS:
        raise BadRequest(ServerText.NO_TIME_OF_CLASS, time=mark.at.isoformat(), day=mark.day)
    require_text(mark.by, WHO_LENGTH, "name of who decided")
    require_text(mark.why, REASON_LENGTH, "reason of a mark")
