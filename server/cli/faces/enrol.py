"""`enrol`: enrol photographs."""

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from server.bootstrap.consent import consent_gate
from server.bootstrap.constants import constants_of_file
from server.bootstrap.family import store_family
from server.bootstrap.recognition import other_recognisers, recogniser_of
from server.bootstrap.store import store_of
from server.cli.options import (
    IDENTIFIER,
    PHOTOGRAPHS,
    change_options,
    print_result,
    with_settings,
)
from server.cli.progress import progress_bar
from server.clock import utc_now
from server.config import Settings
from server.counted import counted
from server.faces import Recogniser
from server.families import Family
from server.gallery import DecisionConstants, Gallery, find_oddities
from server.recognition import PhotographDecoder
from server.services.class_day.galleries import as_gallery
from server.services.enrolment.enrolment import EnrolReport, enrol, unrecognised
from server.services.enrolment.originals import destroy_originals
from server.services.enrolment.photographs import kept_here, printable
from server.store import Store


@click.command(name="enrol")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
@with_settings((*PHOTOGRAPHS, "keep_photographs", "host", "consent"))
@click.option("--prune", is_flag=True, help="remove the templates of photographs that are gone from the folder")
@click.option(
    "--again", multiple=True, metavar="STUDENT", type=IDENTIFIER, help="take an erased student's photographs again"
)
@click.option(
    "--again-all",
    is_flag=True,
    help="after a change of --family: make what is missing, and say who must be photographed again",
)
@click.option(
    "--every-family",
    is_flag=True,
    help="for photographs that will not be kept: make templates of every family whose networks are here",
)
@click.option("--new-key", is_flag=True, help="the key file is lost: forget every template and enrol all anew")
@change_options
def enrol_command(
    settings: Settings,
    folder: Path | None,
    prune: bool,
    again: tuple[str, ...],
    again_all: bool,
    every_family: bool,
    new_key: bool,
    by: str,
    as_json: bool,
) -> None:
    """Enrol the photographs of DIR (default: --knowns), and say of each one whether it was taken, or why not.

    A photograph is <student number>/*.jpg, <student number>.jpg or <student number>_anything.jpg. What is known
    already is not looked at again. Where the setting keep_photographs is false, --every-family holds, and then the
    photographs are destroyed that every family has looked at. A running server uses the new photographs at once. What
    somebody should look at (one person under two numbers, a photograph that does not fit, look-alikes) is told on
    standard error.

    \b
    Example:
      face_recog_server.py enrol knowns --prune
    """
    if prune:
        kept_here(settings.own_photographs)
    with store_of(settings) as store:
        if new_key:
            click.echo(f"Forgotten: {counted(store.templates.remove_all(), 'template')} of the lost key.", err=True)
        family = store_family(settings, store)
        make = partial(_enrol, store, settings, folder or settings.knowns, by)
        recogniser = recogniser_of(settings, family)
        constants = constants_of_file(settings, recogniser.model_id)
        report = make(recogniser, prune=prune, again=again)
        notes = [finding.text for finding in find_oddities(_gallery(store, recogniser, constants))]
        notes += _left_behind(store, recogniser, report) if again_all else []
        looked = [recogniser]
        for other in _others(settings, family) if every_family or not settings.keep_photographs else ():
            notes.append(f"Family {other.family}: {make(other).summary}")
            looked.append(other)
        if not settings.keep_photographs:
            notes += _destroyed(store, settings, folder or settings.knowns, looked, by)
    print_result(as_json, [asdict(line) for line in report.lines], _in_words(report))
    for note in notes:
        click.echo(note, err=True)


def _enrol(store: Store, settings: Settings, folder: Path, by: str, recogniser: Recogniser, **more: Any) -> EnrolReport:
    """more: what else `enrol` takes."""
    decode = PhotographDecoder(settings.max_image_pixels)
    with progress_bar("photographs") as progress:
        allowed = consent_gate(settings, store).allowed()
        return enrol(
            store, recogniser, folder, at=utc_now(), by=by, progress=progress, decode=decode, allowed=allowed, **more
        )


def _gallery(store: Store, recogniser: Recogniser, constants: DecisionConstants | None) -> Gallery:
    return as_gallery(store.templates.of_model(recogniser.model_id), recogniser.model_id, constants)


def _others(settings: Settings, family: Family) -> Iterator[Recogniser]:
    return other_recognisers(settings, family.name, lambda said: click.echo(said, err=True))


def _destroyed(store: Store, settings: Settings, folder: Path, looked: list[Recogniser], by: str) -> Iterator[str]:
    """What was destroyed of the server's own folder, or why nothing was."""
    if folder.resolve() != settings.knowns.resolve():
        yield f"The photographs in {printable(str(folder))} stay, for they are not in the setting knowns: remove them."
        return
    gone = destroy_originals(store, folder, looked, at=utc_now(), by=by)
    yield f"Destroyed, for keep_photographs is false: {counted(gone.files, 'photograph')}."
    if gone.stuck:
        yield f"Still there: {'; '.join(gone.stuck)}. Mend that and enrol again."


def _left_behind(store: Store, recogniser: Recogniser, report: EnrolReport) -> Iterator[str]:
    """Whom the family still does not know."""
    gone, refused = unrecognised(store, recogniser.model_id, report)
    if gone:
        yield (
            f"Of {counted(len(gone), 'student')} no photograph is left, and family {recogniser.family} cannot "
            f"recognise them: photograph them again: {', '.join(gone)}."
        )
    if refused:
        yield (
            f"The photographs of {counted(len(refused), 'student')} were refused, and family {recogniser.family} "
            f"cannot recognise them: take others: {', '.join(refused)}."
        )


def _in_words(report: EnrolReport) -> Iterator[str]:
    for line in report.lines:
        yield f"{printable(line.name)}: {line.outcome}{': ' + line.text if line.text else ''}"
    yield report.summary
