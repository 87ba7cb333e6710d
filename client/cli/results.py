"""Show the server's answers as tables or JSON."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from client.cli.confirmation import ClassPicture, label
from client.cli.console import say, show_json, show_table
from client.counted import counted
from protocol.messages import Face, Faces, Marked, MarkedItem, RosterList


def show_marks(marked: Marked | None, names: Mapping[str, str] | None = None, *, as_json: bool = False) -> None:
    """None: another program on this machine has sent it and knows. names: of the students, for a column."""
    if as_json:
        show_json(_marks_json(marked))
    elif marked is None:
        say("Another program on this machine has sent it meanwhile; `roster` shows what is recorded.")
    elif marked.marks:
        named = () if names is None else ("Name",)
        columns = ("Student", *named, "Course", "Date", "Hour", "State", "Changed")
        show_table(columns, (_mark_row(item, names) for item in marked.marks))
    else:
        say("Nobody was recorded.")


def _marks_json(marked: Marked | None) -> dict[str, Any]:
    if marked is None:
        return {"marks": []}
    return {"marks": marked.marks, **({"refused": marked.refused} if marked.refused else {})}


def _mark_row(item: MarkedItem, names: Mapping[str, str] | None) -> tuple[str, ...]:
    name = () if names is None else (names.get(item.student, ""),)
    return item.student, *name, item.course, item.date, str(item.hour), item.state, "yes" if item.changed else "no"


def show_roster(answer: RosterList, *, as_json: bool = False) -> None:
    """A column for each class hour that has a mark today."""
    if as_json:
        show_json(asdict(answer))
        return
    hours = sorted({hour for entry in answer.students for hour in entry.states}, key=lambda hour: (len(hour), hour))
    show_table(
        ("Student", "Name", *(f"Hour {hour}" for hour in hours)),
        ((entry.student, entry.name, *(entry.states.get(hour, "") for hour in hours)) for entry in answer.students),
    )
    say(f"{len(answer.students)} on the list of {answer.course}, {answer.date}.")


def show_faces(answer: Faces, picture: ClassPicture) -> None:
    show_table(("Box", "Student", "Name", "Distance", "Note"), (_face_row(face) for face in answer.faces))
    kept = f", {answer.recorded} kept as sightings" if answer.recorded else ""
    say(f"{counted(len(answer.faces), 'face')} in {answer.width}x{answer.height} pixels{kept}.")
    if answer.faces_found is not None and answer.faces_found > len(answer.faces):
        say(
            f"The picture shows {counted(answer.faces_found, 'face')}; {len(answer.faces)} of them, drawn from all of "
            "it, were compared (max_faces of the server)."
        )
    say(f"{picture.summary()}.")
    if picture.unseen:
        say(f"Not seen: {', '.join(label(entry.student, entry.name) for entry in picture.unseen)}.")


def show_faces_json(answer: Faces, picture: ClassPicture, marked: Marked | None) -> None:
    """With the marks that came of it."""
    unseen = [{"student": entry.student, "name": entry.name} for entry in picture.unseen]
    show_json({**asdict(answer), "not_seen": unseen, **_marks_json(marked)})


def _face_row(face: Face) -> tuple[str, ...]:
    distance = f"{face.candidates[0].distance:.3f}" if face.candidates else ""
    doubt = "please check" if face.verdict == "check" else ""
    return ", ".join(map(str, face.box)), face.student or "unknown", face.name or "", distance, doubt
