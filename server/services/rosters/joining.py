"""Join a student who is in the database under two numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.identifiers import normal
from server.errors import SetupProblem
from server.store import Joined, Store, Template


@dataclass(frozen=True, slots=True)
class JoinedStudent:
    """What became of the one who goes."""

    joined: Joined
    templates: int  # those that were taken along
    lost: int  # those that could not be opened: the next `enrol` makes them again from the photographs


def join_students(store: Store, student: str, into: str, *, at: datetime, by: str) -> JoinedStudent:
    """Give all that a student has to another, in one transaction.

    The numbers may be of a form that nothing else can name any more.
    Raises UnknownStudent; BadRequest for one and the same.
    """

    def work(steps: Store) -> JoinedStudent:
        old, new = _known(steps, student), _known(steps, into)
        there = len(steps.templates.photographs(old))
        kept = _templates(steps, old)
        joined = steps.renamings.join(old, new, at=at, by=by)
        steps.templates.add([replace(each, student=new) for each in kept], [], at=at)
        return JoinedStudent(joined, len(kept), 0 if kept else there)

    return store.transaction(work)


def join_courses(store: Store, course: str, into: str, *, at: datetime, by: str) -> int:
    """Give all that a course has to another; how many sessions. Raises UnknownCourse, BadRequest."""
    known = {each.code for each in store.courses.listed()}
    old, new = (each if each in known else normal(each) for each in (course, into))
    return store.renamings.join_courses(old, new, at=at, by=by)


def _known(store: Store, number: str) -> str:
    """The number as it was written, where a student has it; else its one form."""
    return number if number in store.rosters.names([number]) else normal(number)


def _templates(store: Store, student: str) -> Sequence[Template]:
    """All of the student's; none where the key does not open them."""
    try:
        return [
            each
            for model in store.templates.enrolled_models()
            for each in store.templates.of_model(model.model_id)
            if each.student == student
        ]
    except SetupProblem:
        return []
