"""`python -m bench.accuracy`: see the package's own words."""

import argparse
import sys
from collections.abc import Callable, Sequence

from bench.accuracy import classes, duplicates, fitting, probabilities, rooms, scorings

PARTS: dict[str, Callable[[], None]] = {
    "fit": fitting.fit, "scores": scorings.report, "classes": classes.report, "rooms": rooms.report,
    "duplicates": duplicates.report, "probabilities": probabilities.report,
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("part", choices=sorted(PARTS))
    PARTS[parser.parse_args(arguments).part]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
