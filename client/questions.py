"""What a person decides before anything is recorded: who is confirmed, who was called, whether to send again."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from client.api import Api, new_key, now_utc
from client.confirmation import KEY_HELP as KEYS_OF_CONFIRMING
from client.confirmation import Answers, ClassPicture, ask_all, label
from client.console import ask, confirm, note
from client.errors import ClientError, NotConfirmed, Refused, Unreachable
from client.rollcall import KEY_HELP, RollCall, write_answers
from client.rollcall import call_names as ask_names
from protocol.messages import MarkedItem, MarkItem


def confirm_seen(picture: ClassPicture, course: str, hour: int | None) -> list[MarkItem]:
    """A mark for each student whom the person confirms. Raises NotConfirmed; an input that ends is never a yes."""
    if picture.present:
        other = "" if hour else " For another class hour give --hour."
        note(f"Already present today: {', '.join(label(each.student, each.name) for each in picture.present)}.{other}")
    answers = Answers(picture.questions)
    if answers.waiting:
        note(f"{KEYS_OF_CONFIRMING}.")
    try:
        ask_all(answers, ask)
        _require_yes_to_a_part(answers)
    except EOFError:
        raise NotConfirmed("The answers ended before every student was asked for; nothing was recorded.") from None
    at = now_utc()
    return [MarkItem(student=each.student, course=course, hour=hour, at=at) for each in answers.confirmed]


def _require_yes_to_a_part(answers: Answers) -> None:
    """Ask whether to go on where not everybody was asked for but somebody was confirmed."""
    if not (answers.waiting and answers.confirmed):
        return
    total = f"{len(answers.confirmed)} confirmed, {len(answers.waiting)} not asked for"
    if not confirm(f"{total}. Record the confirmed as present?", default=False):
        raise NotConfirmed("Nothing was recorded.")


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


def send_answers(api: Api, items: Sequence[MarkItem]) -> Sequence[MarkedItem]:
    """Send what a person has answered; again under the same key while they want to. What cannot be sent is kept.

    items: at least one, all of one course and one hour.
    """
    key = new_key()
    while True:
        try:
            return api.marks(items, key=key).marks
        except ClientError as error:
            if not _wants_again(error):
                _keep_answers(items)
                raise


def _wants_again(error: ClientError) -> bool:
    if not (isinstance(error, Unreachable) or (isinstance(error, Refused) and error.retry)):
        return False
    note(error.text)
    try:
        return confirm("Send the same answers again?", default=True)
    except EOFError:
        return False


def _keep_answers(items: Sequence[MarkItem]) -> None:
    """Write a new CSV in the current folder, which `rollcall --file` takes; show it where that cannot be."""
    course, hour = items[0].course, items[0].hour
    safe = re.sub(r"[^\w-]", "_", course)
    path = Path(f"rollcall-{safe}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.csv")
    answers = write_answers(items)
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(answers)
    except OSError as error:
        note(f"The answers cannot be kept in {path} ({error.strerror or error}); they are:\n{answers}")
    else:
        flags = f"--file {path}{f' --hour {hour}' if hour else ''}"
        note(f"The answers are kept in {path}; send them later with `rollcall {course} {flags}`.")
