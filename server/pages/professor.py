"""The professor's and the assistant's pages, from the session that is on to the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from protocol.board import Board, BoardShown
from protocol.fields import SessionState
from protocol.marks import Mark, Marked
from protocol.replies import Error
from protocol.reports import CourseReport, Report
from protocol.sessions import BothThere, OpenSession, SessionInfo, SessionList, Sessions, SessionShown, SetSession
from server.access import Action, Kind, authorise, may
from server.domain.calendar import campus_day
from server.domain.identifiers import normal
from server.pages.board_view import MOST_SHARED, TITLES, UNDECIDED, BoardView, board_view, unanswered, unseen_by_camera
from server.pages.live import Touched, sees_picture, veto_values
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, new_key, text_of, to
from server.services.class_day.seats import seat_sketches

# Sessions this far back stand on the first page.
EARLIER: Final = timedelta(days=14)
DECIDABLE: Final = ("present", "late", "absent", "left_early", "excused", "excused_absence")
COUNTED: Final = ("present", "late", "left_early", "excused", "excused_absence", "absent")
NOT_ON_BOARD: Final = "This student is not on this board."
NOT_UNDERSTOOD: Final = "What was sent cannot be understood; load the page anew and try again."
EMPTY: Final = {
    "sure": "Nobody is recognised yet.",
    "check": "Nobody is in doubt.",
    "not_seen": "Everybody was seen.",
}


@dataclass(frozen=True, slots=True)
class CourseToday:
    """A course that has class today, or a session."""

    code: str
    title: str
    room: str
    hours: str  # `10:00–11:50`, or ""
    session: SessionInfo | None
    on_now: bool
    key: str


def professor_routes(pages: Pages) -> list[Any]:
    return [*_deciding_routes(pages), *_looking_routes(pages), *_submitting_routes(pages)]


def _deciding_routes(pages: Pages) -> list[Any]:
    @get("/sessions/{number:int}", sync_to_thread=True)
    def board(
        request: AnyRequest, number: FromPath[int], hour: FromQuery[int | None] = None, part: FromQuery[str] = ""
    ) -> Response[str]:
        is_part = part == "board"  # what an open board asks for as things change
        visit = pages.visit(request, "/sessions/{number}", by_itself=is_part)
        shown = visit.ask(Board(session=number), BoardShown)
        values = board_values(visit, shown, board_view(shown, hour))
        return visit.show("board_part.html" if is_part else "board.html", values)

    @post("/sessions", sync_to_thread=True)
    def open_session(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, "/sessions")
        message = OpenSession(course=text_of(data, "course"), key=text_of(data, "key") or new_key())
        return to(f"/sessions/{visit.ask(message, SessionShown).session.session}")

    @get("/sessions/{number:int}/student", sync_to_thread=True)
    def sheet(
        request: AnyRequest,
        number: FromPath[int],
        student: FromQuery[str],
        hour: FromQuery[int | None] = None,
        picture: FromQuery[int | None] = None,
        face: FromQuery[int | None] = None,
    ) -> Response[str]:
        visit = pages.visit(request, "/sessions/{number}/student")
        values = sheet_values(visit, number, normal(student), hour)
        touched = Touched(picture, face)
        return visit.show("student.html", {**values, **veto_values(visit, values["session"], values["row"], touched)})

    @post("/sessions/{number:int}/student", sync_to_thread=True)
    def decide(request: AnyRequest, number: FromPath[int], data: Form) -> Redirect:
        visit = pages.visit(request, "/sessions/{number}/student")
        back = f"/sessions/{number}"
        course = visit.ask(Board(session=number), BoardShown, back=back).session.course
        visit.ask(_decision(data, number, course), Marked, back=back)
        return to(f"{back}?hour={int(text_of(data, 'hour'))}")

    @get("/sessions/{number:int}/roll-call", sync_to_thread=True)
    def roll_call(request: AnyRequest, number: FromPath[int], hour: FromQuery[int | None] = None) -> Response[str]:
        visit = pages.visit(request, "/sessions/{number}/roll-call")
        shown = visit.ask(Board(session=number), BoardShown)
        return visit.show("roll_call.html", board_values(visit, shown, board_view(shown, hour)))

    return [board, open_session, sheet, decide, roll_call]


def _looking_routes(pages: Pages) -> list[Any]:
    @get("/sessions/{number:int}/seats", sync_to_thread=True)
    def seats(request: AnyRequest, number: FromPath[int], hour: FromQuery[int | None] = None) -> Response[str]:
        visit = pages.visit(request, "/sessions/{number}/seats")
        shown = visit.ask(Board(session=number), BoardShown)
        view = board_view(shown, hour)
        session, day = shown.session, date.fromisoformat(shown.session.date)
        sketches = seat_sketches(pages.services.store, session.course, day, view.hour, visit.now)
        names = {each.student.student: each.student.name for each in view.rows}
        values = {"session": session, "hour": view.hour, "sketches": sketches, "names": names}
        return visit.show("seats.html", values)

    @get("/report", sync_to_thread=True)
    def report(request: AnyRequest, course: FromQuery[str] = "", term: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, "/report")
        visit.require_person()
        code = normal(course)
        found = visit.ask(Report(course=code, term=term or None), CourseReport) if code else None
        values = {"report": found, "courses": _courses(visit), "course": code, "terms": _terms(visit)}
        return visit.show("report.html", {**values, "may_download": _may_download(visit, code)})

    return [seats, report]


def _submitting_routes(pages: Pages) -> list[Any]:
    @get("/sessions/{number:int}/submit", sync_to_thread=True)
    def submitting(request: AnyRequest, number: FromPath[int]) -> Response[str]:
        visit = pages.visit(request, "/sessions/{number}/submit")
        shown = visit.ask(Board(session=number), BoardShown)
        undecided = [each for each in shown.students if each.student in set(shown.to_decide)]
        values = {"session": shown.session, "board": shown, "undecided": undecided, "key": new_key()}
        values["unseen"], values["shared"] = unseen_by_camera(shown), unanswered(shown)
        return visit.show("submit.html", {**values, "problem": "", "COUNTED": COUNTED})

    @post("/sessions/{number:int}/submit", sync_to_thread=True)
    def submit(request: AnyRequest, number: FromPath[int], data: Form) -> Redirect:
        visit = pages.visit(request, "/sessions/{number}/submit")
        wanted: SessionState = "draft" if text_of(data, "state") == "draft" else "submitted"
        message = SetSession(
            session=number,
            state=wanted,
            key=text_of(data, "key"),
            why=text_of(data, "why"),
            both_there=_both_there(data, number),
        )
        visit.ask(message, SessionShown, back=f"/sessions/{number}/submit")
        return to("/?done=submitted" if wanted == "submitted" else f"/sessions/{number}")

    return [submitting, submit]


def now_page(visit: Visit, notice: str = "") -> Response[str]:
    """What is on, what was never submitted, and the last two weeks."""
    today = campus_day(visit.now, visit.pages.zone)
    recent = _sessions(visit, Sessions(since=(today - EARLIER).isoformat()))
    overdue = _sessions(visit, Sessions(overdue=True))
    values = {
        "notice": notice,
        "today": today,
        "overdue": overdue,
        "courses": _courses_today(visit, recent),
        "earlier": [each for each in recent if each.date != today.isoformat()],
    }
    return visit.show("now.html", values)


def _sessions(visit: Visit, asked: Sessions) -> tuple[SessionInfo, ...]:
    """None for somebody who teaches nothing, who may list none."""
    return visit.ask(asked, SessionList).sessions if visit.teaches else ()


def board_values(visit: Visit, shown: BoardShown, view: BoardView) -> dict[str, object]:
    return {
        "session": shown.session,
        "view": view,
        "now": visit.now,
        "TITLES": TITLES,
        "EMPTY": EMPTY,
        "UNDECIDED": UNDECIDED,
        "sees_picture": sees_picture(visit, shown.session),
        "letter_keys": _letter_keys(visit),
    }


def _letter_keys(visit: Visit) -> bool | None:
    """Whether this account has single letters as keys; None: there is no account, and each browser knows for itself."""
    account = (
        visit.pages.services.store.accounts.by_id(visit.principal.id) if visit.principal.kind is Kind.USER else None
    )
    return account.letter_keys if account else None


def sheet_values(visit: Visit, number: int, student: str, hour: int | None) -> dict[str, Any]:
    """Raises PageProblem for a student who is not on this board."""
    shown = visit.ask(Board(session=number), BoardShown)
    view = board_view(shown, hour)
    row = next((each for each in view.rows if each.student.student == student), None)
    if row is None:
        raise PageProblem(Error(code="unknown_student", text=NOT_ON_BOARD), back=f"/sessions/{number}")
    authorise(visit.principal, Action.READ_HISTORY, course=shown.session.course)
    return {
        **board_values(visit, shown, view),
        "row": row,
        "hour": view.hour,
        "names": {each.student.student: each.student.name for each in view.rows},
        "keys": {each.hour: new_key() for each in row.student.hours},
        "problem": "",
        "history": visit.pages.services.store.marks.history(number, student),
        "DECIDABLE": DECIDABLE,
    }


def _both_there(form: dict[str, str], number: int) -> tuple[BothThere, ...]:
    """Raises PageProblem for a form that no page of ours sends."""
    answers = [text_of(form, f"both_there_{place}") for place in range(MOST_SHARED)]
    try:
        return tuple(msgspec.json.decode(each, type=BothThere) for each in answers if each)
    except msgspec.DecodeError as error:
        raise PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD), back=f"/sessions/{number}") from error


def _decision(form: dict[str, str], number: int, course: str) -> Mark:
    """Raises PageProblem for a form that no page of ours sends."""
    state, hour = text_of(form, "state"), text_of(form, "hour")
    if state not in DECIDABLE or not hour.isdecimal():
        raise PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD), back=f"/sessions/{number}")
    return Mark(
        student=text_of(form, "student"),
        course=course,
        key=text_of(form, "key") or new_key(),
        state=state,  # type: ignore[arg-type]  # one of DECIDABLE
        hour=int(hour),
        why=text_of(form, "why"),
        session=number,
        source="professor",
    )


def _courses(visit: Visit) -> list[tuple[str, str]]:
    """Code and title of the courses that the reader may see."""
    plans = visit.pages.services.courses.all_plans(campus_day(visit.now, visit.pages.zone))
    return [(code, plan.title) for code, plan in sorted(plans.items()) if visit.may_list(code)]


def _terms(visit: Visit) -> list[str]:
    """Their names, the newest first."""
    terms = visit.pages.services.courses.calendar().terms
    return [each.name for each in sorted(terms, key=lambda term: term.begins, reverse=True)]


def _may_download(visit: Visit, course: str) -> bool:
    return may(visit.principal, Action.DOWNLOAD, course=course) if course else False


def _courses_today(visit: Visit, recent: Sequence[SessionInfo]) -> list[CourseToday]:
    """Those with class today first, then whatever else the reader teaches."""
    courses = visit.pages.services.courses
    sessions = {(each.course, each.date): each for each in recent}
    found = []
    for code, title in _courses(visit):
        today = courses.day_of(code, visit.now)
        planned = courses.planned(code, today)
        session, on_now = sessions.get((code, today.isoformat())), courses.hour_in(None, code, visit.now) is not None
        hours = _span(visit, planned)
        found.append(CourseToday(code, title, courses.plan_of(code, today).room, hours, session, on_now, new_key()))
    return sorted(found, key=lambda each: (not each.on_now, each.session is None, not each.hours, each.code))


def _span(visit: Visit, planned: Sequence[Any]) -> str:
    if not planned or planned[0].starts is None or planned[-1].ends is None:
        return ""
    zone = visit.pages.zone
    return f"{planned[0].starts.astimezone(zone):%H:%M}–{planned[-1].ends.astimezone(zone):%H:%M}"
