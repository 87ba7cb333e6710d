"""Ask whether students whom the camera took for one were both there, before their session is submitted."""

from client.cli.console import confirm, note
from client.errors import UsageError
from protocol.messages import BoardShown, BothThere, SharedFace

SEEN = {
    "place": "In hour {hour} the camera saw {one} and {other} at one place, and both are marked as there.",
    "face": "In hour {hour} the camera saw one face for {one} and {other}, and both are marked as there.",
}


def answers_about(board: BoardShown, *, unasked: bool) -> tuple[BothThere, ...]:
    """That both were there, of each pair without an answer. unasked: it is not to be asked.

    Raises UsageError where that is not so, or nobody answers.
    """
    asked = [each for each in board.shared_faces if not each.answered]
    names = {each.student: f"{each.name} ({each.student})" for each in board.students}
    for pair in asked:
        note(_seen(pair, names))
        if not unasked and not _both_were():
            raise UsageError(
                "It is not submitted: correct a mark, or say by --both-there that both were there where the camera "
                "took two students for one."
            )
    return tuple(BothThere(hour=each.hour, student=each.student, other=each.other) for each in asked)


def _seen(pair: SharedFace, names: dict[str, str]) -> str:
    one, other = (names.get(each, each) for each in (pair.student, pair.other))
    return SEEN[pair.why].format(hour=pair.hour, one=one, other=other)


def _both_were() -> bool:
    try:
        return confirm("Were both there?", default=False)
    except EOFError:
        return False
