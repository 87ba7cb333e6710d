"""Answers of the server as tables for a person or JSON for a program. Knows messages; asks nothing of anyone."""

from collections.abc import Sequence

from msgspec.structs import asdict

from client.console import say, show_json, show_table
from client.counted import counted
from protocol.messages import Face, Faces, MarkedItem, RosterList


def show_marks(marked: Sequence[MarkedItem], *, as_json: bool = False) -> None:
    """What stands now for each student that was sent."""
    if as_json:
        show_json({"marks": marked})
    elif not marked:
        say("Nobody was recorded.")
    else:
        show_table(
            ("Student", "Course", "Date", "Hour", "State", "Changed"),
            (
                (item.student, item.course, item.date, str(item.hour), item.state, "yes" if item.changed else "no")
                for item in marked
            ),
        )


def show_roster(answer: RosterList, *, as_json: bool = False) -> None:
    """The list, a column for each class hour that has a mark today."""
    if as_json:
        show_json(asdict(answer))
        return
    hours = sorted({hour for entry in answer.students for hour in entry.states}, key=lambda hour: (len(hour), hour))
    show_table(
        ("Student", "Name", *(f"Hour {hour}" for hour in hours)),
        (
            (entry.student, entry.name, *(entry.states.get(hour, "") for hour in hours))
            for entry in answer.students
        ),
    )
    say(f"{len(answer.students)} on the list of {answer.course}, {answer.date}.")


def show_faces(answer: Faces, marked: Sequence[MarkedItem] = (), *, as_json: bool = False) -> None:
    """Every face of a picture; in JSON with the marks that came of it."""
    if as_json:
        show_json({**asdict(answer), "marks": marked})
        return
    show_table(("Box", "Student", "Name", "Distance", "Note"), (_face_row(face) for face in answer.faces))
    kept = f", {answer.recorded} kept as sightings" if answer.recorded else ""
    say(f"{counted(len(answer.faces), 'face')} in {answer.width}x{answer.height} pixels{kept}.")


def _face_row(face: Face) -> tuple[str, ...]:
    distance = f"{face.candidates[0].distance:.3f}" if face.candidates else ""
    doubt = "please check" if face.verdict == "check" else ""
    return ", ".join(map(str, face.box)), face.student or "unknown", face.name or "", distance, doubt
