"""Flags that commands share."""

import json
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import Field, fields
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from server import config
from server.access import LOCAL, authorise
from server.bootstrap.account import system_account
from server.cli.rights import RIGHTS
from server.errors import BadRequest
from settings import flag_of, kind_of
from settings.logs import log_to_stderr
from texts.identifiers import is_changed, normal, spelt_out

# Settings that every command takes.
DATABASE: Final = ("database", "key_file", "family", "embedder", "log_level")
# Settings of the commands that look at photographs.
PHOTOGRAPHS: Final = (
    *DATABASE,
    "knowns",
    "photographs",
    "engine",
    "detector",
    "detector_file",
    "constants",
    "min_face_px",
    "threads",
    "max_image_pixels",
)
ALL: Final = tuple(each.name for each in fields(config.Settings))

FILE: Final = click.Path(path_type=Path, dir_okay=False)
Command = Callable[..., None]


class Day(click.DateTime):
    """A day as YYYY-MM-DD; a date comes of it."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value, param, ctx).date()


DAY: Final = Day()


class IdentifierType(click.ParamType[str]):
    """A student number or a course code in its one form; it is told where it was written otherwise."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        plain = normal(value)
        if is_changed(value, plain):
            click.echo(f"{spelt_out(value)} is read as {plain}.", err=True)
        return plain


IDENTIFIER: Final = IdentifierType()


def with_settings(names: tuple[str, ...], *, log_level: str = "warning") -> Callable[[Command], Command]:
    """Give a command the flags of these settings and `--config`; it is called with `settings`.

    log_level: the command's default, for what is for people to read is printed.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(*, config_file: Path | None, **arguments: Any) -> None:
            flags = {name: arguments.pop(name) for name in names}
            settings = config.load(flags, os.environ, config_file, log_level=log_level)
            log_to_stderr(settings.log_level, as_json=settings.log_format == "json")
            logging.getLogger("alembic").setLevel(logging.WARNING)
            authorise(LOCAL, RIGHTS[_path(click.get_current_context())])
            command(settings=settings, **arguments)

        decorated: Command = click.option(
            "--config",
            "config_file",
            type=FILE,
            envvar="ROLLCALL_CONFIG",
            show_envvar=True,
            help="TOML file of settings",
        )(run)
        for each in reversed(fields(config.Settings)):
            if each.name in names:
                decorated = _flag(each, log_level if each.name == "log_level" else "")(decorated)
        return decorated

    return decorate


GROUPS: Final = frozenset(path.partition(" ")[0] for path in RIGHTS if " " in path)


def _path(context: click.Context) -> str:
    """The command as it is typed, `roster import`, below the program or the group of it that was called by itself."""
    above = context.parent
    if above is None or (above.parent is None and above.info_name not in GROUPS):
        return context.info_name or ""
    return f"{_path(above)} {context.info_name}"


def _flag(each: Field[Any], default: str) -> Callable[[Command], Command]:
    """Its range is checked with the settings. default: the command's, "" where it is the setting's own."""
    about = each.metadata
    kind: Any = kind_of(each)
    if about["choices"]:
        kind = click.Choice(about["choices"])
    elif kind is Path:
        kind = click.Path(path_type=Path)
    default = default or config.default_text(each)
    unit = f" {about['unit']}" if about["unit"] else ""
    text = about["text"] + (f"  [default: {default}{unit}]" if default else "")
    return click.option(flag_of(each), each.name, type=kind, help=text)


def change_options(command: Command) -> Command:
    """`--as NAME`: who answers for a change; and `--json`."""
    about = "who answers for the change  [default: the user of the operating system]"
    return click.option("--as", "by", default=system_account, metavar="NAME", help=about)(json_option(command))


def json_option(command: Command) -> Command:
    """`--json`: the result for programs."""
    return click.option("--json", "as_json", is_flag=True, help="print the result as JSON")(command)


def read_file(path: Path, what: str = "file", most: int = -1) -> bytes:
    """At most so many bytes of it. Raises BadRequest where it cannot be read."""
    try:
        with path.open("rb") as opened:
            return opened.read(most)
    except OSError as error:
        raise BadRequest(f"The {what} {path} cannot be read: {error.strerror}.") from error


def print_result(as_json: bool, data: Any, lines: Iterable[str]) -> None:
    """data: for programs; lines: the same for people."""
    if as_json:
        print_json(data)
        return
    for line in lines:
        click.echo(line)


def print_json(value: Any) -> None:
    """On standard output, Korean as it is; a message of the wire as the wire has it, its defaults written out."""
    click.echo(json.dumps(_whole(value), ensure_ascii=False, default=str, indent=2))


def _whole(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        tag = value.__struct_config__.tag
        fields = {name: _whole(getattr(value, name)) for name in value.__struct_fields__}
        return {"type": tag, **fields} if tag else fields
    if isinstance(value, tuple):
        return [_whole(each) for each in value]
    return msgspec.to_builtins(value) if isinstance(value, datetime) else value
