"""`evaluate`: measure recognition on people of one's own."""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from server.bootstrap.constants import constants_of_file
from server.bootstrap.family import not_fitted, set_family
from server.bootstrap.recognition import recogniser_of
from server.cli.options import FILE, PHOTOGRAPHS, Command, json_option, print_json, with_settings
from server.cli.table import print_table
from server.config import Settings
from server.counted import counted
from server.errors import BadRequest
from server.faces import Recogniser
from server.families import Family
from server.families.dlib_family import DLIB
from server.recognition import PhotographDecoder, dlib_box
from server.recognition.reduced import FACE_SIZES, reduced_embeddings
from server.services.evaluation.error_rates import ErrorRates, Rate
from server.services.evaluation.people import People, PhotographReader, Shown
from server.services.evaluation.trials import Trial, evaluate, find_same_people

# Lines of remarks, and of look-alikes, that are printed; how many more there are is said.
DECIDED = ("class", "face", "named", "95th", "missed", "rank 1", "wrong", "check")
BESIDE = ("class", "face", "ours named", "missed", "dlib 0.6 named", "missed", "dlib best missed", "at")
LEGEND = """In percent; in brackets 95 % limits over people.
named: strangers who are given a name (FPIR); 95th: in the worst class of twenty.
missed: students who are not given theirs (FNIR). rank 1: students' faces whose
nearest student is the right one. wrong: of the faces named `sure`, and check:
of all faces, those asked about; both where one face in ten is a stranger's."""
BESIDE_LEGEND = """Beside dlib: at its 0.6, and at the threshold, which nobody could have known,
at which it names as many strangers as were asked for."""
MOST_REMARKS = 20


def _figure(
    flag: str, kind: click.IntRange | click.FloatRange, default: float, text: str
) -> Callable[[Command], Command]:
    return click.option(flag, type=kind, default=default, show_default=True, metavar="N", help=text)


@click.command(name="evaluate")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR")
@with_settings(tuple(name for name in PHOTOGRAPHS if name not in {"knowns", "photographs"}))
@_figure(
    "--enrol", click.IntRange(1, 100), 1, "photographs of each person that are enrolled; the others are searched with"
)
@_figure(
    "--others", click.IntRange(0, 500), 0, "people who are enrolled beside each class, as in a database of many courses"
)
@_figure("--fpir", click.FloatRange(0.0001, 0.5), 0.01, "share of strangers' faces that may be given a name")
@click.option(
    "--small/--large-only",
    default=True,
    show_default=True,
    help="also with faces of 80, 60, 40, 30 and 24 pixels, shrunk and compressed",
)
@click.option("--plot", type=FILE, metavar="PNG", help="draw the curves")
@json_option
def evaluate_command(
    settings: Settings,
    folder: Path,
    enrol: int,
    others: int,
    fpir: float,
    small: bool,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Measure on your own people: DIR holds a folder of photographs for each person, at least two in each.

    Classes are drawn from them, everybody else is a stranger. A face that is not found counts as missed. Nothing is
    stored. Every rate stands beside plain dlib at 0.6 and at the threshold that would have been best. What is odd about
    the photographs (no face, one person in two folders) is told on standard error: it spoils the figures.

    \b
    Example:
      face_recog_server.py evaluate photographs --enrol 1 --plot curves.png
    """
    if plot:
        _require_folder(plot)
    sizes = FACE_SIZES if small else ()
    family = set_family(settings)
    reader = PhotographReader(
        recogniser_of(settings, family),
        _plain_dlib(settings, family),
        PhotographDecoder(settings.max_image_pixels),
        partial(reduced_embeddings, sizes=sizes),
        dlib_box if family.landmarks == "mtcnn" else lambda box: box,
    )
    trial = Trial(
        reader.recogniser.model_id, enrol, fpir, others, constants_of_file(settings, reader.recogniser.model_id)
    )
    shown, results = _measured(reader, folder, trial, (None, *sizes))
    same = find_same_people(shown.people, trial.model_id, trial.constants)
    tell([*filter(None, [not_fitted(settings, family)]), *shown.remarks, *(finding.text for finding in same)])
    if plot:
        _draw(results, plot)
    if as_json:
        print_json([asdict(each) for each in results])
    else:
        _print(shown.people, results)


def _plain_dlib(settings: Settings, family: Family) -> Recogniser:
    """What stands beside the family: dlib's embedder, or the one of its form that is set."""
    if family.name == DLIB.name:
        return recogniser_of(settings, family, mirror=False)
    return recogniser_of(replace(settings, embedder=None, detector=None, detector_file=None), DLIB, mirror=False)


def _require_folder(plot: Path) -> None:
    if not os.access(plot.parent, os.W_OK | os.X_OK):
        raise BadRequest(
            f"The picture {plot} cannot be written: there is no folder {plot.parent}, or it may not be written to."
        )


def _measured(
    reader: PhotographReader, folder: Path, trial: Trial, sizes: tuple[int | None, ...]
) -> tuple[Shown, list[ErrorRates]]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        looking, drawing = bar.add_task("photographs", total=None), bar.add_task("classes", total=None, visible=False)
        shown = reader.read(folder, lambda done, total: bar.update(looking, completed=done, total=total))
        results = evaluate(
            shown.people,
            trial,
            face_sizes=sizes,
            progress=lambda done, total: bar.update(drawing, completed=done, total=total, visible=True),
        )
    return shown, results


def tell(remarks: Sequence[str]) -> None:
    """On standard error, the first MOST_REMARKS of them."""
    for remark in remarks[:MOST_REMARKS]:
        click.echo(remark, err=True)
    if len(remarks) > MOST_REMARKS:
        click.echo(f"{counted(len(remarks) - MOST_REMARKS, 'more remark')} of this kind.", err=True)


def _draw(results: Sequence[ErrorRates], plot: Path) -> None:
    from server.services.evaluation.curves import draw  # matplotlib takes a second to import, and only this needs it

    try:
        draw(results, plot)
    except OSError as error:
        raise BadRequest(f"The picture {plot} cannot be written: {error.strerror or error}.") from error


def _print(people: People, results: Sequence[ErrorRates]) -> None:
    photographs = [each for of_person in people.values() for each in of_person]
    strangers = {each.class_size: each.strangers for each in results}
    held = ", ".join(f"{count} against a class of {size}" for size, count in sorted(strangers.items()))
    click.echo(
        f"People: {len(people)}; photographs: {len(photographs)}, no face found in {photographs.count(None)}.\n"
        f"Classes drawn of each size: {results[0].classes}; strangers: {held}; enrolled beside each class: "
        f"{results[0].others}.\n\n{LEGEND}"
    )
    print_table(DECIDED, map(_decided, results), texts=2)
    click.echo(f"\n{BESIDE_LEGEND}")
    print_table(BESIDE, map(_beside, results), texts=2)


def _decided(result: ErrorRates) -> tuple[str, ...]:
    rates = (_limits(result.fpir), _percent(result.fpir95), _limits(result.fnir), _percent(result.rank1))
    return (*_which(result), *rates, _percent(result.wrong_sure, 2), _percent(result.check))


def _beside(result: ErrorRates) -> tuple[str, ...]:
    shares = (result.fpir.value, result.fnir.value, result.dlib_fpir, result.dlib_fnir, result.best_fnir)
    return (*_which(result), *map(_percent, shares), f"{result.best_threshold:.2f}")


def _which(result: ErrorRates) -> tuple[str, str]:
    return str(result.class_size), f"{result.face_px} px" if result.face_px else "large"


def _limits(rate: Rate) -> str:
    low, high = (_percent(limit, 1 if limit < 0.0995 else 0) for limit in (rate.low, rate.high))
    return f"{_percent(rate.value)} ({low}-{high})"


def _percent(value: float, digits: int = 1) -> str:
    return f"{100 * value:.{digits}f}"
