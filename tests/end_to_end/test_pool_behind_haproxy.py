"""The pool behind HAProxy, with the configuration that `cluster render` makes: a process that dies costs no picture."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.bootstrap.extraction import extractor_of
from server.bootstrap.family import set_family
from server.bootstrap.recognition import recogniser_of
from server.cluster.certificates import make_certificates
from server.cluster.plan import Plan, read_plan
from server.cluster.rendering import Places, rendered
from server.config import Settings
from server.errors import Busy, Unavailable
from server.extraction import Extracted
from tests import weights
from tests.end_to_end.test_pool_of_recognisers import recogniser
from tests.photographs import jpeg, side_by_side, small
from tests.ports import closed_port
from tests.running import PATIENCE_S

pytestmark = pytest.mark.slow

PICTURES = 8
PLAN = """
rooms = 10
pool_port = {pool}
database_port = {database}
picture_s = {picture_s}
[front]
address = "127.0.0.1"
machines = ["127.0.0.1"]
[[servers]]
name = "app1"
address = "127.0.0.1"
photographs = true
[[recognisers]]
name = "rec1"
address = "127.0.0.1"
processes = 2
port = {recognisers}
[[databases]]
name = "db1"
address = "127.0.0.1"
"""


class Pool:
    """Two processes and the proxy. folder: with the proxy's socket."""

    def __init__(self, folder: Path, settings: Settings, processes: list[subprocess.Popen[str]]) -> None:
        self.folder, self.settings, self.processes = folder, settings, processes
        self.own = recogniser_of(settings, set_family(settings))

    def busy(self, process: int) -> int:
        """How many pictures the proxy has given to it just now."""
        return int(self._told(process)["scur"])

    def is_up(self, process: int) -> bool:
        return self._told(process)["status"] == "UP"

    def _told(self, process: int) -> dict[str, str]:
        """What the proxy knows of the process."""
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(self.folder / "admin.sock"))
            asking.sendall(b"show stat\n")
            told = b""
            while data := asking.recv(65536):
                told += data
        names, *rows = (line.split(",") for line in told.decode().splitlines() if line)
        row = next(row for row in rows if row[:2] == ["recognisers", f"rec1-{process + 1}"])
        return dict(zip(names, row, strict=True))


def plan_in(folder: Path, picture_s: float) -> Plan:
    ports = [closed_port() for _ in range(3)]
    text = PLAN.format(pool=ports[0], database=ports[1], recognisers=ports[2], picture_s=picture_s)
    (folder / "cluster.toml").write_text(text, encoding="utf-8")
    return read_plan(folder / "cluster.toml")


@contextmanager
def pool(folder: Path, picture_s: float = 0.3) -> Iterator[Pool]:
    program = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("haproxy is not installed: setup/system_packages.sh test")
    plan = plan_in(folder, picture_s)
    certificates = folder / "pool"
    make_certificates(plan, certificates, at=datetime.now(UTC))
    config = folder / "haproxy.cfg"
    config.write_text(rendered(plan, Places(str(certificates), str(folder)))["app1/haproxy.cfg"], encoding="utf-8")
    of_pool = (
        "--recogniser-certificate",
        str(certificates / "rec1.pem"),
        "--recogniser-ca",
        str(certificates / "ca.pem"),
    )
    settings = Settings(
        family="auto" if weights.are_here() else "dlib",
        threads=1,
        recognisers=f"https://127.0.0.1:{plan.pool_port}",
        recogniser_certificate=certificates / "app1.pem",
        recogniser_ca=certificates / "ca.pem",
    )
    with ExitStack() as stack:
        ports = [plan.recognisers[0].port, plan.recognisers[0].port + 1]
        processes = [stack.enter_context(recogniser(*of_pool, port=port))[0] for port in ports]
        proxy = subprocess.Popen([program, "-db", "-f", str(config)], stderr=subprocess.DEVNULL)
        stack.callback(proxy.wait, PATIENCE_S)
        stack.callback(proxy.kill)
        yield Pool(folder, settings, processes)


@contextmanager
def in_flight(pool: Pool, picture: bytes, count: int) -> Iterator[list["Future[Extracted]"]]:
    extractor = extractor_of(pool.settings, pool.own)
    try:
        deadline, ready = time.monotonic() + PATIENCE_S, False
        while not ready:  # until the proxy listens and has found both
            assert time.monotonic() < deadline
            with suppress(Unavailable):
                extractor.look(picture)
                ready = all(pool.is_up(each) for each in (0, 1))
        with ThreadPoolExecutor(count) as threads:
            yield [threads.submit(extractor.look, picture) for _ in range(count)]
    finally:
        extractor.close()


def test_a_recogniser_killed_with_eight_pictures_in_flight_loses_none(tmp_path: Path) -> None:
    picture = jpeg(side_by_side(*(small(name, 720) for name in ("obama.jpg", "biden.jpg", "obama2.jpg"))))
    with pool(tmp_path) as running:
        here = extractor_of(Settings(threads=1, family=running.settings.family), running.own).look(picture)
        with in_flight(running, picture, PICTURES) as asked:
            while not running.busy(1):
                assert not all(each.done() for each in asked)
            running.processes[1].send_signal(signal.SIGKILL)
            seen = [each.result(PATIENCE_S) for each in asked]
    assert len(here.faces) == 3
    for one in seen:
        assert [face.box for face in one.faces] == [face.box for face in here.faces]
        assert [face.embedding.tobytes() for face in one.faces] == [face.embedding.tobytes() for face in here.faces]


def test_more_than_the_pool_can_answer_in_time_is_told_busy_and_the_rest_is_answered(tmp_path: Path) -> None:
    picture = jpeg(small("obama.jpg", 720))
    with pool(tmp_path, picture_s=20) as running, in_flight(running, picture, 3 * PICTURES) as asked:
        failed = [type(error) for each in asked if (error := each.exception(PATIENCE_S)) is not None]
        answered = [each.result() for each in asked if each.exception() is None]
    assert set(failed) == {Busy}
    assert all(len(each.faces) == 1 for each in answered)
    assert len(answered) >= 3
