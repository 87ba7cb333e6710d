"""What a person decides before anything is recorded: who is confirmed, who was called, whether to send again."""

from client.api import now_utc
from client.confirmation import KEY_HELP as KEYS_OF_CONFIRMING
from client.confirmation import Answers, ClassPicture, ask_all, label
from client.console import ask, confirm, note
from client.errors import Kept, NotConfirmed, OutboxError
from client.outbox import Post
from client.rollcall import KEY_HELP, RollCall, write_answers
from client.rollcall import call_names as ask_names
from protocol.messages import Marked, MarkItem, Marks


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


def keep_answers(post: Post, message: Marks) -> int:
    """Write down what a person has answered; its number. Shown as a CSV where even that cannot be."""
    try:
        return post.keep(message)
    except OutboxError:
        note(f"The answers could not be kept; `rollcall --file` takes them from a file that holds these lines:\n"
             f"{write_answers(message.marks)}")
        raise


def send_answers(post: Post, number: int) -> Marked | None:
    """Send what was kept, again while the person wants to. Raises as Post.deliver."""
    while True:
        try:
            return post.deliver(number)
        except Kept as kept:
            if not _wants_again(kept):
                raise


def _wants_again(kept: Kept) -> bool:
    note(kept.text)
    try:
        return confirm("Try to send it again now?", default=True)
    except EOFError:
        return False
