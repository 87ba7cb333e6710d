"""What a person decides before anything is recorded: who is confirmed, who was called, whether to send again."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from client.api import Api, new_key, now_utc
from client.console import ask, confirm, note
from client.errors import ClientError, NotConfirmed, Refused, Unreachable
from client.rollcall import KEY_HELP, RollCall, write_answers
from client.rollcall import call_names as ask_names
from protocol.messages import Face, MarkedItem, MarkItem


def confirm_faces(faces: Iterable[Face], course: str, hour: int | None) -> list[MarkItem]:
    """A mark for each recognised student whom the person confirms; each is asked for once, the doubtful with a no."""
    certain: dict[str, bool] = {}
    names: dict[str, str] = {}
    for face in faces:
        if face.student is not None:
            certain[face.student] = certain.get(face.student, False) or face.verdict == "sure"
            names[face.student] = face.name or ""
    try:
        return [
            MarkItem(student=student, course=course, hour=hour, at=now_utc())
            for student, sure in certain.items()
            if confirm(_question(student, names[student]), default=sure)
        ]
    except EOFError:
        raise NotConfirmed("The answers ended before every student was asked for; nothing was recorded.") from None


def _question(student: str, name: str) -> str:
    return f"{' '.join(filter(None, (student, name)))}: record as present?"


def call_names(roll: RollCall, *, yes: bool) -> None:
    """Ask for every student, then whether to send. Raises NotConfirmed; an input that ends is never a yes."""
    note(f"{len(roll.students)} on the list of {roll.course}. {KEY_HELP}.")
    try:
        whole = _asked_to_the_end(roll)
        if not roll.batch():
            raise NotConfirmed("Nobody was called; nothing was sent.")
        if (whole and yes) or confirm(f"{roll.summary()}. Send?", default=whole):
            return
    except EOFError:
        pass
    raise NotConfirmed("Nothing was sent.")


def _asked_to_the_end(roll: RollCall) -> bool:
    """Whether the person came to the end or ended it; False where the input ended."""
    try:
        ask_names(roll, ask, now_utc)
    except EOFError:
        return False
    return True


def send_answers(api: Api, roll: RollCall) -> Sequence[MarkedItem]:
    """Send what a person has answered; again under the same key while they want to. What cannot be sent is kept."""
    key = new_key()
    while True:
        try:
            return api.marks(roll.batch(), key=key)
        except ClientError as error:
            if not _wants_again(error):
                _keep_answers(roll)
                raise


def _wants_again(error: ClientError) -> bool:
    if not (isinstance(error, Unreachable) or (isinstance(error, Refused) and error.retry)):
        return False
    note(error.text)
    try:
        return confirm("Send the same answers again?", default=True)
    except EOFError:
        return False


def _keep_answers(roll: RollCall) -> None:
    """Write a new CSV in the current folder, which `rollcall --file` takes; show it where that cannot be."""
    course = re.sub(r"[^\w-]", "_", roll.course)
    path = Path(f"rollcall-{course}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.csv")
    answers = write_answers(roll)
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(answers)
    except OSError as error:
        note(f"The answers cannot be kept in {path} ({error.strerror or error}); they are:\n{answers}")
    else:
        note(f"The answers are kept in {path}; send them later with `rollcall {roll.course} --file {path}`.")
