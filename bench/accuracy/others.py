"""Classes at a place where other students are enrolled too: what these bring, by the shipped gallery itself."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.classes import CLASSES, LARGEST_PART, WORLDS, Rates, outcome_of
from bench.accuracy.people import SIZES, Half, People, drawn_together, half, load
from bench.accuracy.worlds import Setting, World, own_scores
from server.gallery import Gallery, Matcher

OTHERS = (0, 30, 100, 300)
SETTINGS = (
    Setting(3),
    Setting(10),
    Setting(30),
    Setting(100),
    Setting(30, "similar", 3),
    Setting(30, "similar, others", 3),
)
SMALLER = (Setting(10), Setting(30))


def report(which: Half = "reporting") -> None:
    """Table of other students enrolled, on the people of one half; London on everybody."""
    lfw = load("lfw")
    _table("lfw", half(lfw, which), SETTINGS)
    _table("congress", half(load("congress"), which), (*SMALLER, Setting(100)))
    _table("lfw, faces of 30 px", half(lfw, which), SMALLER, 30)
    _table("lfw, three photographs", half(lfw, which), SMALLER, photographs=3)
    _table("lfw drawn together 0.7", half(drawn_together(lfw, 0.7), which), (Setting(3), *SMALLER))
    _table("congress drawn together 0.7", half(drawn_together(load("congress"), 0.7), which), SMALLER)
    if which == "reporting":
        _table("london", load("london"), SMALLER)


def _table(
    title: str, people: People, settings: tuple[Setting, ...], size: int | None = None, photographs: int = 1
) -> None:
    print(f"\n{title}\nclass | others | classes | FPIR | 95th | missed | dlib best | ratio | dlib 0.6: FPIR / missed")
    for setting in settings:
        for others in OTHERS:
            rates = list(_classes(people, setting, others, size, photographs))
            if rates:
                print(f"{setting.students} {setting.kind} | {others} | {outcome_of(rates).line()}", flush=True)


def _classes(people: People, setting: Setting, others: int, size: int | None, photographs: int) -> Iterator[Rates]:
    """Of each class: strangers named, students missed, and dlib's distances of strangers and students."""
    random = np.random.default_rng(29)
    for _ in range(WORLDS):
        world = World(people, size, random, photographs)
        for _ in range(CLASSES):
            students, strangers = world.draw_people(setting, random)
            rest = np.setdiff1d(np.arange(len(world.large)), students)
            if others + setting.students + len(rest) // 3 > len(world.large) or (
                setting.students * setting.alike > LARGEST_PART * len(world.can_enrol)
            ):
                return
            elsewhere = random.permutation(np.setdiff1d(rest, strangers[: max(0, len(rest) - others)]))[:others]
            strangers = np.setdiff1d(strangers, elsewhere)
            matcher = _gallery(people, world, students, size).matcher(others=_gallery(people, world, elsewhere, size))
            yield _rates(people, world, matcher, students, strangers, size)


def _gallery(people: People, world: World, who: NDArray[np.intp], size: int | None) -> Gallery:
    rows = np.concatenate([each[who] for each in world.enrolled])
    reduced = {px: people.mirrored[rows, SIZES.index(px)] for px in SIZES[: SIZES.index(size) + 1] if px is not None}
    names = [f"{each:06d}" for _ in world.enrolled for each in who]
    return Gallery(names, people.mirrored[rows, 0], model_id="bench", reduced=reduced)


def _rates(
    people: People,
    world: World,
    matcher: Matcher,
    students: NDArray[np.intp],
    strangers: NDArray[np.intp],
    size: int | None,
) -> Rates:
    at, px = SIZES.index(size), np.inf if size is None else float(size)
    leads = [
        matcher.judge(people.mirrored[world.coming[who], at], np.full(len(who), px)).leads
        for who in (np.sort(students), strangers)
    ]
    named, missed = float(np.mean(leads[1].max(axis=1) >= 0)), float(np.mean(own_scores(-leads[0]) > 0))
    plain = world.plain(students, students), world.plain(strangers, students)
    return named, missed, plain[1].min(axis=1), own_scores(plain[0])
