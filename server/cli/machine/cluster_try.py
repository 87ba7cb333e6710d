"""`cluster try`: a whole cluster on this machine, and a class in it."""

import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from demo import COURSE, Play, ProgramFailed, Unexpected, Where, play_class
from server.cli.options import with_settings
from server.cli.table import print_table
from server.clock import utc_now
from server.cluster.trial import Trial, loopback_plan, require_packages
from server.config import Settings
from server.errors import SetupProblem

KINDS: Final = ("writer", "server", "recogniser")
AGAIN_S: Final = 30.0


@click.command("try")
@click.option("--kill", "kind", type=click.Choice(KINDS), help="kill one amid the class, as a machine dies")
@click.option("--stay", is_flag=True, help="go on afterwards, until Ctrl-C")
@with_settings(("family", "log_level"))
def try_command(settings: Settings, kind: str | None, stay: bool) -> None:
    """Play a whole cluster on this machine: three databases, two servers, three recognisers and the proxies.

    All of them read the files that `render` makes, on addresses of loopback; a class is played through them, and
    everything is stopped and removed at the end. It needs haproxy and MariaDB Galera, and says which packages are
    missing. As root or not.

    \b
    Examples:
      face_recog_server.py cluster try
      face_recog_server.py cluster try --kill writer
    """
    require_packages()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="rollcall-") as name:
        folder = Path(name)
        more = {"ROLLCALL_FAMILY": settings.family, "ROLLCALL_LEGACY_COURSE": COURSE}
        trial = Trial(loopback_plan(folder), folder, now=utc_now(), settings=more)
        try:
            trial.start(lambda what: click.echo(f"Starting {what} …"))
            _show(trial)
            _play(trial, kind)
            if kind:
                # Whoever sends nothing to it learns of it by the next checks.
                trial.wait_for(lambda: not all(each.is_up for each in trial.states()), "the proxies to find out")
                _show(trial)
            if stay:
                click.echo(f"Clients reach it by --server {trial.address} --ca {trial.ca}; Ctrl-C ends it.")
                signal.pause()
        except KeyboardInterrupt:
            click.echo("Stopping.")
        finally:
            trial.stop()


def _show(trial: Trial) -> None:
    rows = [(each.name, each.address, each.what, "up" if each.is_up else "DOWN") for each in trial.states()]
    print_table(("machine", "address", "what", "state"), rows, texts=4)


def _play(trial: Trial, kind: str | None) -> None:
    """Raises SetupProblem where the class is not as it should be."""
    at = Where(trial.plan.front.address, trial.plan.port)
    (trial.folder / "class").mkdir()
    play = Play(Console(highlight=False), trial.folder / "class", {**trial.environment(), "ROLLCALL_CA": str(trial.ca)})
    try:
        play_class(play, at, amid=lambda: _kill(trial, kind, play, at) if kind else None)
    except (ProgramFailed, Unexpected, OSError) as error:
        raise SetupProblem("The class did not go as it should: {why}", why=str(error)) from error


def _kill(trial: Trial, kind: str, play: Play, at: Where) -> None:
    name = {"writer": trial.writer, "server": trial.plan.servers[0].name}.get(
        kind, f"{trial.plan.recognisers[0].name}-1"
    )
    trial.kill(name)
    deadline = time.monotonic() + AGAIN_S
    while True:
        try:
            play.client(at, "roster", COURSE)
            break
        except ProgramFailed:
            if time.monotonic() > deadline:
                raise
    play.say(f"{name} ({kind}) was killed amid the class, and a client is answered again.")
