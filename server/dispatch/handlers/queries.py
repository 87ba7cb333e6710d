"""Greet a client, describe the server, list a course's students and report their attendance."""

from typing import Final

from protocol.framing import MAX_HEADER_BYTES
from protocol.reports import CourseReport, Report
from protocol.rosters import Roster, RosterEntry, RosterList
from protocol.server import Hello, Info, Limits, ServerInfo, Welcome
from server.access import Action, Kind, may
from server.dispatch.call import Call
from server.dispatch.handlers.sessions import day_of
from server.dispatch.replies import report_reply
from server.domain.identifiers import normal
from server.services.reports.report import course_report


def hello(message: Hello, call: Call) -> Welcome:
    """The connection is whose the token is from now on; see Wire."""
    principal = call.services.authentication.sign_in(message.token, call.caller.address, call.now)
    about = call.services.about
    if principal.kind is Kind.LOCAL:
        return Welcome(version=about.version, device=message.device)
    roles = {*principal.roles, *(each.role for each in principal.teaches)}
    return Welcome(
        version=about.version,
        device=principal.device,
        who=principal.name,
        role=", ".join(sorted(roles)),
        expires=principal.expires,
    )


def info(message: Info, call: Call) -> ServerInfo:  # noqa: ARG001 - every handler is called alike
    if not may(call.caller.principal, Action.READ_INFO):
        return _little_info(call)
    about, gallery = call.services.about, call.services.recognition.gallery
    return ServerInfo(
        version=about.version,
        engine=about.engine,
        detector=about.detector,
        model_id=gallery.model_id,
        min_face_px=about.min_face_px,
        students=len(gallery.students),
        now=call.now,
        timezone=call.campus.zone.key,
        limits=_limits(call),
    )


def _little_info(call: Call) -> ServerInfo:
    """For who is not known: enough to see what is spoken here."""
    return ServerInfo(
        version=call.services.about.version,
        engine="",
        detector="",
        model_id="",
        min_face_px=0,
        students=0,
        now=call.now,
        timezone=call.campus.zone.key,
        limits=_limits(call),
    )


def _limits(call: Call) -> Limits:
    about = call.services.about
    return Limits(
        header_bytes=MAX_HEADER_BYTES,
        payload_bytes=about.max_payload_bytes,
        image_pixels=about.max_image_pixels,
        connections=about.max_connections,
        message_timeout_s=about.message_timeout_s,
        idle_timeout_s=about.idle_timeout_s,
    )


def roster(message: Roster, call: Call) -> RosterList:
    course, store = normal(message.course), call.services.store
    day = call.services.courses.day_of(course, call.now)
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


def report(message: Report, call: Call) -> CourseReport:
    found = course_report(
        call.services.store,
        call.services.courses,
        normal(message.course),
        since=day_of(message.since),
        until=day_of(message.until),
        term=message.term,
        now=call.now,
    )
    return report_reply(found, hours=message.hours)


HANDLERS: Final = {Hello: hello, Info: info, Roster: roster, Report: report}
