"""Ask, before a class day is submitted, whether two students who were confirmed by one face were both there."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from protocol.error_texts import ServerText
from server.domain.attendance import THERE
from server.domain.board import MarkStanding
from server.domain.shared_faces import SharedFace, shared_faces
from server.errors import BadRequest
from server.services.class_day.evidence import SessionEvidence


def asked_of(
    evidence: SessionEvidence,
    marks: Mapping[tuple[str, int], MarkStanding],
    answered: Collection[tuple[int, str, str]],
) -> list[SharedFace]:
    """Every pair of the session, by hour; those that somebody has answered say so."""
    found = []
    for hour, decided in sorted(evidence.hours.items()):
        there = {student for (student, of), mark in marks.items() if of == hour and mark.state in THERE}
        found += shared_faces(hour, decided.faces, there)
    return [replace(each, answered=each.key in answered) for each in found]


def require_answers(asked: Iterable[SharedFace]) -> None:
    """Raise BadRequest that asks about the first pair without an answer."""
    for each in asked:
        if not each.answered:
            template = ServerText.ONE_PLACE if each.why == "place" else ServerText.ONE_FACE
            raise BadRequest(template, hour=each.hour, student=each.student, other=each.other)
