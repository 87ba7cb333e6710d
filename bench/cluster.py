"""What the pool of recognisers adds to a picture: HTTPS with certificates on both sides, beside the same work here."""

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from bench.table import Row, limited
from server.bootstrap.extraction import extractor_of
from server.bootstrap.family import set_family
from server.bootstrap.recognition import recogniser_of
from server.cluster.certificates import make_certificates
from server.cluster.plan import Front, Machine, Plan, Recogniser, Server
from server.config import Settings

PICTURES: Final = 100
MOST_MS: Final = 5.0
_HERE: Final = "127.0.0.1"


def rows() -> Iterator[Row]:
    """Takes about fifteen seconds."""
    with tempfile.TemporaryDirectory() as folder, _recogniser(Path(folder)) as settings:
        picture = _picture()
        recogniser = recogniser_of(settings, set_family(settings))
        pool = extractor_of(settings, recogniser)
        local = extractor_of(Settings(threads=1), recogniser)
        # Of no face: decoding alone, so that the difference is not lost in what networks take.
        times = [
            (_ms(lambda: pool.at_boxes(picture, [])), _ms(lambda: local.at_boxes(picture, []))) for _ in range(PICTURES)
        ]
        pool.close()
    there, here = (statistics.median(each) for each in zip(*times, strict=True))
    what = (
        f"a picture of {len(picture) // 1000} kB by a recogniser with mutual TLS, by how much longer than here, median"
    )
    yield limited(what, there - here, MOST_MS, "ms")


def _picture() -> bytes:
    """1280 x 720 as JPEG, as large as a camera's."""
    noise = np.random.default_rng(1).integers(0, 256, (90, 160, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).resize((1280, 720), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


@contextmanager
def _recogniser(folder: Path) -> Iterator[Settings]:
    """A process of the pool, and settings that name it."""
    plan = Plan(
        rooms=1,
        front=Front(address=_HERE, machines=(_HERE,)),
        servers=(Server(name="app1", address=_HERE, photographs=True),),
        recognisers=(Recogniser(name="rec1", address=_HERE, processes=1),),
        databases=(Machine(name="db1", address=_HERE),),
    )
    own, other = make_certificates(plan, folder, at=datetime.now(UTC))
    flags = ["--threads", "1", "--recogniser-certificate", str(other), "--recogniser-ca", str(folder / "ca.pem")]
    command = [sys.executable, "face_recog_server.py", "recogniser", "--listen", f"{_HERE}:0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            name = process.stdout.readline().removeprefix("ready on ").strip()
            yield Settings(
                threads=1,
                recognisers=f"https://{name}",
                recogniser_certificate=own,
                recogniser_ca=folder / "ca.pem",
            )
        finally:
            process.kill()
