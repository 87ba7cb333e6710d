"""dlib in a process of its own: `python -m bench.dlib_worker`, orders on its input, one answer a line on its output.

So the wheel and a dlib that was built with OpenBLAS (its folder first on PYTHONPATH) can be measured in the same run.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from server.recognition.model_files import find_model_files

PROJECT = Path(__file__).resolve().parent.parent


class DlibWorker:
    """dlib with `threads` threads for its matrices (the wheel knows one only); `folder`: of another dlib."""

    def __init__(self, threads: int, folder: Path | None = None) -> None:
        environment = os.environ | {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        environment["PYTHONPATH"] = os.pathsep.join([*([str(folder.resolve())] if folder else []), str(PROJECT)])
        self._folder = tempfile.TemporaryDirectory(prefix="rollcall-bench-")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.dlib_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=PROJECT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()
        self._folder.cleanup()

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """dlib's embeddings of `chips`."""
        return np.asarray(self._ask("embed", chips), np.float32)

    def detect(self, picture: NDArray[np.uint8], upsamplings: int) -> int:
        """How many faces dlib's MMOD finds."""
        return len(self._ask("detect", picture, upsamplings))

    def _ask(self, order: str, array: NDArray[np.uint8], *more: int) -> NDArray[Any]:
        path = Path(self._folder.name) / "question.npy"
        np.save(path, array)
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The process of dlib has no pipes.")
        print(order, path, *more, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f"The process of dlib ended with status {self._process.wait()}.")
        result: NDArray[Any] = np.load(answer)
        return result


@contextmanager
def dlib_workers(threads: tuple[int, ...], folder: Path | None = None) -> Iterator[tuple[DlibWorker, ...]]:
    """One worker for each number of threads, ended at the end."""
    workers = tuple(DlibWorker(each, folder) for each in threads)
    try:
        yield workers
    finally:
        for worker in workers:
            worker.__exit__(None, None, None)


def main() -> None:
    import dlib

    files = find_model_files()
    embedder = dlib.face_recognition_model_v1(str(files.embedder))
    detector = dlib.cnn_face_detection_model_v1(str(files.detector))
    for line in sys.stdin:
        order, path, *more = line.split()
        array = np.load(path)
        if order == "embed":
            answer = np.array([embedder.compute_face_descriptor(chip) for chip in array], np.float32)
        else:
            answer = np.array([each.confidence for each in detector(array, int(more[0]))], np.float32)
        np.save(f"{path}.answer.npy", answer)
        print(f"{path}.answer.npy", flush=True)


if __name__ == "__main__":
    main()
