"""`python -m bench.accuracy`: see the package's own words."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.accuracy import classes, duplicates, fitting, others, probabilities, rooms, scorings
from bench.accuracy.embedding import embed

PARTS: dict[str, Callable[[], None]] = {
    "fit": fitting.fit,
    "scores": scorings.report,
    "classes": classes.report,
    "rooms": rooms.report,
    "duplicates": duplicates.report,
    "others": others.report,
    "probabilities": probabilities.report,
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("part", choices=["embed", *sorted(PARTS)])
    parser.add_argument("--lfw", type=Path, metavar="DIR", help="for embed: LFW's folder `images`")
    options = parser.parse_args(arguments)
    if options.part == "embed":
        embed(options.lfw)
    else:
        PARTS[options.part]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
