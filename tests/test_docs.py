"""The documents hold: links lead somewhere, commands exist, every setting is described as it is."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from client.cli import commands as client_commands
from server.cli import commands as server_commands
from server.config import Settings, default_text
from settings import PREFIX

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("sql/*.md"),
        *ROOT.glob("knowns/*.md"),
        *ROOT.glob("tests/*/*.md"),
    ]
)
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```([\w-]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name: str) -> str:
    return FENCE.sub("", text(name))


def shell_lines(name: str) -> list[str]:
    """The commands of a document: lines of its `sh` blocks, continued ones joined, comments left out."""
    blocks = "\n".join(body for kind, body in FENCE.findall(text(name)) if kind == "sh")
    lines = [line.strip() for line in blocks.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def anchors(name: str) -> set[str]:
    """The anchors of a document's headings, as forges make them."""
    titles = re.findall(r"^#+ +(.+)$", prose(name), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.replace("`", "")).lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_file_of_ours_that_is_named_exists(name: str) -> None:
    named = re.findall(r"`((?:server|client|protocol|tests|bench|setup|sql|docs)/[\w./-]*)`", prose(name))
    assert named or name == "README.md"
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_kind_of_attack_is_in_the_list() -> None:
    named = re.findall(r"^\| `(test_\w+\.py)` \|", text("tests/attacks/README.md"), re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in ROOT.glob("tests/attacks/test_*.py"))


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", text("Makefile"), re.MULTILINE))


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/protocol.md",
        "docs/operation.md",
        "docs/configuration.md",
        "docs/enrolment.md",
        "docs/accuracy.md",
        "docs/performance.md",
        "docs/attendance.md",
        "docs/files.md",
        "docs/client.md",
        "docs/cameras.md",
        "docs/outbox.md",
        "docs/security.md",
        "docs/http.md",
        "docs/scale.md",
    ],
)
def test_the_document_exists(name: str) -> None:
    assert name in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    for target in LINK.findall(prose(name)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        assert file.exists(), f"{name} links to {target}, which is not there"
        if anchor:
            assert anchor in anchors(file.relative_to(ROOT).as_posix()), f"{name} links to {target}: no such heading"


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_that_is_named_exists(name: str) -> None:
    named = set(re.findall(r"`make ([a-z-]+)", text(name))) | {
        target for line in shell_lines(name) for target in re.findall(r"^make ([a-z-]+)", line)
    }
    assert named <= make_targets()


def test_the_makefile_has_the_targets_that_people_rely_on() -> None:
    assert {"setup", "demo", "run", "test", "check", "bench", "bench-blas", "clean"} <= make_targets()


PROGRAMS = {"face_recog_server.py": server_commands, "attendance_client.py": client_commands}


def program_calls(name: str) -> Iterator[tuple[click.Command, list[str]]]:
    """Each call of one of our programs in a document: the command that it means, and the words behind."""
    for line in shell_lines(name):
        words = shlex.split(line.partition(" >")[0].partition(" | ")[0])
        for program, command in PROGRAMS.items():
            if program in words:
                yield resolved(command, words[words.index(program) + 1 :])


def resolved(command: click.Command, words: list[str]) -> tuple[click.Command, list[str]]:
    """Down the groups as far as the words name commands."""
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        below = command.get_command(click.Context(command), words[0])
        assert below is not None, f"there is no command {words[0]!r}"
        command, words = below, words[1:]
    return command, words


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_is_shown_exists_with_its_flags(name: str) -> None:
    for command, words in program_calls(name):
        assert not isinstance(command, click.Group) or not words
        known = {flag for parameter in command.params for flag in parameter.opts}
        shown = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert shown <= known | {"--help"}, f"{name}: {command.name} has no {shown - known}"


def commands_below(group: click.Group, above: str = "") -> Iterator[str]:
    """Every command as it is typed, `roster import` for one in a group."""
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        if isinstance(command, click.Group):
            yield from commands_below(command, f"{above}{word} ")
        else:
            yield above + word


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_readme_lists_every_command(program: str) -> None:
    named = re.findall(r"^\| `([a-z-]+(?: [a-z-]+)?)", text("README.md"), re.MULTILINE)
    assert set(commands_below(PROGRAMS[program])) <= set(named)


def setting_rows() -> list[str]:
    """The rows that docs/configuration.md must hold, one a setting."""
    rows = []
    for each in fields(Settings):
        about = each.metadata
        default = default_text(each)
        choices = f" ({', '.join(about['choices'])})" if about["choices"] else ""
        cells = [
            f"`{each.name}`",
            f"`{PREFIX}{each.name.upper()}`",
            about["unit"],
            f"`{default}`" if default else "",
            about["text"] + choices,
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def section(name: str, heading: str) -> str:
    return text(name).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_every_setting_is_documented_as_it_is_and_no_other() -> None:
    written = [line for line in section("docs/configuration.md", "The server").splitlines() if line.startswith("| `")]
    assert written == setting_rows()
