"""`cert new`: a campus's own authority and the server's certificate by it."""

from pathlib import Path
from typing import Any

import click

from server.cli.options import json_option, print_result
from server.clock import utc_now
from server.tls.authority import AUTHORITY_DAYS, DAYS, AuthorityFolder, new_certificate


@click.group()
def cert() -> None:
    """Make certificates for a trial, and where no public authority vouches for the server."""


@cert.command("new")
@click.option("--name", "names", multiple=True, required=True, metavar="HOST", help="as clients call it; repeatable")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="folder of the files")
@click.option(
    "--days", type=click.IntRange(1, AUTHORITY_DAYS), default=DAYS, show_default=True, help="how long it holds"
)
@json_option
def new_command(names: tuple[str, ...], out: Path, days: int, as_json: bool) -> None:
    """Make a certificate for the server, by the authority in DIR, which is made where there is none.

    Clients need DIR/authority.pem as their --ca. Run it again before the certificate is over: a server that runs takes
    up the new one by itself, and the clients' file stays the same. Keep DIR/authority.key away from the server: who has
    it can pose as any server before these clients.

    \b
    Example:
      face_recog_server.py cert new --name rollcall.example.ac.kr --name 10.0.3.5 --out certificates
    """
    folder = AuthorityFolder(out)
    ends = new_certificate(folder, names, now=utc_now(), days=days)
    data: dict[str, Any] = {
        "tls_certificate": str(folder.certificate),
        "tls_key": str(folder.key),
        "ca": str(folder.authority),
        "names": list(names),
        "ends": f"{ends:%Y-%m-%d}",
    }
    lines = [
        f"A certificate for {', '.join(names)} until {ends:%Y-%m-%d}:",
        f"  the server's settings: tls_certificate = {folder.certificate}, tls_key = {folder.key}",
        f"  the clients':          --ca {folder.authority}",
    ]
    print_result(as_json, data, lines)
