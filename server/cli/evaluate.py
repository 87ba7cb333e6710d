"""`evaluate`: folders of photographs in, the rates at which people would be missed or taken for others out."""

from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from server.bootstrap.recognition import recogniser_of
from server.cli.options import PHOTOGRAPHS, json_option, print_json, with_settings
from server.cli.table import print_table
from server.config import Settings
from server.recognition import decode_image, open_recogniser
from server.recognition.reduced import FACE_SIZES, reduced_embeddings
from server.services.evaluate import Result, evaluate
from server.services.people_shown import Looker, People

HEADINGS = ("class", "face", "strangers named (FPIR)", "95th", "missed (FNIR)", "rank 1", "wrong if sure", "check",
            "dlib 0.6: named / missed", "dlib at its best: missed")


@click.command(name="evaluate")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR")
@with_settings(PHOTOGRAPHS)
@click.option("--enrol", default=1, show_default=True, type=click.IntRange(1, 100), metavar="N",
              help="photographs of each person that are enrolled; the others are searched with")
@click.option("--fpir", default=0.01, show_default=True, type=click.FloatRange(0.0001, 0.5),
              help="share of strangers' faces that may be given a name")
@click.option("--small/--large-only", default=True, show_default=True,
              help="also with faces of 80, 60, 40, 30 and 24 pixels, shrunk and compressed")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), metavar="PNG", help="draw the curves")
@json_option
def evaluate_command(
    settings: Settings, folder: Path, enrol: int, fpir: float, small: bool, plot: Path | None, as_json: bool
) -> None:
    """Measure on your own people: DIR holds a folder of photographs for each person, at least two in each.

    Classes are drawn from them, everybody else is a stranger. A face that is not found counts as missed. Nothing is
    stored. Every rate stands beside plain dlib at 0.6 and at the threshold that would have been best.

    \b
    Example:
      face_recog_server.py evaluate photographs --enrol 1 --plot curves.png
    """
    sizes = FACE_SIZES if small else ()
    plain = open_recogniser(settings.engine, settings.detector, mirror=False, embedder=settings.embedder,
                            threads=settings.threads or None)
    looker = Looker(
        recogniser_of(settings), plain, partial(decode_image, max_pixels=settings.max_image_pixels),
        partial(reduced_embeddings, sizes=sizes),
    )
    people, results = _measured(looker, folder, enrol, fpir, (None, *sizes))
    if plot:
        from server.cli.curves import draw  # matplotlib takes a second to import, and only this needs it

        draw(results, plot)
    if as_json:
        print_json([asdict(each) for each in results])
    else:
        _print(people, results)


def _measured(
    looker: Looker, folder: Path, enrol: int, fpir: float, sizes: tuple[int | None, ...]
) -> tuple[People, list[Result]]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        looking, drawing = bar.add_task("photographs"), bar.add_task("classes")
        people = looker.look(folder, lambda done, total: bar.update(looking, completed=done, total=total))
        results = evaluate(
            people, looker.recogniser.model_id, enrol=enrol, face_sizes=sizes, fpir=fpir,
            progress=lambda done, total: bar.update(drawing, completed=done, total=total),
        )
    return people, results


def _print(people: People, results: list[Result]) -> None:
    photographs = [each for of_person in people.values() for each in of_person]
    click.echo(f"{len(people)} people, {len(photographs)} photographs, no face found in {photographs.count(None)}. "
               "Rates in percent, in brackets 95 % limits over people.")
    print_table(HEADINGS, map(_cells, results))


def _cells(result: Result) -> tuple[str, ...]:
    def percent(value: float) -> str:
        return f"{100 * value:.1f}"

    fpir, fnir = (f"{percent(rate.value)} ({percent(rate.low)}-{percent(rate.high)})"
                  for rate in (result.fpir, result.fnir))
    return (
        str(result.class_size), f"{result.face_px} px" if result.face_px else "large", fpir, percent(result.fpir95),
        fnir, percent(result.rank1), percent(result.wrong_sure), percent(result.check),
        f"{percent(result.dlib_fpir)} / {percent(result.dlib_fnir)}",
        f"{percent(result.best_fnir)} (at {result.best_threshold:.2f})",
    )
