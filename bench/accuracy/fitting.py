"""Fit the constants of a family, on the people for choosing alone, and write them into the family's file."""

from collections.abc import Sequence
from typing import Final

from bench.accuracy.people import DRAWN_TOGETHER, drawn_together, file_of, load
from server.gallery.constants import FOLDER, constants_text, family_constants
from server.gallery.fitting import Population, fit, half

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


def present(family: str, names: Sequence[str]) -> list[str]:
    """Those of the sets that `embed` has stored."""
    return [name for name in names if file_of(family, name).exists()]


def reporting(family: str, name: str) -> Population:
    """The people of a set who were not chosen on."""
    return half(load(family, name), "reporting")
