"""`python -m bench`: every module here that measures, one table, each row beside its reference from the same run."""

import argparse
import importlib
import pkgutil
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType

import bench
from bench.table import Row, print_table


def names() -> list[str]:
    """The modules of the bench, by name."""
    return sorted(each.name for each in pkgutil.iter_modules(bench.__path__) if not each.name.startswith("_"))


def main(arguments: Sequence[str]) -> int:
    warnings.filterwarnings("ignore", "pkg_resources is deprecated")  # face_recognition_models; nothing to do here
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only",
        default="",
        metavar="PART,PART",
        help="parts of modules' names, such as models,detection,wire; default: everything",
    )
    wanted = [part for part in parser.parse_args(arguments).only.split(",") if part]
    modules = [name for name in names() if not wanted or any(part in name for part in wanted)]
    measuring = [module for module in map(_module, modules) if hasattr(module, "rows")]
    if not measuring:
        print(
            f"No module of the bench has any of {', '.join(wanted)} in its name; there are {', '.join(names())}.",
            file=sys.stderr,
        )
        return 1
    rows = [row for module in measuring for row in _measure(module)]
    print_table(rows)
    return 0


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"bench.{name}")


def _measure(module: ModuleType) -> list[Row]:
    started = time.monotonic()
    measure: Callable[[], Iterable[Row]] = module.rows
    print(f"{Path(module.__file__ or '').stem} …", file=sys.stderr, flush=True)
    rows = list(measure())
    print(f"{Path(module.__file__ or '').stem}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
