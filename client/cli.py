"""The client's commands: words of a command line in, results and an exit status out. Knows no socket and no bytes.

Exit status: 0 done, 1 not done (server away, refused, not confirmed), 2 asked for wrongly, 130 stopped by Ctrl-C.
With --json a failure is printed as {"error": {"code", "text"}} too.
"""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

import click

from client import rollcall as roll_calls
from client.api import Api, now_utc
from client.config import DEFAULT_SERVER, DEFAULT_TIMEOUT_S, load
from client.confirmation import ClassPicture
from client.console import note, prepare_streams, show_json, waiting
from client.errors import ClientError, Refused, UsageError
from client.questions import call_names, confirm_seen, send_answers
from client.results import show_faces, show_faces_json, show_marks, show_roster
from client.transport import TcpTransport
from protocol.framing import MAX_PAYLOAD_BYTES
from protocol.messages import Faces, State

PROGRAM = "attendance_client.py"
_STOPPED = "Stopped. What had been sent is recorded whole or not at all."

C = TypeVar("C", bound=Callable[..., Any])


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Options stand before or behind the command; the one behind counts."""
    if value is not None and value is not False:
        context.ensure_object(dict)[parameter.name] = value


def _everywhere(command: C) -> C:
    """The options of every command."""
    for option in (
        click.option("--json", is_flag=True, expose_value=False, callback=_remember,
                     help="Print the result as JSON, in UTF-8; a failure as {\"error\": {\"code\", \"text\"}}."),
        click.option("--device", metavar="NAME", expose_value=False, callback=_remember,
                     help="This device's name in the server's records (ROLLCALL_DEVICE; default: the host's name)."),
        click.option("--timeout", metavar="SECONDS", expose_value=False, callback=_remember,
                     help=f"How long an answer may take (ROLLCALL_TIMEOUT_S; default: {DEFAULT_TIMEOUT_S:g})."),
        click.option("--server", metavar="HOST:PORT", expose_value=False, callback=_remember,
                     help=f"Where the server is (ROLLCALL_SERVER; default: {DEFAULT_SERVER})."),
    ):  # fmt: skip
        command = option(command)
    return command


def _given(context: click.Context, parameter: click.Parameter, value: str) -> str:  # noqa: ARG001
    if not value.strip():
        example = "201511041" if parameter.name == "student" else "ea0017_1"
        raise UsageError(f"The {parameter.name} is empty; give its number or code, such as {example}.")
    return value


_course = click.argument("course", callback=_given)
_hour = click.option("--hour", type=click.IntRange(1, 24), help="Class hour (default: the one on now).")


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=f"Example: {PROGRAM} --server 192.0.2.10:20060 roster ea0017_1",
)
@_everywhere
@click.pass_context
def commands(context: click.Context) -> None:
    """Rollcall's client: ask who is in a picture, record attendance, call the roll."""
    context.ensure_object(dict)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        click.echo("\nThere is no window yet: give one of the commands above.")


@commands.command(epilog=f"Example: {PROGRAM} mark 201511041 ea0017_1 --state late --hour 2")
@click.argument("student", callback=_given)
@_course
@click.option("--state", type=click.Choice(roll_calls.STATES), default="present", show_default=True,
              help="What to record.")  # fmt: skip
@_hour
@_everywhere
@click.pass_context
def mark(context: click.Context, student: str, course: str, state: str, hour: int | None) -> None:
    """Record one STUDENT's state in a class hour of a COURSE."""
    marked = _api(context).mark(student, course, state=cast("State", state), hour=hour)
    show_marks([marked], as_json=_wants_json(context))


@commands.command(epilog=f"Example: {PROGRAM} roster ea0017_1")
@_course
@_everywhere
@click.pass_context
def roster(context: click.Context, course: str) -> None:
    """Show a COURSE's list, and what is recorded today."""
    show_roster(_api(context).roster(course), as_json=_wants_json(context))


@commands.command(epilog=f"Example: {PROGRAM} snapshot class.jpg --course ea0017_1 --confirm")
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--course", required=True, metavar="COURSE", callback=_given, help="Look among this course's students.")
@click.option("--confirm", "confirming", is_flag=True,
              help="Ask for each recognised student, and record the confirmed as present.")  # fmt: skip
@click.option("--record", is_flag=True, help="Let the server keep the recognised faces as sightings.")
@_hour
@_everywhere
@click.pass_context
def snapshot(
    context: click.Context, image: Path, course: str, confirming: bool, record: bool, hour: int | None
) -> None:
    """Show whose faces are in an IMAGE.

    Each with its box in pixels (left, top, right, bottom), student number, name, and the distance to that student's
    photograph: lower is more alike.
    """
    if hour is not None and not confirming:
        raise UsageError("--hour says where confirmed students are recorded; give it together with --confirm.")
    content = _read_image(image)
    api = _api(context)
    on_list = api.roster(course)
    answer = _look(api, content, image, course, record=record)
    picture = ClassPicture(answer, on_list, hour)
    as_json = _wants_json(context)
    if not as_json:
        show_faces(answer, picture)
    confirmed = confirm_seen(picture, course, hour) if confirming else []
    marked = send_answers(api, confirmed) if confirmed else ()
    if as_json:
        show_faces_json(answer, picture, marked)
    elif confirming:
        show_marks(marked, {each.student: each.name for each in picture.seen})


@commands.command(epilog=f"Example: {PROGRAM} rollcall ea0017_1 --file absent.csv --all present")
@_course
@click.option("--file", "file", type=click.Path(path_type=Path), metavar="CSV",
              help="Take the answers from a CSV with the columns student_id,state instead of asking.")  # fmt: skip
@click.option("--all", "rest", type=click.Choice(roll_calls.STATES),
              help="Record this state for everyone whom --file does not name; nobody is asked.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Send at the end of the list without asking again.")
@_hour
@_everywhere
@click.pass_context
def rollcall(
    context: click.Context, course: str, file: Path | None, rest: str | None, yes: bool, hour: int | None
) -> None:
    """Call the roll of a COURSE.

    All answers are sent in one batch, which is recorded whole or not at all.
    """
    answers = roll_calls.read_answers(_read_file(file, roll_calls.MAX_CSV_BYTES)) if file else []
    api = _api(context)
    answer = api.roster(course)
    if not answer.students:
        raise ClientError(f"Nobody is on the list of course {course}; import its roster on the server first.")
    roll = roll_calls.RollCall(answer, hour)
    roll_calls.tick_answers(roll, answers, now_utc())
    if rest:
        roll.tick_rest(cast("State", rest), now_utc())
    asking = file is None and rest is None
    if asking:
        call_names(roll, yes=yes)
    else:
        note(roll.summary() + ".")
    marked = send_answers(api, roll.batch()) if asking else api.marks(roll.batch()).marks
    show_marks(marked, {entry.student: entry.name for entry in roll.students}, as_json=_wants_json(context))


def _api(context: click.Context) -> Api:
    settings = load(context.obj, os.environ)
    transport = context.with_resource(closing(TcpTransport(settings.host, settings.port, settings.timeout_s)))
    return Api(transport, settings.device)


def _look(api: Api, content: bytes, image: Path, course: str, *, record: bool) -> Faces:
    """Whose faces are in an image's bytes; `image` names it in the error."""
    try:
        with waiting("The server looks for faces…"):
            return api.snapshot(content, course=course, record=record)
    except Refused as error:
        if error.code != "no_face":
            raise
        raise Refused(
            f"No face was found in {image}: take the picture upright, from nearer and with more light, then again.",
            error.code, error.retry,
        ) from error  # fmt: skip


def _wants_json(context: click.Context) -> bool:
    return bool(context.obj.get("json"))


def _read_image(path: Path) -> bytes:
    content = _read_file(path, MAX_PAYLOAD_BYTES)
    if not content:
        raise UsageError(f"{path} is empty; give the file of an image.")
    return content


def _read_file(path: Path, limit: int) -> bytes:
    """The file's bytes, at most `limit` of them. Raises UsageError."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}).") from error
    if len(content) > limit:
        raise UsageError(f"{path} is larger than {limit} bytes, the most that can be sent.")
    return content


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit status."""
    prepare_streams()
    try:
        return commands.main(list(arguments), PROGRAM, standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        _show_failure(arguments, UsageError.code, error.format_message())
        return error.exit_code
    except ClientError as error:
        note(f"{PROGRAM}: {error.text}")
        _show_failure(arguments, error.code, error.text)
        return error.exit_status
    except (click.Abort, KeyboardInterrupt):
        note(_STOPPED)
        _show_failure(arguments, "stopped", _STOPPED)
        return 130


def _show_failure(arguments: Sequence[str], code: str, text: str) -> None:
    """For a program that asked for JSON; the command line may be too wrong to be parsed."""
    if "--json" in arguments:
        with suppress(BrokenPipeError):
            show_json({"error": {"code": code, "text": text}})


def main() -> NoReturn:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))
