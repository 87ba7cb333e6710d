"""Enter marks one after the other, and say which of them stand. Knows no SQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from protocol.error_texts import ServerText
from server.domain.attendance import Mark, Recorded, Source, State, overtaking, stands_over
from server.domain.enrolments import Pair, Span
from server.domain.identifiers import unknown_course, unknown_student
from server.domain.sessions import copied_from, handed_on
from server.errors import BadRequest, NotEnrolled, RollcallError, RowProblem, SessionClosed

SessionPlace = tuple[str, date]  # a session: course and campus's day
Place = tuple[str, date, int]  # a class hour: course, campus's day, number of the hour


@dataclass(frozen=True, slots=True)
class MarkRequest:
    """Marks that stand or fall together."""

    marks: tuple[Mark, ...]
    key: str | None = None  # None: of the old wire, which has none
    digest: bytes = b""  # of what the client sent, so that the same key with other content is found out
    partial: bool = False  # marks that cannot be recorded are left out and told, and the others recorded
    wrong: Mapping[int, RollcallError] = field(default_factory=dict)  # rows that were found wrong already
    # The freeze time of a session that these marks may open; without one it has none.
    freezes: Mapping[SessionPlace, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MarkAnswer:
    """What stands for each mark that was recorded, in their order."""

    recorded: tuple[Recorded, ...]
    refused: tuple[RowProblem, ...] = ()  # rows that were left out (partial)


# What became of a request, or why it was refused whole; its `problems` then name every wrong row.
MarkOutcome = MarkAnswer | RollcallError


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said to the first request with a key, and the digest of that request."""

    digest: bytes
    answer: MarkAnswer

    def again(self, digest: bytes) -> MarkAnswer:
        """The first answer. Raises BadRequest for the digest of another request."""
        if self.digest != digest:
            raise BadRequest(ServerText.KEY_USED_BEFORE)
        return self.answer


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for a student in an hour."""

    state: State
    decided_at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class Books:
    """What is known about the hours and people of some requests."""

    spans: Mapping[Pair, Sequence[Span]]
    hours: Collection[Place]  # those that exist
    standing: Mapping[tuple[Place, str], Standing]
    students: frozenset[str] = frozenset()  # those that exist, of whom `spans` says nothing; so the courses
    courses: frozenset[str] = frozenset()
    closed: frozenset[SessionPlace] = frozenset()  # they take no marks now
    copied: frozenset[Place] = frozenset()  # hours that took the roll of the hour before (연강)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of history: the mark, what stood before it, and whether it took over."""

    mark: Mark
    old_state: State | None
    stood: bool


def place_of(mark: Mark) -> Place:
    return mark.course, mark.day, mark.hour


@dataclass(slots=True)
class Ledger:
    """The entries of one transaction."""

    books: Books
    answered: Mapping[str, Answered]
    now: datetime
    standing: dict[tuple[Place, str], Standing] = field(init=False)
    new_answers: dict[str, Answered] = field(default_factory=dict)
    final: dict[tuple[Place, str], Mark] = field(default_factory=dict)  # what stands last, where a new mark does
    history: list[LedgerLine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.standing = dict(self.books.standing)

    def enter_all(self, requests: Iterable[MarkRequest]) -> list[MarkOutcome]:
        """Enter the requests in their order; the outcome of each."""
        return [self.enter(request) for request in requests]

    def enter(self, request: MarkRequest) -> MarkOutcome:
        """Enter one request; the first answer again, where its key is known."""
        try:
            return self._enter(request) if request.key is None else self._enter_once(request, request.key)
        except RollcallError as refusal:
            return refusal

    def missing_hours(self) -> list[Place]:
        """The hours that have entries and do not exist yet, in order."""
        return sorted({place for place, _ in self.final}.difference(self.books.hours))

    def _enter_once(self, request: MarkRequest, key: str) -> MarkAnswer:
        before = self.answered.get(key) or self.new_answers.get(key)
        if before:
            return before.again(request.digest)
        answer = self._enter(request)
        self.new_answers[key] = Answered(request.digest, answer)
        return answer

    def _enter(self, request: MarkRequest) -> MarkAnswer:
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
        return MarkAnswer(tuple(self._enter_mark(mark) for mark in right), problems)

    def _refusal(self, mark: Mark) -> RollcallError | None:
        try:
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
        self.history.append(LedgerLine(mark, old.state if old else None, stood))
        if stood:
            self._hand_on(mark)
        state = self.standing[where].state
        changed = old is None or old.state is not state
        return Recorded(mark.student, mark.course, mark.day, mark.hour, state, changed)

    def _hand_on(self, mark: Mark) -> None:
        """Let the hour behind follow, where it is a copy of this one."""
        where = (mark.course, mark.day, mark.hour + 1)
        old = self.standing.get((where, mark.student))
        # Their own copy says so by itself: it may be newer than `copied`, of a request just before.
        if not (where in self.books.copied if old is None else old.source is Source.COPIED):
            return
        state = handed_on(mark.state) or State.NOT_TAKEN
        why = mark.why if mark.source is Source.COPIED else copied_from(mark.hour)
        if state is not (old.state if old else State.NOT_TAKEN):
            self._enter_mark(replace(mark, hour=mark.hour + 1, state=state, source=Source.COPIED, why=why))
