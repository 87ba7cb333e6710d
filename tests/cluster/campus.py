"""A trial's campus: two courses in two rooms, a professor who is signed in, and rooms that send marks and pictures."""

import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Final, Self

import pymysql
import pytest

from client.api import Api
from client.errors import ClientError, Refused, Unreachable
from client.tls import security_context
from client.transport import TcpTransport
from protocol.fields import State
from server.cluster.plan import Plan
from server.cluster.trial import Trial, require_packages
from server.errors import SetupProblem
from tests import weights
from tests.cluster.lists import COURSE, COURSES, DEVICE, FIRST_STUDENT, ROOMS
from tests.photographs import fetched, jpeg, side_by_side, small
from tests.running import CAMPUS, PATIENCE_S, ROOT

PHOTOGRAPHS: Final = {"201511041": "obama.jpg", "201511042": "biden.jpg"}
ON_THE_DAY: Final = ("obama2.jpg", "biden.jpg")
LISTS: Final = Path(__file__).with_name("lists.py")
RETRY_S: Final = 0.1
ANSWER_S: Final = 30.0


class Campus:
    """A trial that runs, with lists, a photograph and a sign-in."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.token = ""
        network = trial.plan.front.address.rpartition(".")[0]
        self.rooms = {course: f"{network}.{number}" for number, course in enumerate(COURSES, 101)}
        """The address of each course's room."""

    def prepare(self, tree: Path = ROOT) -> None:
        """By the code of a tree, straight into the database."""
        url = self.trial.database_of(self.trial.plan.databases[0].address)
        command = [
            sys.executable,
            str(LISTS),
            url,
            str(self.trial.key_file),
            CAMPUS,
            *map("=".join, self.rooms.items()),
        ]
        environment = {**self.trial.environment(), "PYTHONPATH": str(tree)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr
        self.token = done.stdout.strip()

    def enrol(self) -> None:
        for student, photograph in PHOTOGRAPHS.items():
            (self.trial.folder / "knowns" / student).mkdir()
            (self.trial.folder / "knowns" / student / "1.jpg").write_bytes(fetched(photograph).read_bytes())
        self.trial.command("enrol", str(self.trial.folder / "knowns"))

    @contextmanager
    def speaking(self) -> Iterator[Api]:
        """As the professor, through the proxy in front."""
        plan = self.trial.plan
        transport = TcpTransport(plan.front.address, plan.port, ANSWER_S, security_context(self.trial.ca))
        try:
            yield Api(transport, DEVICE, token=self.token)
        finally:
            transport.close()

    def asked_of_node(self, node: str, statement: str, database: str | None = "rollcall") -> list[tuple[Any, ...]]:
        """Rows that a node has itself; by its socket, so that no proxy is in between."""
        socket = str(self.trial.folder / node / "mysql.sock")
        with (
            pymysql.connect(unix_socket=socket, user="root", database=database) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            return list(cursor.fetchall())


@dataclass
class Told:
    """What rooms were told. acknowledged: marks of each student; moments: of every acknowledgement; waits_s: of each
    request from its first sending to its answer, however often it was sent; refused: codes that ask for a later try;
    failed: what a person would have to mend.
    """

    acknowledged: Counter[str] = field(default_factory=Counter)
    moments: list[float] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    unreachable: int = 0
    failed: list[ClientError] = field(default_factory=list)

    def silence_s(self, since: float) -> float:
        """The longest time without an acknowledgement for anybody, from a moment on."""
        moments = [since, *sorted(each for each in self.moments if each > since)]
        return max((later - sooner for sooner, later in pairwise(moments)), default=0.0)

    @property
    def count(self) -> int:
        return sum(self.acknowledged.values())


class Asking:
    """Threads that ask until it is stopped; what is not answered is asked again until it is."""

    def __init__(self) -> None:
        self.told = Told()
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        for each in self._threads:
            each.join(PATIENCE_S)
            assert not each.is_alive()

    def wait_for(self, more: int) -> None:
        """Until so many more are acknowledged."""
        deadline, wanted = time.monotonic() + PATIENCE_S, self.told.count + more
        while self.told.count < wanted:
            assert time.monotonic() < deadline, self.told
            time.sleep(0.02)

    def until_answered(self, send: Callable[[], object], who: str) -> None:
        began = time.monotonic()
        while (trouble := attempt(send)) is not None:
            with self._lock:
                if isinstance(trouble, Unreachable):
                    self.told.unreachable += 1
                elif isinstance(trouble, Refused) and trouble.retry:
                    self.told.refused[trouble.code] += 1
                else:
                    self.told.failed.append(trouble)
                    return
            time.sleep(RETRY_S)
        with self._lock:
            now = time.monotonic()
            self.told.acknowledged[who] += 1
            self.told.moments.append(now)
            self.told.waits_s.append(now - began)


class Load(Asking):
    """Rooms that send marks, each its next one when the one before is acknowledged, and all together so many a second.

    What is not answered is sent again under the same key until it is, as an outbox does. Each mark is another state
    than the one before, so that the history has a line for each, and one more for each that were recorded twice.
    """

    def __init__(self, campus: Campus, a_second: float = 200.0, rooms: int = ROOMS) -> None:
        super().__init__()
        self._campus = campus
        self._pause_s = rooms / a_second
        self._threads = [threading.Thread(target=self._send, args=(FIRST_STUDENT + each,)) for each in range(rooms)]

    def _send(self, student: int) -> None:
        number, due, run = 0, time.monotonic(), time.monotonic_ns()
        with self._campus.speaking() as api:
            while not self._ends.is_set():
                state: State = "late" if number % 2 else "present"
                send = partial(api.mark, str(student), COURSE, state=state, key=f"{run}-{student}-{number}")
                self.until_answered(send, str(student))
                number += 1
                due = max(due + self._pause_s, time.monotonic() - self._pause_s)
                self._ends.wait(max(due - time.monotonic(), 0))


class Cameras(Asking):
    """Rooms that send a class's picture again and again, to be kept: each of another moment."""

    def __init__(self, campus: Campus, rooms: int = 4) -> None:
        super().__init__()
        self._campus = campus
        self._picture = class_picture()
        self._moment = datetime.now(UTC)
        self._numbers = count()
        self._threads = [threading.Thread(target=self._send, args=(f"camera {each}",)) for each in range(rooms)]

    def _send(self, who: str) -> None:
        with self._campus.speaking() as api:
            while not self._ends.is_set():
                taken_at = self._moment - timedelta(milliseconds=next(self._numbers))
                send = partial(api.snapshot, self._picture, course=COURSE, record=True, taken_at=taken_at)
                self.until_answered(send, who)


def burst(campus: Campus, rooms: int, picture: bytes) -> list[tuple[str, float]]:
    """What each of so many rooms that send a picture at one moment was told, `answered` or a code, and after how long.

    They are connected before.
    """
    together = threading.Barrier(rooms, timeout=PATIENCE_S)
    told: list[tuple[str, float]] = []

    def send() -> None:
        with campus.speaking() as api:
            while attempt(api.hello) is not None:
                time.sleep(RETRY_S)
            together.wait()
            began = time.monotonic()
            trouble = attempt(lambda: api.snapshot(picture, course=COURSE))
            told.append(("answered" if trouble is None else trouble.code, time.monotonic() - began))

    threads = [threading.Thread(target=send) for _ in range(rooms)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return told


def class_picture(height: int = 480) -> bytes:
    """Of both students."""
    return jpeg(side_by_side(*(small(each, height) for each in ON_THE_DAY)))


def attempt(send: Callable[[], object]) -> ClientError | None:
    try:
        send()
    except ClientError as error:
        return error
    return None


def require_recorded_once(campus: Campus, told: Told, nodes: Sequence[str], before: Mapping[str, int]) -> None:
    """Of the acknowledged every one, once, and nothing else, on each of these nodes."""
    for node in nodes:
        recorded = history(campus, node)
        assert {each: recorded[each] - before.get(each, 0) for each in told.acknowledged} == dict(told.acknowledged), (
            node
        )


def history(campus: Campus, node: str) -> Counter[str]:
    """Lines of the marks' history, a student."""
    return Counter(dict(campus.asked_of_node(node, "SELECT student, COUNT(*) FROM mark_history GROUP BY student")))


@contextmanager
def campus_of(
    plan_in: Callable[[Path], Plan], within: Callable[[str], Sequence[str]] | None = None
) -> Iterator[Campus]:
    """A trial that runs with a campus in it; skips where its packages are not installed."""
    try:
        require_packages()
    except SetupProblem as missing:
        pytest.skip(missing.text)
    with tempfile.TemporaryDirectory(prefix="rc-") as name:
        folder = Path(name)
        settings = {"ROLLCALL_TIMEZONE": CAMPUS, "ROLLCALL_FAMILY": "auto" if weights.are_here() else "dlib"}
        more = {} if within is None else {"within": within}
        trial = Trial(plan_in(folder), folder, now=datetime.now(UTC), settings=settings, **more)
        try:
            trial.start()
            campus = Campus(trial)
            campus.prepare()
            yield campus
        finally:
            trial.stop()
