"""The terminal: what takes long says so, and only there."""

import io
import sys
import threading

import pytest

from client.cli import console


class Terminal(io.StringIO):
    """A stream that says it is a terminal; `written` is set once something has been shown."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def write(self, text: str) -> int:
        count = super().write(text)
        if "Looking" in text:
            self.written.set()
        return count

    def isatty(self) -> bool:
        return True


def terminal_of(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error as a terminal. Not a fixture: pytest puts its own stream in place again before the test's body."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_what_takes_long_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(monkeypatch)
    monkeypatch.setattr(console, "PATIENCE_S", 0.0)
    with console.waiting("Looking…"):
        assert terminal.written.wait(10)
    assert "Looking…" in terminal.getvalue()


def test_what_is_done_soon_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = terminal_of(monkeypatch)
    with console.waiting("Looking…"):
        pass
    assert terminal.getvalue() == ""


def test_what_takes_long_shows_nothing_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr(console, "PATIENCE_S", 0.0)
    with console.waiting("Looking…"):
        pass
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\rb", "a\nb", "bell\x07", "\u202eback", "\x9b2J"])
def test_nothing_that_steers_a_terminal_passes(text: str) -> None:
    assert console.printable(text).isprintable()


def test_markup_and_emoji_codes_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    console.say("[bold]x[/bold] :smile:")
    console.show_table(["A"], [["[red]y :smile:"]])
    out = capsys.readouterr().out
    assert "[bold]x[/bold] :smile:" in out
    assert "[red]y :smile:" in out


def test_a_long_line_is_not_broken_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console.say("x" * 1000)
    assert capsys.readouterr().out == "x" * 1000 + "\n"


def test_the_end_of_the_input_is_told_from_an_empty_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\r\n"))
    assert console.ask("? ") == ""
    with pytest.raises(EOFError):
        console.ask("? ")


def test_a_program_without_an_input_has_no_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(EOFError):
        console.ask("? ")
