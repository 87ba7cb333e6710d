"""`enrol`: enrol photographs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from server.bootstrap.recognition import recogniser_of
from server.bootstrap.store import store_of
from server.cli.options import PHOTOGRAPHS, as_option, json_option, print_json, with_settings
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.gallery.findings import find_oddities
from server.recognition import decode_image
from server.services.class_day.galleries import as_gallery
from server.services.enrolment.enrol import EnrolReport, enrol, forget_all
from server.services.enrolment.enrol import Progress as Report


@click.command(name="enrol")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
@with_settings(PHOTOGRAPHS)
@click.option("--prune", is_flag=True, help="remove the templates of photographs that are gone from the folder")
@click.option("--again", multiple=True, metavar="STUDENT", help="take an erased student's photographs again")
@click.option("--new-key", is_flag=True, help="the key file is lost: forget every template and enrol all anew")
@as_option
@json_option
def enrol_command(
    settings: Settings, folder: Path | None, prune: bool, again: tuple[str, ...], new_key: bool, by: str, as_json: bool
) -> None:
    """Enrol the photographs of DIR (default: --knowns), and say of each one whether it was taken, or why not.

    A photograph is <student number>/*.jpg, <student number>.jpg or <student number>_anything.jpg. What is known
    already is not looked at again. A running server uses the new photographs at once. What somebody should look at (one
    person under two numbers, a photograph that does not fit, look-alikes) is told on standard error.

    \b
    Example:
      face_recog_server.py enrol knowns --prune
    """
    with store_of(settings) as store:
        if new_key:
            click.echo(f"Forgotten: {counted(forget_all(store), 'template')} of the lost key.", err=True)
        recogniser = recogniser_of(settings)
        with _progress_bar() as progress:
            report = enrol(
                store,
                recogniser,
                folder or settings.knowns,
                at=utc_now(),
                by=by,
                prune=prune,
                again=again,
                progress=progress,
                decode=partial(decode_image, max_pixels=settings.max_image_pixels),
            )
        oddities = find_oddities(as_gallery(store.templates.of_model(recogniser.model_id), recogniser.model_id))
    if as_json:
        print_json([asdict(line) for line in report.lines])
    else:
        _print_report(report)
    for finding in oddities:
        click.echo(finding.text, err=True)


@contextmanager
def _progress_bar() -> Iterator[Report]:
    """On standard error where that is a terminal, from the first photograph on."""
    console = Console(stderr=True)
    columns = (TextColumn("photographs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("photographs", visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


def _print_report(report: EnrolReport) -> None:
    for line in report.lines:
        click.echo(f"{line.name}: {line.outcome}{': ' + line.text if line.text else ''}")
    click.echo(report.summary)
