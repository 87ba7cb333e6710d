"""`cluster`: the files of many machines."""

from pathlib import Path

import click

from server.cli.machine.cluster_try import try_command
from server.cli.options import FILE, with_settings
from server.clock import utc_now
from server.cluster.certificates import make_certificates
from server.cluster.plan import read_plan
from server.cluster.rendering import rendered
from server.config import Settings
from server.counted import counted
from server.errors import BadRequest

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def cluster() -> None:
    """Make the files of a cluster's machines of one list of them."""


@cluster.command()
@click.argument("plan", type=FILE)
@click.option("--out", required=True, type=FOLDER, help="folder to write into, a folder in it for each machine")
@with_settings(("log_level",))
def render(settings: Settings, plan: Path, out: Path) -> None:  # noqa: ARG001 - for its log's level
    """Write the configurations of HAProxy, keepalived and MariaDB Galera, the settings and the systemd units of PLAN.

    PLAN is a TOML file; docs/scale.md has an example. What stands in the folder under the same names is replaced.

    \b
    Example:
      face_recog_server.py cluster render cluster.toml --out cluster
    """
    files = rendered(read_plan(plan))
    try:
        for name, content in files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise BadRequest(f"The files cannot be written into {out}: {error.strerror}.") from error
    click.echo(f"{counted(len(files), 'file')} in {out}.")


@cluster.command()
@click.argument("plan", type=FILE)
@click.option("--out", required=True, type=FOLDER, help="folder of the authority and the certificates")
@with_settings(("log_level",))
def certificates(settings: Settings, plan: Path, out: Path) -> None:  # noqa: ARG001 - for its log's level
    """Make a certificate for each machine of the pool of recognisers in PLAN, and their authority where there is none.

    A machine gets ca.pem and its own NAME.pem; ca-key.pem stays where it is, and off the machines.

    \b
    Example:
      face_recog_server.py cluster certificates cluster.toml --out pool
    """
    made = make_certificates(read_plan(plan), out, at=utc_now())
    click.echo(f"{counted(len(made), 'certificate')} in {out}.")


cluster.add_command(try_command)
