"""Run the client's commands.

Exit status: 0 done, 1 not done, 2 asked for wrongly, 3 kept on this machine and not at the server yet, 130 stopped by
Ctrl-C.
"""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click

from cameras.errors import CameraError
from client.cli.console import note, prepare_streams, show_json
from client.cli.mark import mark
from client.cli.options import PROGRAM, everywhere
from client.cli.outbox import outbox
from client.cli.pair import pair
from client.cli.rollcall import rollcall
from client.cli.roster import roster
from client.cli.session import session
from client.cli.snapshot import snapshot
from client.cli.watch import watch
from client.cli.window import why_no_window, window
from client.errors import ClientError, UsageError
from settings.logs import log_ends_of_threads, log_to_stderr
from settings.version import VERSION

_STOPPED = "Stopped. What had been sent is recorded whole or not at all; what waits is listed by `outbox`."


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=f"Example: {PROGRAM} --server 192.0.2.10:20060 roster ea0017_1",
)
@click.version_option(VERSION, prog_name="Rollcall")
@everywhere
@click.pass_context
def commands(context: click.Context) -> None:
    """Rollcall's client: ask who is in a picture, record attendance, call the roll. Without a command: the window."""
    context.ensure_object(dict)
    if context.invoked_subcommand is None:
        _open_window(context)


for command in (window, mark, roster, snapshot, rollcall, session, watch, outbox, pair):
    commands.add_command(command)


def _open_window(context: click.Context) -> None:
    """What the program does without a command; where there can be no window, the help and why."""
    if reason := why_no_window():
        click.echo(f"{context.get_help()}\n\n{reason}")
        return
    with window.make_context("window", [], parent=context) as below:
        window.invoke(below)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit status."""
    prepare_streams()
    try:
        return commands.main(list(arguments), PROGRAM, standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        _show_failure(arguments, UsageError.code, error.format_message())
        return error.exit_code
    except (ClientError, CameraError) as error:
        note(f"{PROGRAM}: {error.text}")
        _show_failure(arguments, error.code, error.text)
        return error.exit_status
    except (click.Abort, KeyboardInterrupt):
        note(_STOPPED)
        _show_failure(arguments, "stopped", _STOPPED)
        return 130


def _show_failure(arguments: Sequence[str], code: str, text: str) -> None:
    # For a program that asked for JSON; the command line may be too wrong to be parsed.
    if "--json" in arguments:
        with suppress(BrokenPipeError):
            show_json({"error": {"code": code, "text": text}})


def main() -> NoReturn:
    """Run the command line of this process."""
    log_to_stderr("warning", "%(message)s")
    log_ends_of_threads()
    sys.exit(run(sys.argv[1:]))
