"""The routes of who saw or changed whose data: lines, a month summed up, whether the log is whole, whom it names."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from protocol.fields import CourseCode, Day, Moment, Name, StudentId
from server.access import Action, courses_for, may_everywhere
from server.dispatch import Call, Need
from server.dispatch.handlers.sessions import day_of
from server.domain.identifiers import normal
from server.errors import BadRequest
from server.http.texts import HttpText
from server.http.v1.pages import Listed, page_begun, page_of, place_behind
from server.http.v1.route import Api, Route, needs_of
from server.services.access_report import report_of
from server.services.privacy.breach import affected, everybody
from server.store import AccessLine

MOST_A_MONTH: Final = 100_000
Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])\Z")]


class ListedAccess(Listed, frozen=True, kw_only=True):
    """since, until: days, both included. who: an account or a device. student: lines of this one alone."""

    since: Day | None = None
    until: Day | None = None
    who: Name | None = None
    student: StudentId | None = None
    course: CourseCode | None = None


class AccessShown(Struct, frozen=True, kw_only=True):
    """student: "": none alone, or one who was erased. students: of how many data was shown or changed."""

    at: Moment
    who: str
    action: str
    student: str
    students: int
    course: str
    detail: str
    why: str
    address: str
    device: str


class AccessPage(Struct, frozen=True, kw_only=True):
    lines: tuple[AccessShown, ...]  # newest first
    next: str | None


class AskMonth(Struct, frozen=True, kw_only=True):
    """month: None: the one before this."""

    month: Month | None = None


class WhoLooked(Struct, frozen=True, kw_only=True):
    who: str
    lines: int
    subjects: int  # students whose data was shown or changed, each time anew
    at_night: int


class WrongPasswords(Struct, frozen=True, kw_only=True):
    user: str
    times: int


class MonthShown(Struct, frozen=True, kw_only=True):
    """As `access-log report`."""

    month: str
    lines: int
    by_person: tuple[WhoLooked, ...]  # most first
    downloads: tuple[str, ...]
    rights: tuple[str, ...]
    wrong_passwords: tuple[WrongPasswords, ...]


class AskCheck(Struct, frozen=True, kw_only=True):
    pass


class LogCheck(Struct, frozen=True, kw_only=True):
    """head: stands for all lines so far; written down elsewhere it shows later whether the log was made anew."""

    whole: bool
    chains: int
    lines: int
    head: str
    problems: tuple[str, ...]


class AskAffected(Listed, frozen=True, kw_only=True):
    """since: None: a database or a backup is lost as a whole. who: what this account or device alone saw or changed."""

    since: Day | None = None
    until: Day | None = None
    who: Name | None = None


class AffectedShown(Struct, frozen=True, kw_only=True):
    """features: whether features of their face were kept."""

    student: StudentId
    name: str
    courses: tuple[CourseCode, ...]
    features: bool


class AffectedPage(Struct, frozen=True, kw_only=True):
    """lines: of the log. unnamed: of these, lines that name nobody who is known still."""

    people: tuple[AffectedShown, ...]  # by number
    lines: int
    unnamed: int
    next: str | None


def _lines(asked: ListedAccess, call: Call, _api: Api) -> AccessPage:
    zone, student = call.campus.zone, None if asked.student is None else normal(asked.student)
    filters = ("access-log", asked.since, asked.until, asked.who, student, asked.course, call.caller.name)
    behind = place_behind(asked.cursor, filters)
    found = call.services.store.access_log.lines(
        since=_start(day_of(asked.since), zone),
        until=_end(day_of(asked.until), zone),
        who=asked.who,
        student=student,
        courses=_courses(asked, call),
        before=_number(behind) if behind else None,
        limit=asked.limit + 1,
    )
    page = page_begun(found, lambda each: ("", each.number), asked.limit, filters)
    return AccessPage(lines=tuple(map(_shown, page.items)), next=page.next)


def _courses(asked: ListedAccess, call: Call) -> Collection[str] | None:
    """None: all there is; who teaches sees the lines of their courses."""
    if asked.course is not None:
        return [normal(asked.course)]
    principal = call.caller.principal
    everywhere = may_everywhere(principal, Action.READ_ACCESS_LOG)
    return None if everywhere else courses_for(principal, Action.READ_ACCESS_LOG)


def _number(place: tuple[Any, ...]) -> int:
    try:
        return int(place[1])
    except IndexError as error:
        raise BadRequest(HttpText.CURSOR) from error


def _shown(line: AccessLine) -> AccessShown:
    return AccessShown(
        at=line.at,
        who=line.who,
        action=line.action,
        student=line.subject,
        students=line.subjects,
        course=line.course,
        detail=line.detail,
        why=line.why,
        address=line.address,
        device=line.device,
    )


def _month(asked: AskMonth, call: Call, _api: Api) -> MonthShown:
    zone, first = call.campus.zone, call.campus.day(call.now).replace(day=1) - timedelta(days=1)
    first = first.replace(day=1) if asked.month is None else _day(f"{asked.month}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    lines = call.services.store.access_log.lines(
        since=_start(first, zone), until=_start(after, zone), limit=MOST_A_MONTH
    )
    made = report_of(lines, zone)
    return MonthShown(
        month=f"{first:%Y-%m}",
        lines=made.lines,
        by_person=tuple(WhoLooked(**asdict(each)) for each in made.by_person),
        downloads=made.downloads,
        rights=made.rights,
        wrong_passwords=tuple(WrongPasswords(user=user, times=times) for user, times in made.wrong_passwords),
    )


def _check(_asked: AskCheck, call: Call, _api: Api) -> LogCheck:
    found = call.services.store.access_log.verified()
    return LogCheck(
        whole=not found.problems, chains=found.chains, lines=found.lines, head=found.head, problems=found.problems
    )


def _affected(asked: AskAffected, call: Call, _api: Api) -> AffectedPage:
    store, zone = call.services.store, call.campus.zone
    begins = _start(day_of(asked.since), zone)
    if begins is None:
        found = everybody(store)
    else:
        found = affected(store, zone, since=begins, until=_end(day_of(asked.until), zone), who=asked.who)
    filters = ("affected", asked.since, asked.until, asked.who)
    page = page_of(found.people, lambda each: (each.student,), asked.limit, asked.cursor, filters)
    people = tuple(
        AffectedShown(student=each.student, name=each.name, courses=each.courses, features=each.templates)
        for each in page.items
    )
    return AffectedPage(people=people, lines=found.lines, unnamed=found.unnamed, next=page.next)


def _day(text: str) -> date:
    day = day_of(text)
    if day is None or day.year in {date.min.year, date.max.year}:
        raise BadRequest(HttpText.NO_MONTH)
    return day


def _start(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The first moment of the day; of one that no clock has, the nearest that one has."""
    if day is None:
        return None
    possible = min(max(day, date(1970, 1, 1)), date(2200, 1, 1))
    return datetime.combine(possible, time(), zone).astimezone(UTC)


def _end(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None or day == date.max else _start(day + timedelta(days=1), zone)


def _lines_needs(asked: ListedAccess) -> list[Need]:
    if asked.course is not None:
        return [Need(action=Action.READ_ACCESS_LOG, course=normal(asked.course))]
    return [Need(action=Action.READ_ACCESS_LOG, anywhere=True)]


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/access-log",
        name="access_log",
        summary="Who saw or changed whose data; who teaches sees the lines of their courses",
        asks=ListedAccess,
        gives=AccessPage,
        answer=_lines,
        needs=_lines_needs,
    ),
    Route(
        method="GET",
        path="/v1/access-log/month",
        name="access_month",
        summary="The monthly look of the privacy officer, as `access-log report`",
        asks=AskMonth,
        gives=MonthShown,
        answer=_month,
        needs=needs_of(Action.READ_ACCESS_LOG),
        heavy=True,
    ),
    Route(
        method="GET",
        path="/v1/access-log/check",
        name="check_access_log",
        summary="Is the access log whole?",
        asks=AskCheck,
        gives=LogCheck,
        answer=_check,
        needs=needs_of(Action.READ_ACCESS_LOG),
        heavy=True,
    ),
    Route(
        method="GET",
        path="/v1/affected",
        name="list_affected",
        summary="Who has to be told of a breach, as `breach`",
        asks=AskAffected,
        gives=AffectedPage,
        answer=_affected,
        needs=needs_of(Action.READ_ACCESS_LOG),
        heavy=True,
    ),
)
