"""List the students of a course, with their states of today."""

from typing import Final

from protocol.rosters import Roster, RosterEntry, RosterList
from server.dispatch.call import Call
from server.domain.identifiers import normal


def roster(message: Roster, call: Call) -> RosterList:
    day, course, store = call.campus.day(call.now), normal(message.course), call.services.store
    students = tuple(
        RosterEntry(
            student=entry.student,
            name=entry.name,
            states={str(hour): state.value for hour, state in sorted(entry.states.items())},
        )
        for entry in store.rosters.of_day(course, day)
    )
    session = store.sessions.on_day(course, day)
    return RosterList(
        course=message.course,
        date=day.isoformat(),
        students=students,
        session=session.id if session else None,
        hour=call.services.courses.hour_in(session, course, call.now),
    )


HANDLERS: Final = {Roster: roster}
