"""The words and signs that window and pages share, and an error said in another language."""

from collections.abc import Callable
from typing import Final

from protocol.fields import Likeness
from protocol.messages import Candidate, State
from protocol.sentences import Sentence, Value, blanks, fill

# 출석 O, 지각 △, 결석 X as Korean attendance books have them; ⓧ and 공 as in Kyungil University's.
SIGNS: Final[dict[State | None, str]] = {
    "present": "O",
    "late": "△",
    "left_early": "ⓧ",
    "absent": "X",
    "excused": "인",
    "excused_absence": "공",
    "not_taken": "·",
    "not_visible": "?",
    None: "·",
}

STATES: Final[dict[State, str]] = {
    "present": "present",
    "late": "late",
    "left_early": "left early",
    "absent": "absent",
    "excused": "excused",
    "excused_absence": "excused absence",
    "not_taken": "not taken",
    "not_visible": "not visible",
}
REASONS: Final = {
    "doubtful_face": "face is doubtful",
    "left": "seen, then gone",
    "few_pictures": "too few pictures",
    "very_late": "came very late",
    "late_unclear": "arrival is unclear",
    "left_unclear": "gone at the end?",
    "no_photograph": "call by name",
    "corrected": "face was corrected",
}

# Why a face may be a photograph that is held up.
LOOK_AT: Final = {
    "rigid": "it never turned or changed, as a flat picture",
    "framed": "there is a straight frame around it",
    "wrong_size": "it has the wrong size for its place",
    "enrolment_photograph": "it is nearly the enrolled photograph",
}

# Why two students who are marked as there are asked about before submitting.
SHARED_FACES: Final = {
    "place": "The camera saw {one} and {other} at one place.",
    "face": "The camera saw one face for {one} and {other}.",
}

ALIKE: Final[dict[Likeness, str]] = {
    "very": "very alike",
    "well": "alike",
    "somewhat": "somewhat alike",
    "hardly": "hardly alike",
}

SESSION_STATES: Final = {"draft": "draft", "submitted": "submitted ✓", "closed": "closed"}

# The blanks of sentences that hold a state as the wire has it.
_STATES_IN_SENTENCES: Final = {"draft": "draft", "submitted": "submitted", "closed": "closed"} | {
    str(state): words for state, words in STATES.items()
}
_BLANKS_OF_STATES: Final = ("state", "new")


# What an error's code says, where its sentence is known in English only: one of another version of the server.
_ERRORS: Final = {
    "bad_request": "The server refuses this.",
    "too_large": "This is more than the server takes at once.",
    "unknown_student": "No student has this number.",
    "unknown_course": "No course has this code.",
    "not_enrolled": "The student is not on the course's list.",
    "no_session": "There is no such session or hour.",
    "bad_image": "The picture cannot be used.",
    "no_face": "The picture shows no face.",
    "unauthorised": "Sign in first.",
    "forbidden": "You may not do that.",
    "closed": "The session is closed and takes no marks.",
    "busy": "The server is busy; it is tried again.",
    "unavailable": "The server's database is away; it is tried again.",
    "internal": "The server failed; its log says why.",
}


def alike_words(candidate: Candidate, translated: Callable[[str], str]) -> str:
    """How alike a face and a student are; from a server that does not say, how far apart."""
    return translated(ALIKE[candidate.alike]) if candidate.alike else f"{candidate.distance:.2f}"


def error_words(error: Sentence, code: str, translated: Callable[[str], str]) -> str:
    """An error as `translated` says it; where it does not know the sentence, English behind what its code says.

    The template may be anybody's: only translations of our own are filled in, and their blanks take any value.
    """
    template = error.template or error.text
    found = translated(template)
    if found == template or not blanks(found) <= error.values.keys():
        words = _ERRORS.get(code, "")
        return error.text if translated(words) == words else f"{translated(words)} ({error.text})"
    return fill(found, {name: _value_words(name, value, translated) for name, value in error.values.items()})


def _value_words(name: str, value: Value, translated: Callable[[str], str]) -> Value:
    if isinstance(value, Sentence):
        return error_words(value, "", translated)
    if name in _BLANKS_OF_STATES and isinstance(value, str):
        return translated(_STATES_IN_SENTENCES.get(value, value))
    return value
