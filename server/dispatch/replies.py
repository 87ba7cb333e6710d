"""Turn what services found into replies, which every screen and the commands' `--json` show alike."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import asdict, replace

from protocol.board import BoardCounts, BoardHour, BoardShown, BoardStudent, SharedFace
from protocol.marks import Marked, MarkedItem
from protocol.pictures import Candidate, Face, Faces
from protocol.replies import Error, Problem
from protocol.reports import CourseReport, ReportHeads, ReportHour, ReportStudent
from protocol.sessions import SessionHour, SessionInfo, SessionList, SessionShown
from server.domain.board import Counts, HourRow, StudentRow
from server.domain.evidence import Proposal
from server.domain.identifiers import MAX_LENGTH
from server.domain.ledger import MarkAnswer
from server.errors import RollcallError, RowProblem
from server.gallery import Candidate as Nearby
from server.services.class_day.board import BoardView
from server.services.class_day.recognition import Picture, RecognisedFace
from server.services.class_day.sessions import SessionView
from server.services.reports import report


def error_reply(error: RollcallError) -> Error:
    return Error(code=error.code, retry=error.retry, problems=_problems(error.problems), **asdict(error.sentence))


def marked(outcome: MarkAnswer) -> Marked:
    """What stands, in the order of the decisions."""
    return Marked(
        marks=tuple(
            MarkedItem(
                student=each.student,
                course=each.course,
                date=each.day.isoformat(),
                hour=each.hour,
                state=each.state.value,
                changed=each.changed,
            )
            for each in outcome.recorded
        ),
        refused=_problems(outcome.refused),
    )


def _problems(problems: Iterable[RowProblem]) -> tuple[Problem, ...]:
    # A number that nobody has may be longer than any: some letters are several in the form in which it is read (NFC).
    return tuple(
        Problem(row=each.row, student=each.student[:MAX_LENGTH], code=each.code, **asdict(each.sentence))
        for each in problems
    )


# -- sessions and their boards


def session_reply(view: SessionView) -> SessionShown:
    return SessionShown(session=_session(view))


def sessions_reply(
    views: Sequence[SessionView], room_course: str | None = None, most: int | None = None
) -> SessionList:
    """most: how many of the newest; None: all."""
    more = most is not None and len(views) > most
    return SessionList(sessions=tuple(map(_session, views[:most])), room_course=room_course, more=more)


def board_reply(view: BoardView, as_of: datetime) -> BoardShown:
    """As `--json` of `session show` prints it, and as the window shows it."""
    return BoardShown(
        session=_session(view.session),
        as_of=as_of,
        counts=tuple(map(_counts, view.board.counts)),
        students=tuple(_student(row, view) for row in view.board.rows),
        to_decide=view.board.to_decide,
        shared_faces=tuple(SharedFace(**dataclasses.asdict(each)) for each in view.shared_faces),
    )


def without_signs(board: BoardShown) -> BoardShown:
    """For who is not to know whose face may be a photograph."""
    students = (
        replace(student, hours=tuple(replace(hour, look_at=()) for hour in student.hours)) for student in board.students
    )
    return replace(board, students=tuple(students))


def _session(view: SessionView) -> SessionInfo:
    session = view.session
    return SessionInfo(
        session=session.id,
        course=session.course,
        title=view.plan.title,
        date=session.day.isoformat(),
        state=view.state.value,
        makeup=session.makeup,
        overdue=view.overdue,
        unplanned=view.unplanned,
        shadow=view.plan.rules.shadow,
        closes_at=session.closes_at,
        hour_now=view.hour_now,
        hours=tuple(SessionHour(hour=hour.number, starts=hour.starts, ends=hour.ends) for hour in session.hours),
    )


def _student(row: StudentRow, view: BoardView) -> BoardStudent:
    return BoardStudent(
        student=row.student,
        name=row.name,
        list=row.list,
        reason=row.reason.value,
        decided=row.decided,
        hours=tuple(map(_hour, row.hours)),
        candidates=_candidates(view.candidates.get(row.student, ()), view.names, digits=4),
    )


def _hour(row: HourRow) -> BoardHour:
    shown = BoardHour(hour=row.hour) if row.proposal is None else _proposed(row.proposal)
    shown = replace(shown, look_at=tuple(each.value for each in row.signs))
    if (mark := row.mark) is None:
        return shown
    return replace(
        shown,
        mark=mark.state.value,
        source=mark.source.value,
        by=mark.by,
        at=_second(mark.at),
        why=mark.why,
        not_seen_by_camera=row.not_seen_by_camera,
    )


def _proposed(proposal: Proposal) -> BoardHour:
    return BoardHour(
        hour=proposal.hour,
        proposed=proposal.state.value,
        sure=proposal.sure,
        seen=proposal.seen,
        pictures=proposal.looks,
        first_seen=_second(proposal.first_seen),
        last_seen=_second(proposal.last_seen),
        minutes_late=proposal.minutes_late,
    )


def _second(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(microsecond=0)


def _counts(counts: Counts) -> BoardCounts:
    return BoardCounts(
        hour=counts.hour,
        enrolled=counts.enrolled,
        undecided=counts.undecided,
        faces_seen=counts.faces_seen,
        pictures=counts.pictures,
        faces_taken=counts.faces_taken,
        heads_at_most=counts.heads_at_most,
        **{state.value: number for state, number in counts.states.items()},
    )


# -- pictures


def faces_reply(picture: Picture, session: int | None = None, hour: int | None = None) -> Faces:
    """session, hour: where the picture was kept."""
    return Faces(
        width=picture.width,
        height=picture.height,
        faces=tuple(map(_face, picture.faces)),
        recorded=picture.recorded,
        session=session,
        hour=hour,
        turn_deg=90 * picture.turns,
        faces_found=picture.faces_found,
        faces_taken=len(picture.faces),
    )


def _face(face: RecognisedFace) -> Face:
    match, names = face.match, face.names
    return Face(
        box=face.box,
        score=face.score,
        verdict=match.verdict,
        student=match.student_id,
        name=names.get(match.student_id) if match.student_id else None,
        probability=match.probability,
        candidates=_candidates(match.candidates, names),
    )


def _candidates(found: Iterable[Nearby], names: Mapping[str, str], digits: int | None = None) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            student=each.student_id,
            name=names.get(each.student_id, ""),
            distance=each.distance if digits is None else round(each.distance, digits),
            alike=each.alike,
        )
        for each in found
    )


# -- reports


def report_reply(found: report.AttendanceReport, *, hours: bool) -> CourseReport:
    """hours: with each student's hours one by one."""
    return CourseReport(
        course=found.course,
        title=found.title,
        term=found.term,
        since=found.since.isoformat(),
        until=found.until.isoformat(),
        planned_hours=found.planned_hours,
        held_hours=found.held_hours,
        limit=found.limit,
        students=tuple(_report_student(row, hours=hours) for row in found.rows),
        heads=tuple(map(_report_heads, found.heads)),
    )


def _report_heads(found: report.HourHeads) -> ReportHeads:
    day, hour = found.key
    return ReportHeads(
        date=day.isoformat(), hour=hour, marked=found.marked, at_least=found.at_least, at_most=found.at_most
    )


def _report_student(row: report.ReportRow, *, hours: bool) -> ReportStudent:
    """Hours are of the days asked for; how near the course is to be failed is of the whole term."""
    states = {state.value: number for state, number in row.tally.counts.items()}
    each_hour = row.tally.hours.items() if hours else ()
    return ReportStudent(
        student=row.student,
        name=row.name,
        attended=float(row.tally.attended),
        absences=row.term.absences,
        left=row.term.left,
        failed=row.term.failed,
        near=row.term.near,
        left_on=row.left_on.isoformat() if row.left_on else None,
        came_from=row.came.course if row.came else None,
        came_on=row.came.day.isoformat() if row.came else None,
        moved_to=row.went.course if row.went else None,
        hours=tuple(ReportHour(date=day.isoformat(), hour=hour, state=state.value) for (day, hour), state in each_hour),
        **states,
    )
