"""The figures that the default family must reach, beside dlib's and with the other families', all in one run."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from bench.accuracy.duplicates import told_twice
from bench.accuracy.fitting import reporting
from bench.accuracy.groups import pairs_over
from bench.accuracy.outcomes import Outcome, measure
from bench.accuracy.people import DRAWN_TOGETHER, drawn_together, file_of, load
from bench.table import Row, not_run
from server.families import DEFAULT, FAMILIES
from server.gallery.constants import family_constants
from server.gallery.fitting import Setting

BESIDE: Final = "dlib"
OTHERS: Final = [name for name in FAMILIES if name not in {DEFAULT.name, BESIDE}]
MISSED: Final = (
    ("lfw", "press photographs (LFW), class of 30", Setting(30), 4.5),
    ("lfw", "press photographs (LFW), class of 100", Setting(100), 7.0),
    ("congress", "portraits, class of 30", Setting(30), 2.5),
    ("congress", "portraits, class of 100", Setting(100), 3.5),
    ("lfw", "LFW, faces of 30 px, class of 30", Setting(30, face_px=30), 14.0),
    ("lfw", "LFW, three photographs, class of 30", Setting(30, photographs=3), 1.0),
)
"""Set, what, setting, and the most students missed, in percent."""
FPIR: Final = 1.0
FPIR95: Final = 3.0
LONDON: Final = 1.2
SIMILAR: Final = 0.35
"""Of what dlib's best fixed threshold misses."""
TWICE: Final = (
    ("lfw", "press", False, 95.0),
    ("congress", "portraits", False, 98.0),
    ("lfw", "homogeneous", True, 80.0),
)


def requirements() -> Iterator[Row]:
    """A row each; what no embeddings are stored for is NOT RUN, by name."""
    family = DEFAULT.name
    for name, what, setting, most in MISSED:
        ours, dlib = _measured(family, name, setting), _measured(BESIDE, name, setting)
        if ours is None:
            yield not_run(f"{what}: {_how(family, name)}")
            continue
        missed, fpir, fpir95 = (dlib.missed, dlib.fpir, dlib.fpir95) if dlib else (None, None, None)
        yield Row(f"missed: {what}", ours.missed, missed, _times(missed, ours.missed), None, "%", most)
        yield Row(f"strangers named: {what}", ours.fpir, fpir, None, None, "%", FPIR)
        yield Row(f"the same, 95th percentile: {what}", ours.fpir95, fpir95, None, None, "%", FPIR95)
        yield from _of_others(f"missed: {what}", name, lambda of: of.missed, setting, missed)
        yield from _of_others(f"strangers named: {what}", name, lambda of: of.fpir, setting, fpir)
    yield from _similar(family)
    yield from _london(family)
    yield from _twice(family)


def _of_others(
    what: str, name: str, figure: Callable[[Outcome], float], setting: Setting, beside: float | None
) -> Iterator[Row]:
    """The families that are neither the default nor dlib; nothing is asked of them."""
    for family in OTHERS:
        if (outcome := _measured(family, name, setting)) is not None:
            yield Row(f"{family}, {what}", figure(outcome), beside, None, None, "%")


@cache
def _measured(family: str, name: str, setting: Setting) -> Outcome | None:
    if not file_of(family, name).exists():
        return None
    return measure(reporting(family, name), setting, family_constants(family))


def _similar(family: str) -> Iterator[Row]:
    for alike in (1, 3):
        setting, what = Setting(30, "similar", alike), f"LFW, 30 similar of {alike}"
        ours, dlib = _measured(family, "lfw", setting), _measured(BESIDE, "lfw", setting)
        if ours is None or dlib is None:
            yield not_run(f"{what}: {_how(family, 'lfw')}")
            continue
        yield Row(f"missed: {what}", ours.missed, dlib.missed, _times(dlib.missed, ours.missed), None, "%")
        share = ours.missed / _best_of_plain_dlib(setting)
        yield Row(f"the same, of what dlib's best threshold misses: {what}", share, None, None, None, "", SIMILAR)
        yield from _of_others(f"missed: {what}", "lfw", lambda of: of.missed, setting, dlib.missed)


def _best_of_plain_dlib(setting: Setting) -> float:
    """Missed by dlib's own embeddings, without mirror images, at the one threshold that is best for these strangers."""
    people = reporting(BESIDE, "lfw")
    plain = replace(people, faces={**people.faces, None: people.plain[None]})
    outcome = measure(plain, setting, family_constants(BESIDE))
    return outcome.best if outcome else 100.0


def _london(family: str) -> Iterator[Row]:
    if not file_of(family, "london").exists():
        yield not_run(f"London: {_how(family, 'london')}")
        return
    for students in (10, 30):
        outcomes = {
            each: outcome
            for each in (family, BESIDE, *OTHERS)
            if file_of(each, "london").exists()
            and (outcome := measure(load(each, "london"), Setting(students), family_constants(each)))
        }
        dlib = outcomes[BESIDE].fpir if BESIDE in outcomes else None
        for name, outcome in outcomes.items():
            if name != BESIDE:
                what = f"strangers named: London, class of {students}"
                most = LONDON if name == family else None
                yield Row(what if most else f"{name}, {what}", outcome.fpir, dlib, None, None, "%", most)
    beside = {each.group: each for each in pairs_over(BESIDE)} if file_of(BESIDE, "london").exists() else {}
    for other in (each for each in OTHERS if file_of(each, "london").exists()):
        for each in pairs_over(other):
            among = float(beside[each.group].over) if each.group in beside else None
            yield Row(
                f"{other}, London, pairs taken for one person, {each.group}", float(each.over), among, None, None, ""
            )
    for each in pairs_over(family):
        most = float(beside[each.group].over) if each.group in beside else None
        what = f"London, pairs taken for one person, {each.group} ({each.low:.2f} to {each.high:.2f} %)"
        yield Row(what, float(each.over), most, None, None, "", most)


def _twice(family: str) -> Iterator[Row]:
    for name, what, tight, least in TWICE:
        if not file_of(family, name).exists():
            yield not_run(f"one person under two numbers, {what}: {_how(family, name)}")
            continue
        told = _told(family, name, tight=tight)
        beside = _told(BESIDE, name, tight=tight) if file_of(BESIDE, name).exists() else None
        row = f"one person under two numbers, not told: {what}"
        dlib = None if beside is None else 100 - beside
        yield Row(row, 100 - told, dlib, None, None, "%", 100 - least)
        for other in OTHERS:
            if file_of(other, name).exists():
                yield Row(f"{other}, {row}", 100 - _told(other, name, tight=tight), dlib, None, None, "%")


def _told(family: str, name: str, *, tight: bool) -> float:
    people = reporting(family, name)
    outcome = told_twice(drawn_together(people, DRAWN_TOGETHER[family]) if tight else people, family, 30)
    return 100 * outcome[0] if outcome else 0.0


def _how(family: str, name: str) -> str:
    lfw = " --lfw DIR" if name == "lfw" else ""
    return f"no embeddings; make them by `python -m bench.accuracy embed --family {family}{lfw}`"


def _times(reference: float | None, ours: float) -> float | None:
    return None if reference is None or not ours else reference / ours
