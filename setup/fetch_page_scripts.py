"""Fetch htmx, the one script of others that the pages use, into the user's cache.

Running it again does nothing. Without it the pages work too, and load whole where they would load a part.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from server.errors import SetupProblem
from server.pages.scripts import HTMX, fetch_htmx
from settings.folders import cache_folder


def main(folder: Path | None = None) -> int:
    try:
        fetched = fetch_htmx(folder or cache_folder())
    except SetupProblem as problem:
        print(f"{problem.text} The pages work without it.", file=sys.stderr)
        return 0
    print(f"htmx {HTMX.version} is in the cache{'' if fetched else ' already'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
