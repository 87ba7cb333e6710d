"""Write to the terminal and read a person's lines.

Results go to standard output; all else to standard error.
"""

import contextlib
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TextIO

import msgspec
from rich.console import Console
from rich.table import Table

# What takes longer than this shows on a terminal that it is under way.
PATIENCE_S: Final = 2.0

# Width of a table that is no terminal's: nothing is to be cut there.
PIPE_COLUMNS: Final = 240

# Behind each letter the one that the same key gives while a Korean keyboard is switched to Hangul (KS X 5002).
_YES: Final = frozenset({"y", "yes", "ㅛ"})
_NO: Final = frozenset({"n", "no", "ㅜ"})


def prepare_streams() -> None:
    """What a console cannot show becomes `?`: a cp949 one lacks much of Unicode."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def printable(text: str) -> str:
    """What could steer a terminal or reorder a line becomes `?`."""
    return "".join(character if character.isprintable() else "?" for character in text)


def say(text: str) -> None:
    """A line of a result."""
    _console(sys.stdout).print(printable(text), soft_wrap=True)


def note(text: str) -> None:
    """Lines that are no result."""
    for line in text.splitlines():
        _console(sys.stderr).print(printable(line), soft_wrap=True)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Wide characters, as Korean names have, are counted as wide."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*map(printable, row))
    _console(sys.stdout).print(table)


def show_json(value: Any) -> None:
    """In UTF-8, whatever the console's own encoding is."""
    document = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(document)
    sys.stdout.buffer.flush()


def show_json_line(value: Any) -> None:
    """In one line, where one document follows the other."""
    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def ask(prompt: str) -> str:
    """Raises EOFError at the end of the input."""
    sys.stderr.write(printable(prompt))
    sys.stderr.flush()
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        sys.stderr.write("\n")
        raise EOFError
    return line.rstrip("\r\n")


def confirm(question: str, *, default: bool) -> bool:
    """Enter is the default. Raises EOFError at the end of the input: that is no answer."""
    while True:
        answer = ask(f"{question} [{'Y/n' if default else 'y/N'}] ").strip().casefold()
        if not answer:
            return default
        if answer in _YES | _NO:
            return answer in _YES
        note("Please answer y or n.")


@contextlib.contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show on a terminal what takes longer than PATIENCE_S."""
    console = _console(sys.stderr)
    if not console.is_terminal:
        yield
        return
    status = console.status(printable(text))
    timer = threading.Timer(PATIENCE_S, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def _console(stream: TextIO) -> Console:
    # Made for each use, so that it is of the stream as it is now; markup and emoji are shown as text.
    width = None if stream.isatty() else PIPE_COLUMNS
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)
