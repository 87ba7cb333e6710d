"""Record marks, and read which stand and how they came about."""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from protocol.error_texts import ServerText
from server.domain.attendance import Mark, Source, State
from server.domain.board import MarkStanding
from server.domain.calendar import CLASS_YEARS
from server.domain.ledger import Ledger, LedgerLine, MarkOutcome, MarkRequest, Place, SessionPlace, place_of
from server.domain.timetable import HOURS_A_DAY
from server.errors import BadRequest, RollcallError
from server.store import answers
from server.store.books import Numbers, read_books
from server.store.database.columns import ORIGIN_LENGTH, REASON_LENGTH, WHO_LENGTH
from server.store.database.readable import readable
from server.store.database.statements import insert_or_replace
from server.store.database.tables import hours, mark_history, marks, sessions
from server.store.identifiers import require_text
from server.store.proposals import within
from server.store.sessions import numbered, sessions_within
from server.store.topic import Topic, reads, writes
from server.store.values import CourseRecord

# What goes with the decision that stands.
_DECIDED = tuple(column.name for column in marks.c if not column.primary_key)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A decision that came."""

    hour: int
    student: str
    old: State | None  # what stood before; None: nothing
    new: State
    stood: bool  # whether it took over
    decided_at: datetime
    recorded_at: datetime
    who: str
    why: str
    source: Source
    origin: str  # the machine that it came from; "": the server's own, or not known


_OF_LINE = ("student", "old_state", "new_state", "stood", "decided_at", "recorded_at", "who", "why", "source", "origin")
_LINE = (hours.c.number, *(mark_history.c[name] for name in _OF_LINE))


class MarkStore(Topic):
    """What people decided about students in class hours."""

    @writes
    def record(self, connection: Connection, requests: Sequence[MarkRequest], *, now: datetime) -> list[MarkOutcome]:
        """Record several independent requests; the outcomes in their order. What stands the ledger says.

        A request is refused whole (UnknownStudent, UnknownCourse, NotEnrolled, SessionClosed; BadRequest for a key
        that was used for other content), with a problem for every wrong row; one that is `partial` is recorded without
        these rows. A key that is known gives the first answer again. Each mark leaves a line of history.
        """
        storable = [_storable(request) for request in requests]
        asked = [each for each in storable if isinstance(each, MarkRequest)]
        answered = answers.find(connection, {each.key for each in asked if each.key is not None})
        fresh = [mark for each in asked if each.key not in answered for mark in each.marks]
        numbers, books = read_books(connection, fresh, now)
        ledger = Ledger(books, answered, now)
        outcomes = [ledger.enter(each) if isinstance(each, MarkRequest) else each for each in storable]
        _open_hours(connection, ledger, numbers, ChainMap(*(dict(each.freezes) for each in asked)), now)
        insert_or_replace(connection, marks, _mark_rows(ledger, numbers.hours, now), *_DECIDED)
        if ledger.history:
            lines = [_history_row(numbers.hours[place_of(each.mark)], each, now) for each in ledger.history]
            connection.execute(insert(mark_history), lines)
        answers.keep(connection, ledger.new_answers, now=now)
        return outcomes

    @reads
    def standing(self, connection: Connection, session: int) -> dict[tuple[str, int], MarkStanding]:
        """What stands in the session: (student, hour) -> mark."""
        table = marks.c
        query = select(table.student, hours.c.number, table.state, table.source, table.decided_at, table.who, table.why)
        query = query.join(hours, table.hour == hours.c.id).where(hours.c.session == session)
        rows = readable(connection, query, table.hour, table.student)
        return {(student, hour): MarkStanding(*decided) for student, hour, *decided in rows}

    @reads
    def history(self, connection: Connection, session: int, student: str | None = None) -> list[HistoryLine]:
        """Every decision that came for the session, in the order of arrival."""
        query = select(*_LINE).join(hours, mark_history.c.hour == hours.c.id)
        query = query.where(hours.c.session == session).order_by(mark_history.c.id)
        if student is not None:
            query = query.where(mark_history.c.student == student)
        return [HistoryLine(*row) for row in readable(connection, query, mark_history.c.id)]

    @reads
    def of_course(self, connection: Connection, course: str, since: date | None, until: date | None) -> CourseRecord:
        """All that stands of the course on these days; None: any."""
        query = (
            select(sessions.c.day, hours.c.number, marks.c.student, marks.c.state)
            .join_from(sessions, hours, hours.c.session == sessions.c.id)
            .join(marks, marks.c.hour == hours.c.id)
            .where(sessions.c.course == course, *within(since, until))
        )
        found: dict[tuple[date, int], dict[str, State]] = {}
        for day, hour, student, state in readable(connection, query, marks.c.hour, marks.c.student):
            found.setdefault((day, hour), {})[student] = state
        return CourseRecord(tuple(reversed(sessions_within(connection, course, since, until))), found)


def _storable(request: MarkRequest) -> MarkRequest | RollcallError:
    """The request, with the rows that no database could keep among the wrong ones; or why it is refused."""
    try:
        if request.key is not None:
            answers.require_storable(request.key, request.digest)
    except RollcallError as refusal:
        return refusal
    wrong = dict(_unstorable(request.marks))
    return replace(request, wrong={**wrong, **request.wrong}) if wrong else request


def _unstorable(made: Sequence[Mark]) -> Iterable[tuple[int, RollcallError]]:
    for row, mark in enumerate(made):
        try:
            _require_storable(mark)
        except RollcallError as refusal:
            yield row, refusal


def _require_storable(mark: Mark) -> None:
    if not 1 <= mark.hour <= HOURS_A_DAY:
        raise BadRequest(ServerText.NO_SUCH_HOUR, hour=mark.hour, most=HOURS_A_DAY)
    if mark.at.tzinfo is None or mark.at.year not in CLASS_YEARS or mark.day.year not in CLASS_YEARS:
        raise BadRequest(ServerText.NO_TIME_OF_CLASS, time=mark.at.isoformat(), day=mark.day)
    require_text(mark.by, WHO_LENGTH, "name of who decided")
    require_text(mark.why, REASON_LENGTH, "reason of a mark")


def _open_hours(
    connection: Connection, ledger: Ledger, numbers: Numbers, freezes: Mapping[SessionPlace, datetime], now: datetime
) -> None:
    """Open the hours that have entries and no row yet."""
    # Another server that opens one at this moment makes the insert fail; the next try finds its row, and its marks.
    places, dialect = ledger.missing_hours(), connection.dialect.name
    opened_by = {(mark.course, mark.day): mark.by for (place, _), mark in ledger.final.items() if place in places}
    for (course, day), by in sorted(opened_by.items()):
        if (course, day) not in numbers.sessions:
            frozen_at = freezes.get((course, day))
            row = {"course": course, "day": day, "closes_at": frozen_at, "opened_at": now, "opened_by": by}
            opened = connection.execute(numbered(insert(sessions), row, dialect))
            numbers.sessions[course, day] = opened.lastrowid
    for course, day, hour in places:
        row = {"session": numbers.sessions[course, day], "number": hour}
        numbers.hours[course, day, hour] = connection.execute(insert(hours), row).lastrowid


def _mark_rows(ledger: Ledger, numbers: Mapping[Place, int], now: datetime) -> list[dict[str, object]]:
    final = sorted((numbers[place], student, mark) for (place, student), mark in ledger.final.items())
    return [_mark_row(hour, mark, now) for hour, _, mark in final]


def _mark_row(hour: int, mark: Mark, now: datetime) -> dict[str, object]:
    said = {"state": mark.state, "source": mark.source, "who": mark.by, "why": mark.why}
    return {"hour": hour, "student": mark.student, "decided_at": mark.at, "recorded_at": now, **said}


def _history_row(hour: int, line: LedgerLine, now: datetime) -> dict[str, object]:
    row = _mark_row(hour, line.mark, now)
    new_state = row.pop("state")
    origin = line.mark.origin[:ORIGIN_LENGTH]
    return {**row, "old_state": line.old_state, "new_state": new_state, "stood": line.stood, "origin": origin}
