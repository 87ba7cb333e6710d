"""Who is on a course's list."""

from typing import Final

from protocol.rosters import Roster, RosterEntry, RosterList
from server.dispatch.call import Call
from server.domain.identifiers import normal


def roster(message: Roster, call: Call) -> RosterList:
    day, course, services = call.campus.day(call.now), normal(message.course), call.services
    students = tuple(
        RosterEntry(
            student=entry.student,
            name=entry.name,
            states={str(hour): state.value for hour, state in sorted(entry.states.items())},
        )
        for entry in services.roster.roster(course, day)
    )
    session = services.sessions.on_day(course, day)
    return RosterList(
        course=message.course,
        date=day.isoformat(),
        students=students,
        session=session.id if session else None,
        hour=services.courses.hour_now(course, call.now),
    )


HANDLERS: Final = {Roster: roster}
