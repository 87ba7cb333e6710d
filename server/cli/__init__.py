"""Run the server's commands."""

import sys
from importlib import import_module
from typing import Final

import click

from server import __version__
from server.errors import RollcallError

# Where each command is: its module here, and its name there.
PROGRAM = "face_recog_server.py"
COMMANDS: Final = {
    "access-log": "identity.access_log:access_log",
    "backup": "machine.backup:backup",
    "breach": "data_protection.privacy:breach",
    "camera": "machine.camera:camera",
    "cert": "machine.cert:cert",
    "cluster": "machine.cluster:cluster",
    "consent": "data_protection.consent:consent",
    "course": "classes.course:course",
    "db": "machine.db:db",
    "demo": "demo:demo",
    "device": "identity.device:device",
    "doctor": "machine.doctor:doctor",
    "enrol": "faces.enrol:enrol_command",
    "erase": "data_protection.erase:erase_command",
    "evaluate": "faces.evaluate:evaluate_command",
    "fit": "faces.fit:fit_command",
    "key": "machine.key:key",
    "lti": "identity.lti:lti",
    "mail": "machine.mail:mail",
    "models": "faces.models:models",
    "pairing": "identity.pairing:pairing",
    "privacy": "data_protection.privacy:privacy",
    "quality": "classes.quality:quality_command",
    "recalibrate": "faces.recalibrate:recalibrate_command",
    "recogniser": "recogniser:recogniser",
    "report": "classes.report:report_command",
    "room": "room:room",
    "roster": "classes.roster:roster",
    "serve": "serve:serve",
    "session": "classes.session:session",
    "staff": "identity.staff:staff",
    "term": "classes.term:term",
    "user": "identity.user:user",
    "zone": "zone:zone",
}


class LazyGroup(click.Group):
    """Imports a command when it is named: what recognition needs takes a second to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"server.cli.{module}"), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="Rollcall")
def commands() -> None:
    """Rollcall: attendance by face recognition. Without a command the server starts (`serve`)."""


def main() -> None:
    """An error is one sentence on standard error and exit status 1."""
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
