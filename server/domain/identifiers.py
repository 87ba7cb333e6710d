"""Check student numbers and course codes, which are opaque text."""

from typing import Final

from protocol.error_texts import ServerText
from server.errors import UnknownCourse, UnknownStudent
from texts.identifiers import normal as normal

MAX_LENGTH: Final = 32  # as the wire and the database have them


def flaw(identifier: str) -> str:
    """What keeps a text from being a student number or course code, as a predicate; "": nothing."""
    if not identifier:
        return "is missing"
    if len(identifier) > MAX_LENGTH:
        return f"has {len(identifier)} characters, at most {MAX_LENGTH} are possible"
    if not identifier.isprintable() or any(char.isspace() for char in identifier):
        return f"{identifier!r} holds white space or control characters"
    return ""


def unknown_student(number: str) -> UnknownStudent:
    return UnknownStudent(ServerText.UNKNOWN_STUDENT, student=number[:40])


def unknown_course(course: str) -> UnknownCourse:
    return UnknownCourse(ServerText.UNKNOWN_COURSE, course=course[:40])
