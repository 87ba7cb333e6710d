"""The picture of the class that is on, with a button over every face, and what is said of a face that is not theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from protocol.board import Board, BoardShown
from protocol.replies import Error
from protocol.sessions import SessionInfo
from server.access import Action, may
from server.domain.identifiers import normal
from server.pages.board_view import TITLES, BoardView, Row, board_view
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, text_of, to
from server.services.class_day.live_pictures import LivePicture, is_on
from server.services.class_day.recognition import RecognisedFace

PICTURE_OFF: Final = "The picture of the class is switched off on this server."
ONLY_WATCHES: Final = "The camera only watches in this course: its proposals are kept and not shown."
FORGOTTEN: Final = "This picture is forgotten already; touch the face in the newest one."
NOT_UNDERSTOOD: Final = "What was sent cannot be understood; load the page anew and try again."
JPEG: Final = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Touched:
    """A face of a picture that was shown: its picture's number and its place there."""

    picture: int | None = None
    face: int | None = None

    @property
    def query(self) -> dict[str, int]:
        return {} if self.picture is None or self.face is None else {"picture": self.picture, "face": self.face}


@dataclass(frozen=True, slots=True)
class FaceButton:
    """A face as the page has it. x, y, width, height: pixels of the picture. row: of the student it is taken for."""

    path: str
    verdict: str
    x: int
    y: int
    width: int
    height: int
    row: Row | None


def live_routes(pages: Pages) -> list[Any]:
    @get("/sessions/{number:int}/live", sync_to_thread=True)
    def live(
        request: AnyRequest,
        number: FromPath[int],
        hour: FromQuery[int | None] = None,
        part: FromQuery[str] = "",
        after: FromQuery[int | None] = None,
    ) -> Response[Any]:
        visit = pages.visit(request, "/sessions/{number}/live", by_itself=part == "live")
        shown = _permitted(visit, number)
        newest = _newest(visit, number)
        if part == "live" and newest is not None and newest.number == after:
            return Response(b"", status_code=204)
        view = board_view(shown, hour)
        values = {
            "session": shown.session,
            "view": view,
            "now": visit.now,
            "picture": newest,
            "buttons": _buttons(visit, newest, view) if newest else [],
            "seconds": pages.services.live.seconds,
            "TITLES": TITLES,
        }
        return visit.show("live_part.html" if part == "live" else "live.html", values)

    @get("/sessions/{number:int}/live/picture", sync_to_thread=True)
    def image(request: AnyRequest, number: FromPath[int], picture: FromQuery[int]) -> Response[Any]:
        visit = pages.visit(request, "/sessions/{number}/live/picture", by_itself=True)
        _permitted(visit, number)
        found = pages.services.live.image(number, picture) if _newest(visit, number) else None
        if found is None:
            return Response(b"", status_code=404, media_type=JPEG)
        return Response(found, media_type=JPEG)

    @get("/sessions/{number:int}/live/face", sync_to_thread=True)
    def face(
        request: AnyRequest,
        number: FromPath[int],
        picture: FromQuery[int],
        face: FromQuery[int],
        hour: FromQuery[int | None] = None,
    ) -> Response[str]:
        visit = pages.visit(request, "/sessions/{number}/live/face")
        shown = _permitted(visit, number)
        touched = _face(visit, number, picture, face)
        view = board_view(shown, hour)
        rows = {each.student.student: each for each in view.rows}
        near = [(rows[each.student_id], each) for each in touched.match.candidates if each.student_id in rows]
        query = {"hour": view.hour, "picture": picture, "face": face}
        values = {"session": shown.session, "view": view, "near": near, "query": urlencode(query)}
        return visit.show("live_face.html", values)

    @post("/sessions/{number:int}/veto", sync_to_thread=True)
    def veto(request: AnyRequest, number: FromPath[int], data: Form) -> Redirect:
        visit = pages.visit(request, "/sessions/{number}/veto")
        call = visit.require(Action.VETO, session=number)
        student, hour = normal(text_of(data, "student")), _whole(data, "hour")
        touched, back = _touched(data), f"/sessions/{number}/student?{urlencode({'student': student, 'hour': hour})}"
        # What was touched is forgotten after a while: the hour's pictures then say which face was meant.
        seen = pages.services.live.face(number, *touched.query.values()) if touched.query else None
        embedding = seen.embedding if seen else None
        call.services.vetoes.veto(number, student, hour, face=embedding, now=visit.now, by=call.caller.name)
        return to(back)

    @post("/sessions/{number:int}/veto/end", sync_to_thread=True)
    def take_back(request: AnyRequest, number: FromPath[int], data: Form) -> Redirect:
        visit = pages.visit(request, "/sessions/{number}/veto/end")
        call = visit.require(Action.VETO, session=number)
        found = call.services.vetoes.get(_whole(data, "veto"))
        if found.course != call.services.store.sessions.get(number).course:
            raise PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD), back=f"/sessions/{number}")
        call.services.vetoes.take_back(found, now=visit.now, by=call.caller.name)
        query = urlencode({"student": found.student, "hour": _whole(data, "hour")})
        return to(f"/sessions/{number}/student?{query}")

    return [live, image, face, veto, take_back]


def sees_picture(visit: Visit, session: SessionInfo) -> bool:
    """Whether the reader has that page for this session now."""
    services, now = visit.pages.services, visit.now
    if not services.live.is_on or session.shadow or session.hour_now is None or session.state != "draft":
        return False
    allowed = may(visit.principal, Action.SEE_PICTURE, course=session.course)
    return allowed and is_on(services.sessions.view(session.session, now), now)


def veto_values(visit: Visit, session: SessionInfo, row: Row, touched: Touched) -> dict[str, object]:
    """What the sheet needs to say that a face is not this student's. touched: the one in the picture."""
    services, student, hour = visit.pages.services, row.student.student, row.here.hour
    allowed = may(visit.principal, Action.VETO, course=session.course)
    seen = bool(touched.query) or (allowed and services.vetoes.is_taken_for(session.session, student, hour, visit.now))
    return {
        "touched": touched.query,
        "may_veto": allowed and not session.shadow and seen,
        "vetoes": services.vetoes.of_courses([session.course], student) if allowed else [],
        "model_id": services.vetoes.model_id,
        "may_take_back": allowed,
    }


def _permitted(visit: Visit, number: int) -> BoardShown:
    """The board of a session whose picture the reader may see. Raises PageProblem, and as `Visit.require`."""
    back = f"/sessions/{number}"
    visit.require(Action.SEE_PICTURE, session=number)
    if not visit.pages.services.live.is_on:
        raise PageProblem(Error(code="forbidden", text=PICTURE_OFF), back)
    shown = visit.ask(Board(session=number), BoardShown, back=back)
    if shown.session.shadow:
        raise PageProblem(Error(code="forbidden", text=ONLY_WATCHES), back)
    return shown


def _newest(visit: Visit, number: int) -> LivePicture | None:
    """None: there is none, or the class is over."""
    services = visit.pages.services
    if not is_on(services.sessions.view(number, visit.now), visit.now):
        services.live.forget(number)
        return None
    return services.live.newest(number)


def _face(visit: Visit, number: int, picture: int, place: int) -> RecognisedFace:
    found = visit.pages.services.live.face(number, picture, place)
    if found is None:
        raise PageProblem(Error(code="bad_request", text=FORGOTTEN), back=f"/sessions/{number}/live")
    return found


def _buttons(visit: Visit, picture: LivePicture, view: BoardView) -> list[FaceButton]:
    """Largest first. Who was erased or removed from the class since is nobody's face."""
    known = visit.pages.services.recognition.gallery.students
    rows = {each.student.student: each for each in view.rows if each.student.student in known}
    return [_button(each, Touched(picture.number, place), view, rows) for place, each in enumerate(picture.faces)]


def _button(face: RecognisedFace, touched: Touched, view: BoardView, rows: Mapping[str, Row]) -> FaceButton:
    left, top, right, bottom = face.box
    row = rows.get(face.match.student_id or "")
    base, query = f"/sessions/{view.board.session.session}", {"hour": view.hour, **touched.query}
    path = f"{base}/student?{urlencode({**query, 'student': row.student.student})}" if row else None
    return FaceButton(
        path=path or f"{base}/live/face?{urlencode(query)}",
        verdict=face.match.verdict if row else "unknown",
        x=left,
        y=top,
        width=right - left + 1,
        height=bottom - top + 1,
        row=row,
    )


def _touched(form: Mapping[str, str]) -> Touched:
    picture, face = text_of(form, "picture"), text_of(form, "face")
    known = _is_whole(picture) and _is_whole(face)
    return Touched(int(picture), int(face)) if known else Touched()


def _whole(form: Mapping[str, str], name: str) -> int:
    """Raises PageProblem for a form that no page of ours sends."""
    text = text_of(form, name)
    if not _is_whole(text):
        raise PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD))
    return int(text)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 16
