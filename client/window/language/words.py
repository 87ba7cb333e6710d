"""Say states, distances, reasons and counts in the window's words."""

from collections.abc import Sequence
from datetime import datetime

from client.window.language.translator import tr
from language import words
from protocol.messages import BoardCounts, BoardHour, Candidate, SessionInfo, SessionState, State
from protocol.sentences import Sentence


def error_words(error: Sentence, code: str = "") -> str:
    """An error in the language of the screen; where that has no such sentence, English behind what its code says."""
    return words.error_words(error, code, tr)


def state_word(state: State) -> str:
    return tr(words.STATES[state])


def capitalised(text: str) -> str:
    """With a large first letter."""
    return text[:1].upper() + text[1:]


def reason_words(reason: str) -> str:
    """A reason of a newer server stands as it came."""
    return tr(words.REASONS.get(reason, reason)) if reason else ""


def look_sentence(hour: BoardHour) -> str:
    """Why this face may be a photograph that is held up; "" where nothing says so."""
    why = ", ".join(tr(words.LOOK_AT.get(each, each)) for each in hour.look_at)
    return tr("It may be a photograph held up: {why}. Look; nothing is changed by this.", why=why) if why else ""


def look_words(hour: BoardHour) -> str:
    """The same, short."""
    return tr("look at this one") if hour.look_at else ""


def alike(candidate: Candidate) -> str:
    return words.alike_words(candidate, tr)


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
    seen = [tr("{count} faces seen", count=counts.faces_seen)]
    if counts.faces_taken is not None:
        seen.append(tr("{count} of them compared", count=counts.faces_taken))
    if counts.heads_at_most is not None:
        seen.append(_heads(counts, counts.heads_at_most))
    return "; ".join([", ".join(parts), *seen])


def _heads(counts: BoardCounts, most: int) -> str:
    marked = counts.present + counts.late + counts.left_early
    if marked <= most:
        return tr("at most {count} heads", count=most)
    return tr("{marked} marked, {heads} heads at most", marked=marked, heads=most)


def session_state(session: SessionInfo, wanted: SessionState | None = None) -> str:
    """wanted: what was decided here and is not at the server yet."""
    if wanted is not None and wanted != session.state:
        return f"{tr(words.SESSION_STATES[wanted])}, {tr('not sent yet')}"
    state = tr(words.SESSION_STATES[session.state])
    return f"{state}, {tr('overdue')}" if session.overdue else state


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
