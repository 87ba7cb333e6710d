"""The routes of faces that are not a student's."""

from typing import Final

from msgspec import Struct

from protocol.fields import CourseCode, Day, Hour, Moment, SessionId, StudentId
from server.access import Action
from server.dispatch import Call, Need
from server.dispatch.access import require
from server.domain.identifiers import normal
from server.domain.vetoes import Veto
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import Api, Number, Route


class MakeVeto(Struct, frozen=True, kw_only=True):
    """The face is the one that the hour's pictures take for the student's."""

    session: SessionId
    student: StudentId
    hour: Hour


class ListVetoes(Listed, frozen=True, kw_only=True):
    course: CourseCode


class OneVeto(Struct, frozen=True, kw_only=True):
    veto: Number


class VetoShown(Struct, frozen=True, kw_only=True):
    """ends: the last day on which it holds. void: another model tells faces apart now."""

    veto: int
    course: str
    student: str
    date: Day
    hour: int
    at: Moment
    by: str
    ends: Day
    void: bool


class VetoesShown(Struct, frozen=True, kw_only=True):
    vetoes: tuple[VetoShown, ...]  # newest first
    next: str | None


def _make(asked: MakeVeto, call: Call, _api: Api) -> VetoShown:
    student, by = normal(asked.student), call.caller.name
    return _shown(call.services.vetoes.veto(asked.session, student, asked.hour, now=call.now, by=by), call)


def _list(asked: ListVetoes, call: Call, _api: Api) -> VetoesShown:
    course = normal(asked.course)
    found = call.services.vetoes.of_courses([course])
    page = page_of(found, lambda each: ("", -each.number), asked.limit, asked.cursor, ("vetoes", course))
    return VetoesShown(vetoes=tuple(_shown(each, call) for each in page.items), next=page.next)


def _end(asked: OneVeto, call: Call, _api: Api) -> VetoShown:
    veto = call.services.vetoes.get(asked.veto)
    require([Need(action=Action.VETO, course=veto.course)], call)
    call.services.vetoes.take_back(veto, now=call.now, by=call.caller.name)
    return _shown(veto, call)


def _shown(veto: Veto, call: Call) -> VetoShown:
    return VetoShown(
        veto=veto.number,
        course=veto.course,
        student=veto.student,
        date=veto.day.isoformat(),
        hour=veto.hour,
        at=veto.made_at,
        by=veto.who,
        ends=veto.ends.isoformat(),
        void=veto.model_id != call.services.vetoes.model_id,
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/vetoes",
        name="vetoes",
        summary="Of which faces was said that they are not a student's",
        asks=ListVetoes,
        gives=VetoesShown,
        answer=_list,
        needs=lambda asked: [Need(action=Action.VETO, course=normal(asked.course))],
    ),
    Route(
        method="POST",
        path="/v1/vetoes",
        name="make_veto",
        summary="This is not them: the face that an hour's pictures take for a student",
        asks=MakeVeto,
        gives=VetoShown,
        answer=_make,
        needs=lambda asked: [Need(action=Action.VETO, session=asked.session)],
    ),
    Route(
        method="DELETE",
        path="/v1/vetoes/{veto}",
        name="end_veto",
        summary="Take back that a face is not a student's",
        asks=OneVeto,
        gives=VetoShown,
        answer=_end,
        needs=lambda _asked: [Need(action=Action.VETO, anywhere=True)],
    ),
)
