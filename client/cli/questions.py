"""What a person decides before anything is recorded: who is confirmed, who was called, whether to send again."""

from collections.abc import Sequence
from datetime import datetime

from client.api import now_utc
from client.cli.confirmation import KEY_HELP as KEYS_OF_CONFIRMING
from client.cli.confirmation import Answers, ClassPicture, ask_all, label
from client.cli.console import ask, confirm, note
from client.cli.roll_calls import KEY_HELP, RollCall, write_answers
from client.cli.roll_calls import call_names as ask_names
from client.counted import counted
from client.errors import Kept, NotConfirmed, OutboxError
from client.outbox import Drafts, Post, RollOf, Unfinished
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


def call_names(roll: RollCall, drafts: Drafts, *, yes: bool) -> RollOf:
    """Ask for every student, then whether to send; which roll call it was, whose answers are kept until they are sent.

    Raises NotConfirmed; an input that ends is never a yes.
    """
    called = RollOf(roll.course, roll.date, roll.hour)
    tell_of_unfinished([each for each in drafts.old() if each.roll != called])
    note(f"{len(roll.students)} on the list of {roll.course}. {KEY_HELP}.")
    try:
        _take_up(roll, drafts, called)
        whole = _asked_to_the_end(roll, drafts, called)
        if not roll.batch():
            raise NotConfirmed("Nobody was called; nothing was sent.")
        if (whole and yes) or confirm(f"{roll.summary()}. Send?", default=whole):
            return called
    except EOFError:
        pass
    later = " What was answered is kept on this machine; call the same roll again to go on." if roll.batch() else ""
    raise NotConfirmed(f"Nothing was sent.{later}")


def _take_up(roll: RollCall, drafts: Drafts, called: RollOf) -> None:
    """Go on with the answers of a roll call that was broken off, if the person wants to; else forget them."""
    kept = [item for item in drafts.of_day(roll.course, roll.date) if item.hour == roll.hour]
    for item in kept:
        if item.at is not None and roll.lists(item.student):
            roll.tick(item.student, item.state, item.at)
    if not roll.batch():
        return
    following = [f" at {entry.name}" for entry in roll.students[roll.next_place() :]]
    question = f"{counted(len(roll.batch()), 'answer')} of {_when(kept[-1].at)} are kept on this machine. Go on"
    if not confirm(f"{question}{following[0] if following else ''}? (n throws them away)", default=True):
        drafts.discard(called)
        roll.clear()


def _when(at: datetime | None) -> str:
    """The time on this machine's clock, with its day where that is another."""
    local = (at or now_utc()).astimezone()
    return f"{local:%H:%M}" if local.date() == now_utc().astimezone().date() else f"{local:%Y-%m-%d %H:%M}"


def tell_of_unfinished(found: Sequence[Unfinished]) -> None:
    """Say which roll calls have not ended, and what can be done about each."""
    for each in found:
        hour = "" if each.roll.hour is None else f" --hour {each.roll.hour}"
        note(
            f"A roll call of {each.roll.course} was never ended: {counted(each.answers, 'answer')} of "
            f"{_when(each.last_at)} for {each.server} are kept and not sent. Go on with it by `rollcall "
            f"{each.roll.course} --date {each.roll.date}{hour}`; `outbox --forget-answers` forgets all that are older "
            "than a day."
        )


def _asked_to_the_end(roll: RollCall, drafts: Drafts, called: RollOf) -> bool:
    """Whether the person came to the end or ended it; False where the input ended."""

    def keep(item: MarkItem) -> None:
        try:
            drafts.tick(called, item)
        except OutboxError as error:
            note(f"This answer is not kept on this machine yet. {error.text}")

    try:
        ask_names(roll, ask, now_utc, keep)
    except EOFError:
        return False
    return True


def keep_answers(post: Post, message: Marks, ends: RollOf | None = None) -> int:
    """Write down what a person has answered; its number. Shown as a CSV where even that cannot be."""
    try:
        return post.keep(message, ends)
    except OutboxError:
        note(
            f"The answers could not be kept; `rollcall --file` takes them from a file that holds these lines:\n"
            f"{write_answers(message.marks)}"
        )
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
