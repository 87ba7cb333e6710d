import contextlib
import os
import sys

import pytest

from server.cli.table import print_table

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
HEADINGS = ("class", "strangers named (FPIR)")
ROWS = [("30", "1.0 (0.2-2.1)"), ("100", "0.8 [0.1]")]


def test_what_is_piped_is_a_line_a_row_with_bars_between(capsys):
    print_table(HEADINGS, ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert [tuple(line.split(" | ")) for line in lines] == [HEADINGS, *ROWS]


def test_in_a_terminal_columns_stand_below_each_other(monkeypatch):
    shown = in_terminal(monkeypatch, lambda: print_table(HEADINGS, ROWS)).splitlines()
    assert " | " not in "".join(shown)
    figures = [line.rstrip() for line in shown if line.rstrip().endswith(("1.0 (0.2-2.1)", "0.8 [0.1]"))]
    assert len(figures) == 2
    assert len(set(map(len, figures))) == 1


def in_terminal(monkeypatch, show):
    """What `show` writes where standard output is a terminal 100 columns wide."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        show()
    with contextlib.ExitStack() as ends, os.fdopen(ours, "rb", buffering=0) as reader:
        ends.enter_context(contextlib.suppress(OSError))  # Linux tells the end of a terminal by an error
        text = b""
        while more := reader.read(65536):
            text += more
    return text.decode()
