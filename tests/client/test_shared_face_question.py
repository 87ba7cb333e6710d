"""Before submitting, the terminal asks about each pair that the camera took for one."""

from datetime import UTC, datetime

import pytest

from client.cli.shared_faces import answers_about
from client.errors import UsageError
from protocol.messages import BoardShown, BothThere, SessionInfo, SharedFace

SESSION = SessionInfo(session=1, course="c", title="", date="2026-03-02", state="draft", hours=())


def board(*pairs: SharedFace) -> BoardShown:
    return BoardShown(
        session=SESSION, as_of=datetime(2026, 3, 2, tzinfo=UTC), students=(), counts=(), shared_faces=pairs
    )


ASKED = SharedFace(hour=3, student="1", other="2", why="face")
ANSWERED = SharedFace(hour=3, student="3", other="4", why="place", answered=True)


@pytest.mark.parametrize(("typed", "is_answered"), [("y\n", True), ("\n", False), ("", False)])
def test_only_yes_is_an_answer(typed: str, is_answered: bool, monkeypatch: pytest.MonkeyPatch, capsys: object) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    if is_answered:
        assert answers_about(board(ASKED), unasked=False) == (BothThere(hour=3, student="1", other="2"),)
        return
    with pytest.raises(UsageError, match="--both-there"):
        answers_about(board(ASKED), unasked=False)


def test_what_was_answered_before_is_not_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert answers_about(board(ANSWERED), unasked=False) == ()
    assert answers_about(board(ASKED, ANSWERED), unasked=True) == (BothThere(hour=3, student="1", other="2"),)
    assert "one face for 1 and 2" in capsys.readouterr().err
