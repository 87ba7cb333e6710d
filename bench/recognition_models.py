"""The converted networks beside dlib's own: the same answers, how many times faster, how near to the machine's rate.

With ROLLCALL_BENCH_DLIB, the folder of a dlib that was built with OpenBLAS, that one is the reference.
"""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from bench.dlib_worker import DlibWorker, dlib_workers
from bench.network_costs import detector_operations, embedder_operations, matmul
from bench.recognition_chips import chips_of_every_kind, photographs, real_chips
from bench.table import Row, faster, interleaved_medians, limited, more
from server.recognition.dlib_detectors.mmod import MmodDetector
from server.recognition.engines import DetectorSession, EmbedderSession
from server.recognition.engines.onnx_engine import OnnxEngine
from server.recognition.model_files import find_model_files, open_networks

BATCH: Final = 32
DLIB_CHIPS: Final = 4  # dlib takes the same time for each chip: a batch brings it nothing
REPEAT: Final = 7
PICTURE_SIZE: Final = (568, 455)
LEVEL_SIZE: Final = (1080, 1920)
THRESHOLDS: Final = np.arange(30, 71) / 100
ALIKE: Final = 1e-5

Sessions = dict[int, tuple[EmbedderSession, DetectorSession]]


def rows() -> Iterator[Row]:
    """All figures of the networks. Takes about three minutes beside the wheel."""
    built = os.environ.get("ROLLCALL_BENCH_DLIB")
    reference = "dlib with OpenBLAS" if built else "the dlib wheel"
    sessions = {threads: _open(threads) for threads in (1, 2)}
    with dlib_workers((1, 2), Path(built) if built else None) as workers:
        if not built:
            yield from _equality(sessions[1][0], workers[0])
        yield from _embedding_rates(sessions, workers, reference, {1: 3, 2: None} if built else {1: 20, 2: 35})
        yield from _detection_times(sessions, workers, reference, {1: None, 2: 8} if built else {1: 20, 2: 35})
    yield from _arithmetic_rates(sessions)


def _open(threads: int) -> tuple[EmbedderSession, DetectorSession]:
    engine, networks = OnnxEngine(threads), open_networks(find_model_files())
    return engine.open_embedder(networks), engine.open_detector(networks)


def _equality(ours: EmbedderSession, dlibs: DlibWorker) -> Iterator[Row]:
    chips = chips_of_every_kind()
    embeddings, expected = ours.embed(chips), dlibs.embed(chips)
    yield limited(
        f"embedding, {len(chips)} chips: largest difference from dlib's", _largest(embeddings - expected), ALIKE, ""
    )
    real = len(real_chips())
    distances, expected_distances = pdist(embeddings[:real]), pdist(expected[:real])
    differing = sum(int(((distances <= t) != (expected_distances <= t)).sum()) for t in THRESHOLDS)
    yield limited(
        f"of {len(distances) * len(THRESHOLDS)} decisions at 0.30 to 0.70, those unlike dlib's", differing, 0, ""
    )


def _largest(values: NDArray[np.float32]) -> float:
    return float(np.abs(values).max())


def _embedding_rates(
    sessions: Sessions, workers: tuple[DlibWorker, ...], reference: str, targets: dict[int, float | None]
) -> Iterator[Row]:
    chips = np.resize(real_chips(), (BATCH, 150, 150, 3))
    for threads, worker in enumerate(workers, 1):
        seconds = interleaved_medians(
            {
                "ours": partial(sessions[threads][0].embed, chips),
                "dlib": partial(worker.embed, chips[:DLIB_CHIPS]),
            },
            REPEAT,
        )
        yield more(
            f"embeddings a second, batch of {BATCH}, {_threads(threads)}, beside {reference}",
            BATCH / seconds["ours"],
            DLIB_CHIPS / seconds["dlib"],
            "/s",
            targets[threads],
        )


def _detection_times(
    sessions: Sessions, workers: tuple[DlibWorker, ...], reference: str, targets: dict[int, float | None]
) -> Iterator[Row]:
    picture = _picture()
    for threads, worker in enumerate(workers, 1):
        ours = MmodDetector(sessions[threads][1], exhaustive=True)
        seconds = interleaved_medians(
            {
                "ours": partial(ours.find, picture, 80),
                "dlib": partial(worker.detect, picture, 0),
            },
            REPEAT,
        )
        yield faster(
            f"MMOD {'x'.join(map(str, PICTURE_SIZE))}, all of dlib's levels, {_threads(threads)}, beside {reference}",
            seconds["ours"] * 1e3,
            seconds["dlib"] * 1e3,
            "ms",
            targets[threads],
        )


def _picture() -> NDArray[np.uint8]:
    wide = next((each for each in photographs() if each.shape[1] > each.shape[0]), next(photographs()))
    return np.ascontiguousarray(cv2.resize(wide, PICTURE_SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def _arithmetic_rates(sessions: Sessions) -> Iterator[Row]:
    chips = np.resize(real_chips(), (BATCH, 150, 150, 3))
    level = np.random.default_rng(0).integers(0, 256, (1, *LEVEL_SIZE, 3), dtype=np.uint8)
    for threads, (embedder, detector) in sessions.items():
        multiply, matmul_operations = matmul(threads)
        seconds = interleaved_medians(
            {
                "embedder": partial(embedder.embed, chips),
                "detector": partial(detector.scores, level),
                "matmul": multiply,
            },
            REPEAT,
        )
        yardstick = matmul_operations / seconds["matmul"] / 1e9
        operations = {"embedder": BATCH * embedder_operations(), "detector": detector_operations(*LEVEL_SIZE)}
        for name, count in operations.items():
            yield more(
                f"{name}, {_threads(threads)}, beside ONNX Runtime's MatMul",
                count / seconds[name] / 1e9,
                yardstick,
                "GFLOP/s",
                0.6,
            )


def _threads(count: int) -> str:
    return "one thread" if count == 1 else f"{count} threads"
