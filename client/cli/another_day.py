"""Corrections of another day: the course's session of that day, its class hour, and who was on the list then."""

from dataclasses import dataclass
from datetime import datetime

import click

from client.api import Api
from client.errors import ClientError, UsageError
from protocol.messages import RosterEntry, RosterList, SessionInfo

date_option = click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Of another day, YYYY-MM-DD, whose session takes marks (default: today).",
)


@dataclass(frozen=True, slots=True)
class HeldHour:
    """A class hour of a session that there is."""

    session: SessionInfo
    hour: int

    def roster(self, api: Api) -> RosterList:
        """Who was on the course's list on its day."""
        students = api.board(self.session.session, hour=self.hour).students
        entries = tuple(RosterEntry(student=each.student, name=each.name) for each in students)
        return RosterList(
            course=self.session.course,
            date=self.session.date,
            students=entries,
            session=self.session.session,
            hour=self.hour,
        )


def held_hour(api: Api, course: str, day: datetime, hour: int | None) -> HeldHour:
    """A course's class hour of a day; hour None: its only one.

    Raises ClientError where there is no session or it is closed, UsageError where no hour is named or another.
    """
    date = day.date().isoformat()
    found = api.sessions(course, since=date, until=date).sessions
    if not found:
        raise ClientError(
            f"Course {course} has no session on {date}: open it first by `session open {course} --date {date}`."
        )
    session = found[0]
    if session.state == "closed":
        raise ClientError(
            f"The session of course {course} on {date} is closed and takes no marks: reopen it first by "
            f"`session reopen {session.session} --why TEXT`."
        )
    return HeldHour(session, _hour_of(session, hour))


def _hour_of(session: SessionInfo, hour: int | None) -> int:
    hours = [each.hour for each in session.hours]
    if hour in hours:
        return hour
    if hour is None and len(hours) == 1:
        return hours[0]
    held = ", ".join(map(str, hours))
    raise UsageError(f"The session of {session.date} has the class hours {held}: name one of them by --hour.")
