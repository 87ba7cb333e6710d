"""What the client's commands share."""

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from client.api import Api
from client.cli.console import note
from client.config import ClientSettings, load
from client.errors import UsageError
from client.outbox import Outbox, Post
from client.transport import transport_to
from settings import flag_of
from texts.identifiers import is_changed, normal, spelt_out

# As protocol.fields.StudentId and CourseCode.
PROGRAM = "attendance_client.py"
LONGEST_CODE = 32
# Of a command that asks nobody whether to try again: a server that is busy for a moment has taken it then.
PAUSES_S: Final = (1.0, 2.0)
_WITH_FLAG: Final = ("server", "timeout_s", "outbox", "device", "token_file", "tls", "ca")

C = TypeVar("C", bound=Callable[..., Any])


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Options stand before or behind the command; the one behind counts."""
    if value is not None and value is not False:
        context.ensure_object(dict)[parameter.name] = value


def everywhere(command: C) -> C:
    """The options of every command."""
    command = click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help='Print the result as JSON, in UTF-8; a failure as {"error": {"code", "text"}}.',
    )(command)
    for each in reversed(fields(ClientSettings)):
        if each.name in _WITH_FLAG:
            kind: dict[str, Any] = {"is_flag": True} if each.type is bool else {"metavar": each.metadata["unit"]}
            text = each.metadata["text"]
            command = click.option(flag_of(each), **kind, expose_value=False, callback=_remember, help=text)(command)
    return command


def given(context: click.Context, parameter: click.Parameter, value: str) -> str:  # noqa: ARG001
    if not value.strip():
        example = "201511041" if parameter.name == "student" else "ea0017_1"
        raise UsageError(f"The {parameter.name} is empty; give its number or code, such as {example}.")
    if len(value) > LONGEST_CODE:
        raise UsageError(
            f"The {parameter.name} {value[:LONGEST_CODE]}… has {len(value)} characters, but at most {LONGEST_CODE} are "
            "allowed; check what was typed."
        )
    return plain(value)


def given_or_none(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    return None if value is None else given(context, parameter, value)


def plain(value: str) -> str:
    """A student number or a course code in its one form; it is told where it was typed otherwise."""
    read = normal(value)
    if is_changed(value, read):
        note(f"{spelt_out(value)} is read as {read}.")
    return read


course_argument = click.argument("course", callback=given)
hour_option = click.option("--hour", type=click.IntRange(1, 24), help="Class hour (default: the one on now).")


def settings_of(context: click.Context) -> ClientSettings:
    """The settings of this command line and the environment."""
    return load(context.obj, os.environ)


def api_of(context: click.Context) -> Api:
    """A way to the server, ended with the command."""
    settings = settings_of(context)
    transport = context.with_resource(closing(transport_to(settings, settings.timeout_s)))
    return Api(transport, settings.device, token=settings.token or None)


def outbox_of(context: click.Context) -> Outbox:
    """Closed with the command; it is said where a damaged one had to be set aside."""
    settings = settings_of(context)
    outbox = context.with_resource(closing(Outbox(settings.outbox, settings.server_name)))
    if outbox.set_aside is not None:
        note(
            f"The outbox {settings.outbox} was damaged. It was set aside as {outbox.set_aside}: what waited in it has "
            "not been sent; keep that file and tell the staff. A new outbox was made."
        )
    return outbox


def post_of(context: click.Context, pauses_s: Sequence[float] = ()) -> Post:
    return Post(outbox_of(context), api_of(context), pauses_s)


def wants_json(context: click.Context) -> bool:
    """Whether the result is for a program."""
    return bool(context.obj.get("json"))


def read_file(path: Path, limit: int) -> bytes:
    """At most `limit` bytes. Raises UsageError."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}).") from error
    if len(content) > limit:
        raise UsageError(f"{path} is larger than {limit} bytes, the most that can be sent.")
    return content
