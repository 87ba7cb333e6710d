"""Fit the constants of a family, on the people for choosing alone, and write them into the family's file."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from bench.accuracy.people import DRAWN_TOGETHER, drawn_together, file_of, load
from server.gallery.constants import FOLDER, constants_text, family_constants
from server.gallery.fitting import Population, Setting, draw, fit, half
from server.gallery.fitting.thresholds import score
from server.gallery.fitting.visibility import large_of, small_settings, visibility_of

SETS: Final = {
    "khuface": ("lfw", "congress", "london"),
    "fused": ("lfw", "congress", "london"),
    "dlib": ("lfw", "congress"),
}
"""Whom the promise is kept for. dlib's network cannot keep it for London without missing a fifth of the others."""
CAUTION: Final = {"khuface": 1.0, "fused": 1.0, "dlib": 0.75}
"""Shares of the promised rate that are aimed at: where London is not fitted on, room is left for people like it."""
TIGHTENED: Final = ("lfw", "congress")
FITTED: Final = "November 2026, on half of the people of each of: "


def fit_family(family: str) -> None:
    """Write server/gallery/constants/FAMILY.toml anew."""
    sets = [half(load(family, name), "choosing") for name in present(family, SETS[family])]
    names = ", ".join(f"{each.name} ({len(each.people)})" for each in sets)
    share = DRAWN_TOGETHER[family]
    constants = fit(
        sets,
        family_constants(family),
        fitted=FITTED + names,
        tightened=[drawn_together(each, share) for each in sets if each.name in TIGHTENED],
        caution=CAUTION[family],
        progress=lambda what: print(what, flush=True),
    )
    text = constants_text(constants)
    (FOLDER / f"{family}.toml").write_text(text, encoding="utf-8")
    print(text)


def fit_visibility(family: str) -> None:
    """Write the misses by face size anew into the family's file; every other constant stays as it is."""
    sets = [half(load(family, name), "choosing") for name in present(family, SETS[family])]
    constants = family_constants(family)
    visible, random = constants.visibility, np.random.default_rng(7)
    settings = [Setting(30), *small_settings(sets)]
    drawn = draw(sets, settings, random, reduced=visible.reduced, apart=constants.resemblance.same_person_at_most)
    scored = [score(each, constants) for each in drawn]
    small = [each for each in scored if each.drawn.setting.face_px is not None]
    found = visibility_of(small, large_of(scored), constants)
    print(", ".join(f"{each.name} ({len(each.people)})" for each in sets), found)
    measured = msgspec.structs.replace(visible, sizes_px=found.sizes_px, missed=found.missed)
    text = constants_text(msgspec.structs.replace(constants, visibility=measured))
    (FOLDER / f"{family}.toml").write_text(text, encoding="utf-8")


def present(family: str, names: Sequence[str]) -> list[str]:
    """Those of the sets that `embed` has stored."""
    return [name for name in names if file_of(family, name).exists()]


def reporting(family: str, name: str) -> Population:
    """The people of a set who were not chosen on."""
    return half(load(family, name), "reporting")
