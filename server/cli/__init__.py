"""The server's commands: flags in, text or JSON out, an exit status. Knows no SQL, no socket and no pixel."""

import sys

import click

from server import __version__
from server.cli.course import course, term
from server.cli.database import db
from server.cli.demo import demo
from server.cli.doctor import doctor
from server.cli.evaluate import evaluate_command as evaluate
from server.cli.people import enrol_command as enrol
from server.cli.people import erase_command as erase
from server.cli.recalibrate import recalibrate_command as recalibrate
from server.cli.report import report_command as report
from server.cli.roster import roster
from server.cli.serve import serve
from server.cli.session import session
from server.errors import RollcallError

PROGRAM = "face_recog_server.py"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="Rollcall")
def commands() -> None:
    """Rollcall: attendance by face recognition. Without a command the server starts (`serve`)."""


for command in (serve, enrol, erase, roster, course, term, session, report, recalibrate, evaluate, db, doctor, demo):
    commands.add_command(command)


def main() -> None:
    """Run the command line; an error is one sentence on standard error and exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    arguments = sys.argv[1:]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in {"-h", "--help", "--version"}):
        arguments.insert(0, "serve")
    try:
        commands(arguments, prog_name=PROGRAM)
    except RollcallError as error:
        click.echo(f"{PROGRAM}: {error.text}", err=True)
        sys.exit(1)
