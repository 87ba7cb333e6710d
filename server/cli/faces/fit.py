"""`fit`: make the constants of the decision from people of one's own."""

import os
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from server.bootstrap.family import set_family
from server.bootstrap.recognition import recogniser_of
from server.cli.faces.evaluate import tell
from server.cli.options import PHOTOGRAPHS, with_settings
from server.clock import utc_now
from server.config import Settings
from server.errors import BadRequest
from server.gallery.constants import constants_text
from server.recognition import PhotographDecoder
from server.recognition.reduced import FACE_SIZES, reduced_embeddings
from server.services.evaluation.fit import fit_people
from server.services.evaluation.people import PhotographReader, Shown
from server.services.evaluation.trials import find_same_people


@click.command(name="fit")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.toml",
    help="where the constants are written; `serve --constants FILE.toml` decides by them",
)
@with_settings(tuple(name for name in PHOTOGRAPHS if name not in {"knowns", "photographs", "constants"}))
def fit_command(settings: Settings, folder: Path, out: Path) -> None:
    """Fit the decision to your own people: DIR holds a folder of photographs for each person, at least two in each.

    Made for an embedder of your own, or for people unlike those whom the shipped constants were fitted on. It needs
    forty people with two photographs, and says little before there are hundreds. Measure by `evaluate`, on other people
    than these. What is odd about the photographs is told on standard error: it spoils the constants.

    \b
    Example:
      face_recog_server.py fit photographs --embedder sface.onnx --out sface-constants.toml
    """
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise BadRequest(f"{out} cannot be written: there is no folder {out.parent}, or it may not be written to.")
    family = set_family(settings)
    recogniser = recogniser_of(settings, family)
    reader = PhotographReader(
        recogniser,
        recogniser_of(settings, family, mirror=False),
        PhotographDecoder(settings.max_image_pixels),
        partial(reduced_embeddings, sizes=FACE_SIZES),
    )
    shown = _read(reader, folder)
    same = find_same_people(shown.people, recogniser.model_id)
    tell([*shown.remarks, *(finding.text for finding in same)])
    constants = fit_people(
        shown.people,
        FACE_SIZES,
        model_id=recogniser.model_id,
        family=family.name,
        fitted=f"{utc_now().date()}, on {len(shown.people)} people, for {recogniser.model_id}",
        progress=lambda what: click.echo(f"{what} ...", err=True),
    )
    out.write_text(constants_text(constants), encoding="utf-8")
    click.echo(f"{out} holds the constants; decide by them with --constants {out}.")


def _read(reader: PhotographReader, folder: Path) -> Shown:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        looking = bar.add_task("photographs", total=None)
        return reader.read(folder, lambda done, total: bar.update(looking, completed=done, total=total))
