"""`erase`: remove a student's traces."""

import click

from server.bootstrap.store import store_of
from server.cli.options import (
    DATABASE,
    IDENTIFIER,
    change_options,
    print_result,
    with_settings,
)
from server.clock import utc_now
from server.config import Settings
from server.services.enrolment.erasure import Receipt, erase
from server.services.enrolment.photographs import kept_here


@click.command(name="erase")
@click.argument("student", type=IDENTIFIER)
@with_settings((*DATABASE, "knowns", "photographs", "timezone"))
@change_options
def erase_command(settings: Settings, student: str, by: str, as_json: bool) -> None:
    """Remove a STUDENT's photographs, templates and sightings, and print a receipt.

    The marks stay: they are the record of attendance. Photographs that are copied back are refused until
    `enrol --again STUDENT`. Names of files that somebody has to look at are told on standard error: they are no part
    of the receipt.

    \b
    Example:
      face_recog_server.py erase 201511041 --as "data protection officer" > receipt.txt
    """
    folder = kept_here(settings.own_photographs)
    with store_of(settings) as store:
        receipt: Receipt = erase(store, folder, student, at=utc_now().astimezone(settings.zone), by=by)
    print_result(as_json, receipt.record(), [receipt.text()])
    for sentence in receipt.to_look_at:
        click.echo(sentence, err=True)
