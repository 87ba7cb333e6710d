"""The server's commands in this process: what a command prints, and the sentence with which it refuses."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from server.cli import commands
from server.errors import RollcallError


@dataclass(frozen=True)
class Said:
    """What a command came to: exit status, standard output, and what went wrong, one sentence."""

    status: int
    output: str
    problem: str


def invoke(folder: Path, *words: str, database: str | None = None) -> Said:
    """One command on a database, by default the SQLite one of this folder."""
    flags = ("--database", database or str(folder / "rollcall.sqlite"), "--key-file", str(folder / "key"))
    result = CliRunner().invoke(commands, [*words, *flags])
    if result.exception is not None and not isinstance(result.exception, RollcallError | SystemExit):
        raise result.exception
    problem = result.exception.text if isinstance(result.exception, RollcallError) else result.stderr
    return Said(result.exit_code, result.stdout, problem)


def invoke_json(folder: Path, *words: str) -> Any:
    """What a command prints with --json, once it has succeeded."""
    said = invoke(folder, *words, "--json")
    assert said.status == 0, said.problem
    return json.loads(said.output)
