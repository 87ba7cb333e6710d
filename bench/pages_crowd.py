"""A crowd at the pages: 500 students open theirs within a minute, 60 people sign in meanwhile, and marks go on.

One server on this machine, which also plays the crowd. Every student comes by a connection of their own.
"""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bench.signed_in import SignedInServer, signed_in_server
from bench.table import Row, limited
from server.access import Role
from server.clock import utc_now
from server.domain.attendance import Mark, Source, State
from server.domain.calendar import Term
from server.domain.ledger import MarkRequest
from server.services.class_day.courses import Courses
from server.services.identity.passwords import Passwords
from server.services.plans.course_file import read_course_toml
from server.store import RosterLine, StaffEntry, Store, open_store

STUDENTS: Final = 500
CLASS_SIZE: Final = 60
COURSES_EACH: Final = 3
COURSES: Final = STUDENTS * COURSES_EACH // CLASS_SIZE
WEEKS: Final = 8
HOURS: Final = (1, 2)
SIGN_INS: Final = 60
MINUTE_S: Final = 60.0
ALONE_S: Final = 20.0
MARKS_A_SECOND: Final = 4.0
LATER_MS: Final = 50.0
ANSWERED_S: Final = 0.5
PASSWORD: Final = "the password of the bench"  # noqa: S105 - of accounts that live as long as the bench
NUMBERS: Final = [f"2026{number:05d}" for number in range(STUDENTS)]
SIGNING: Final = [f"signing-{number}" for number in range(SIGN_INS)]
PROFESSOR: Final = "prof"
TODAYS: Final = "crowd-00"


def rows() -> Iterator[Row]:
    """Takes about three minutes."""
    with signed_in_server(fill, people, "--timezone", "UTC") as server:
        alone = _marks(server, ALONE_S, "alone")
        with ThreadPoolExecutor(3 * STUDENTS) as threads:
            starts = time.monotonic() + 1
            marking = threads.submit(_marks, server, MINUTE_S, "crowd", starts)
            pages = _crowd(threads, starts, [partial(_page, server, each) for each in NUMBERS])
            signing = _crowd(threads, starts, [partial(_sign_in, server, each) for each in SIGNING])
            took = [each.result() for each in pages]
            signed = [each.result() for each in signing]
            beside = marking.result()
    yield limited(
        f"{STUDENTS} students' pages within a minute, {SIGN_INS} sign-ins beside them: 95th percentile "
        f"(median {statistics.median(took):.3f} s, slowest {max(took):.2f} s; sign-ins: median "
        f"{statistics.median(signed):.2f} s, slowest {max(signed):.2f} s)",
        _percentile(took),
        ANSWERED_S,
        "s",
    )
    yield limited(
        f"a mark's 95th percentile meanwhile, by how much later than alone ({1000 * _percentile(alone):.1f} ms); "
        f"{len(beside)} marks, all recorded",
        1000 * (_percentile(beside) - _percentile(alone)),
        LATER_MS,
        "ms",
    )


def fill(folder: Path) -> None:
    """Half a term of courses, as a university has them."""
    with closing(open_store(str(folder / "rollcall.sqlite"), key_file=folder / "key")) as store:
        store.health.upgrade()
        now = utc_now()
        first = now.date() - timedelta(weeks=WEEKS)
        store.courses.set_calendar(Term("bench", first, first + timedelta(weeks=16)), [], [], at=now, by="bench")
        timetable = "\n".join(f'{day} = ["1 00:00-12:00", "2 12:00-23:59"]' for day in {f"{first:%A}".lower()})
        plan = read_course_toml(f'title = "Course"\npreset = "kookmin"\n[timetable]\n{timetable}\n'.encode())
        states = (State.PRESENT,) * 8 + (State.LATE, State.ABSENT)
        for number in range(COURSES):
            code = f"crowd-{number:02d}"
            numbers = [NUMBERS[(number * CLASS_SIZE + place) % STUDENTS] for place in range(CLASS_SIZE)]
            lines = [RosterLine(each, f"Student {each}", code, begins=first) for each in numbers]
            store.rosters.change(lines, at=now, by="bench", day=first)
            Courses(store, ZoneInfo("UTC")).set_plan(code, plan, at=now, by="bench", begins=first)
            for week in range(WEEKS):
                day, at = first + timedelta(weeks=week), now - timedelta(weeks=WEEKS - week)
                marks = tuple(
                    Mark(each, code, day, hour, states[(place + week) % 10], at, "bench", Source.ROLL_CALL)
                    for hour in HOURS
                    for place, each in enumerate(numbers)
                )
                store.marks.record([MarkRequest(marks)], now=at)


def people(store: Store) -> list[str]:
    """Students' accounts and a professor's, to be signed in; and those who will sign in by a password."""
    now, kept = utc_now(), Passwords().hash(PASSWORD)
    for number in NUMBERS:
        store.accounts.add(number, student=number, at=now, by="bench")
    store.accounts.add(PROFESSOR, at=now, by="bench")
    entry = StaffEntry(TODAYS, PROFESSOR, Role.PROFESSOR, frozenset(), now.date() - timedelta(1), None)
    store.accounts.add_staff(entry, at=now, by="bench")
    for name in SIGNING:
        store.accounts.add(name, at=now, by="bench")
        store.accounts.set_password(name, kept, at=now, by="bench")
    return [*NUMBERS, PROFESSOR]


def _crowd(threads: ThreadPoolExecutor, starts: float, work: Sequence[Callable[[], float]]) -> list[Future[float]]:
    """Each at a moment of its own within the minute, whatever the others' answers take."""
    random = Random(len(work))

    def at(moment: float, do: Callable[[], float]) -> float:
        time.sleep(max(0.0, moment - time.monotonic()))
        return do()

    return [threads.submit(at, starts + random.uniform(0, MINUTE_S), each) for each in work]


def _page(server: SignedInServer, student: str) -> float:
    started = time.perf_counter()
    headers = {"Cookie": server.cookies[student], "Accept-Encoding": "gzip"}
    status, body = _ask(server, "GET", "/my", None, headers)
    assert status == 200, body
    return time.perf_counter() - started


def _sign_in(server: SignedInServer, name: str) -> float:
    started = time.perf_counter()
    form = urlencode({"user": name, "password": PASSWORD, "next": "/"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    status, body = _ask(server, "POST", "/sign-in", form.encode(), headers)
    assert status == 303, body
    return time.perf_counter() - started


def _ask(
    server: SignedInServer, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=60)) as connection:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def _marks(server: SignedInServer, seconds: float, name: str, starts: float | None = None) -> list[float]:
    """One mark after the other by the board's own way; how long each took until it was acknowledged."""
    took: list[float] = []
    began, pause = starts or time.monotonic(), threading.Event()
    while time.monotonic() < began + seconds:
        pause.wait(max(0.0, began + len(took) / MARKS_A_SECOND - time.monotonic()))
        mark = {"student": NUMBERS[len(took) % CLASS_SIZE], "course": TODAYS, "hour": 1 + len(took) % 2}
        body = json.dumps({"marks": [{**mark, "state": "present"}], "source": "professor"}).encode()
        headers = {"Cookie": server.cookies[PROFESSOR], "Content-Type": "application/json", "Rollcall": "1"}
        headers["Idempotency-Key"] = f"{name}-{len(took)}"
        started = time.perf_counter()
        status, answer = _ask(server, "POST", "/v1/marks", body, headers)
        assert status == 200, answer
        took.append(time.perf_counter() - started)
    return took


def _percentile(took: Sequence[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]
