"""Show a board in a terminal, as a professor reads it."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from language.words import LOOK_AT
from server.counted import counted
from server.domain.attendance import THERE, Source, State
from server.domain.board import Counts, HourRow, StudentRow
from server.domain.evidence import Reason
from server.domain.shared_faces import SharedFace
from server.services.class_day.board import BoardView

# The lists, what asks for something first; who is decided stands in none of the camera's.
HEADINGS = {"check": "To look at", "not_seen": "Not seen", "sure": "Sure", "decided": "Decided"}
# In which a professor counts the class.
ORDER = (
    State.PRESENT,
    State.LATE,
    State.LEFT_EARLY,
    State.EXCUSED,
    State.EXCUSED_ABSENCE,
    State.ABSENT,
    State.NOT_VISIBLE,
    State.NOT_TAKEN,
)
REASONS = {
    Reason.LEFT: "was seen, and then not any more",
    Reason.DOUBTFUL_FACE: "the face may be another's",
    Reason.VERY_LATE: "came very late",
    Reason.LATE_UNCLEAR: "may have been there before",
    Reason.LEFT_UNCLEAR: "may have been there at the end",
    Reason.FEW_PICTURES: "few pictures tell",
    Reason.NO_PHOTOGRAPH: "no photograph is enrolled",
}


def board_lines(view: BoardView, zone: ZoneInfo) -> Iterator[str]:
    for counts in view.board.counts:
        yield f"hour {counts.hour}: {totals(counts)}"
    for name, heading in HEADINGS.items():
        rows = [row for row in view.board.rows if name == ("decided" if row.decided else row.list)]
        if rows:
            yield f"\n{heading} ({len(rows)}):"
            yield from (_row_line(row, view, zone) for row in rows)
    if unseen := [row for row in view.board.rows if any(each.not_seen_by_camera for each in row.hours)]:
        yield f"\nMarked by hand and not seen by the camera ({len(unseen)}):"
        yield from (f"  {row.student} {row.name}" for row in unseen)
    if looked_at := [(row, each) for row in view.board.rows for each in row.hours if each.signs]:
        yield f"\nLook at them: a photograph may be held up ({len(looked_at)}):"
        for row, hour in looked_at:
            yield f"  {row.student} {row.name}, hour {hour.hour}: {', '.join(LOOK_AT[each] for each in hour.signs)}"
    if asked := [each for each in view.shared_faces if not each.answered]:
        yield f"\nTo be answered before submitting ({len(asked)}):"
        yield from (f"  {line}" for line in shared_face_lines(asked, view))
    yield f"\n{_left(view)}"


def shared_face_lines(asked: Iterable[SharedFace], view: BoardView) -> Iterator[str]:
    names = {row.student: f"{row.name} ({row.student})" for row in view.board.rows}
    for each in asked:
        one, other = (names.get(student, student) for student in (each.student, each.other))
        seen = f"{one} and {other} at one place" if each.why == "place" else f"one face for {one} and {other}"
        yield f"In hour {each.hour} the camera saw {seen}, and both are marked as there."


def totals(counts: Counts) -> str:
    # `57 enrolled, 52 present, 2 late, 1 excused, 2 absent; 55 faces seen`; states that nobody has are left out.
    states = [f"{counts.states[state]} {_word(state)}" for state in ORDER if counts.states.get(state)]
    undecided = [f"{counts.undecided} undecided"] if counts.undecided else []
    return ", ".join([f"{counts.enrolled} enrolled", *states, *undecided]) + (
        f"; {counted(counts.faces_seen, 'face')} seen{_cut(counts)}{_heads(counts)}"
        if counts.pictures
        else "; no picture"
    )


def _cut(counts: Counts) -> str:
    return "" if counts.faces_taken is None else f", {counts.faces_taken} of them compared"


def _heads(counts: Counts) -> str:
    if counts.heads_at_most is None:
        return ""
    marked = sum(counts.states.get(state, 0) for state in THERE)
    if marked <= counts.heads_at_most:
        return f", at most {counted(counts.heads_at_most, 'head')}"
    return f"; {marked} marked, {counted(counts.heads_at_most, 'head')} at most"


def _word(state: State) -> str:
    return state.value.replace("_", " ")


def _row_line(row: StudentRow, view: BoardView, zone: ZoneInfo) -> str:
    hours = "  ".join(_hour_text(each, zone) for each in row.hours)
    asked = "" if row.decided else _question(row, view)
    return f"  {row.student} {row.name}  {hours}{asked}"


def _question(row: StudentRow, view: BoardView) -> str:
    why = f"  ({REASONS[row.reason]})" if row.reason in REASONS and row.list != "sure" else ""
    others = [
        view.names.get(each.student_id, each.student_id)
        for each in view.candidates.get(row.student, ())
        if each.student_id != row.student
    ]
    perhaps = f"  or {', '.join(others)}?" if others and row.reason is Reason.DOUBTFUL_FACE else ""
    return why + perhaps


def _hour_text(row: HourRow, zone: ZoneInfo) -> str:
    # `1 present` as it was decided, `2 present, copied`, `1 late? from 10:45 (3 of 12)` as it is proposed.
    if row.mark is not None:
        return f"{row.hour} {_word(row.mark.state)}" + ", copied" * (row.mark.source is Source.COPIED)
    proposal = row.proposal
    if proposal is None or proposal.state is State.NOT_TAKEN:
        return f"{row.hour} –"
    times = {State.LATE: ("from", proposal.first_seen), State.LEFT_EARLY: ("until", proposal.last_seen)}
    word, moment = times.get(proposal.state, ("", None))
    when = f" {word} {moment.astimezone(zone):%H:%M}" if moment else ""
    return f"{row.hour} {_word(proposal.state)}?{when} ({proposal.seen} of {proposal.looks})"


def _left(view: BoardView) -> str:
    left = len(view.board.to_decide)
    if not left:
        return "Everything is decided."
    sure = sum(row.list == "sure" and not row.decided for row in view.board.rows)
    hint = f"; {sure} of them may be confirmed unseen" if sure else ""
    return f"Left to decide: {counted(left, 'student')}{hint}."
