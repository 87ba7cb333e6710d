"""`python -m bench.accuracy`: see the package's own words."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench.accuracy import classes, duplicates, groups, probabilities, rooms, seats, selection
from bench.accuracy.embedding import embed
from bench.accuracy.fitting import fit_family, fit_visibility
from server.families import FAMILIES

PARTS: Final[dict[str, Callable[[str], None]]] = {
    "fit": fit_family,
    "visibility": fit_visibility,
    "selection": selection.report,
    "classes": classes.report,
    "groups": groups.report,
    "rooms": rooms.report,
    "seats": seats.report,
    "duplicates": duplicates.report,
    "probabilities": probabilities.report,
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("part", choices=["embed", *sorted(PARTS)])
    parser.add_argument("--family", choices=sorted(FAMILIES), default="khuface")
    parser.add_argument("--lfw", type=Path, metavar="DIR", help="for embed: LFW's folder `images`")
    parser.add_argument("--detector", help="for embed: instead of the family's own")
    options = parser.parse_args(arguments)
    if options.part == "embed":
        embed(options.family, options.lfw, options.detector)
    else:
        PARTS[options.part](options.family)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
