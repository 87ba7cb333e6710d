"""Start the client where it is installed alone.

Beside this file lies `tree`, the packages of the project as they are there (`client`, `protocol`, …). Others
may use their names too, so they are no packages of site-packages, and only what is started here finds them.
"""

import sys
from pathlib import Path
from typing import Final

TREE: Final = Path(__file__).resolve().parent / "tree"


def client() -> None:
    _find_tree()
    from client.cli import main

    main()


def _find_tree() -> None:
    # First of all: a package `client` of somebody else's may lie in site-packages.
    sys.path.insert(0, str(TREE))
