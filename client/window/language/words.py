"""Say states, distances, reasons and counts in the window's words."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from client.window.language.translator import tr
from protocol.messages import BoardCounts, Candidate, SessionInfo, SessionState, State
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

_STATES: Final[dict[State, str]] = {
    "present": "present",
    "late": "late",
    "left_early": "left early",
    "absent": "absent",
    "excused": "excused",
    "excused_absence": "excused absence",
    "not_taken": "not taken",
    "not_visible": "not visible",
}
_REASONS: Final = {
    "doubtful_face": "face is doubtful",
    "left": "seen, then gone",
    "few_pictures": "too few pictures",
    "very_late": "came very late",
    "late_unclear": "arrival is unclear",
    "left_unclear": "gone at the end?",
    "no_photograph": "no photograph",
    "corrected": "face was corrected",
}

# Below each distance its words. dlib's network was trained for 0.6 between one person's photographs and another's
# (dlib, face_recognition example); the server of 2019 asked for 0.45; what is nearer than 0.38 is seldom anybody
# else.
_ALIKE: Final = ((0.38, "very alike"), (0.46, "alike"), (0.54, "somewhat alike"), (math.inf, "hardly alike"))


_SESSION_STATES: Final = {"draft": "draft", "submitted": "submitted ✓", "closed": "closed"}

# The blanks of sentences that hold a state as the wire has it.
_STATES_IN_SENTENCES: Final = {"draft": "draft", "submitted": "submitted", "closed": "closed"} | {
    str(state): words for state, words in _STATES.items()
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


def error_words(error: Sentence, code: str = "") -> str:
    """An error in the language of the screen; where that has no such sentence, English behind what its code says.

    The template may be anybody's: only translations of our own are filled in, and their blanks take any value.
    """
    template = error.template or error.text
    found = tr(template)
    if found == template or not blanks(found) <= error.values.keys():
        words = _ERRORS.get(code, "")
        return error.text if tr(words) == words else f"{tr(words)} ({error.text})"
    return fill(found, {name: _value_words(name, value) for name, value in error.values.items()})


def _value_words(name: str, value: Value) -> Value:
    if isinstance(value, Sentence):
        return error_words(value)
    return tr(_STATES_IN_SENTENCES.get(value, value)) if name in _BLANKS_OF_STATES and isinstance(value, str) else value


def state_word(state: State) -> str:
    return tr(_STATES[state])


def capitalised(text: str) -> str:
    """With a large first letter."""
    return text[:1].upper() + text[1:]


def reason_words(reason: str) -> str:
    """A reason of a newer server stands as it came."""
    return tr(_REASONS.get(reason, reason)) if reason else ""


def alike(candidate: Candidate) -> str:
    return tr(next(words for limit, words in _ALIKE if candidate.distance < limit))


def clock(moment: datetime | None) -> str:
    return f"{moment.astimezone():%H:%M}" if moment else ""


def moment(at: datetime | None) -> str:
    """The time on the wall, behind its day where that is another."""
    if at is None or at.astimezone().date() == datetime.now().astimezone().date():
        return clock(at)
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def counts_sentence(counts: BoardCounts) -> str:
    """`57 enrolled, 52 present, 2 late, 1 excused, 2 absent; 55 faces seen`."""
    parts = [tr("{count} enrolled", count=counts.enrolled)]
    numbers: Sequence[tuple[str, int]] = (
        ("{count} present", counts.present),
        ("{count} late", counts.late),
        ("{count} left early", counts.left_early),
        ("{count} excused", counts.excused),
        ("{count} excused absence", counts.excused_absence),
        ("{count} absent", counts.absent),
        ("{count} not taken", counts.not_taken),
        ("{count} not visible", counts.not_visible),
        ("{count} undecided", counts.undecided),
    )
    parts += [tr(text, count=number) for text, number in numbers if number]
    return "; ".join([", ".join(parts), tr("{count} faces seen", count=counts.faces_seen)])


def session_state(session: SessionInfo, wanted: SessionState | None = None) -> str:
    """wanted: what was decided here and is not at the server yet."""
    if wanted is not None and wanted != session.state:
        return f"{tr(_SESSION_STATES[wanted])}, {tr('not sent yet')}"
    words = tr(_SESSION_STATES[session.state])
    return f"{words}, {tr('overdue')}" if session.overdue else words


def state_sentence(session: SessionInfo, state: SessionState | None) -> str:
    """What a session's state means for marks; nothing of a draft."""
    if state == "closed":
        return tr("Closed: no mark is taken until it is reopened.")
    if state != "submitted":
        return ""
    if session.closes_at is None:
        return tr("Submitted: corrections are taken until it is closed.")
    return tr("Submitted: corrections are taken until {when}.", when=f"{session.closes_at.astimezone():%Y-%m-%d %H:%M}")


def hour_name(hour: int, starts: datetime | None = None, ends: datetime | None = None) -> str:
    """`Hour 2 · 10:00–10:50`, `Hour 2 · 10:00`, without times where the course has no timetable."""
    times = "–".join(filter(None, (clock(starts), clock(ends))))
    return " · ".join(filter(None, (tr("Hour {hour}", hour=hour), times)))
