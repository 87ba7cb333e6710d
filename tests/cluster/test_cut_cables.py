"""A cable is cut, so that nobody is told anything: of the database's writer, and of a recogniser at work."""

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.cluster.plan import Front, Machine, Plan, Recogniser, Server
from tests.cluster.campus import (
    ANSWER_S,
    Campus,
    Load,
    campus_of,
    class_picture,
    history,
    require_recorded_once,
)
from tests.cluster.lists import COURSE, COURSES
from tests.cluster.namespaces import Network, network

pytestmark = pytest.mark.slow

PICTURES = 8


@contextmanager
def campus_with_cables() -> Iterator[tuple[Campus, Network]]:
    subnet = f"10.{secrets.randbelow(100) + 120}.{secrets.randbelow(256)}"
    front = Front(address=f"{subnet}.10", machines=(f"{subnet}.10",))
    servers = (Server(name="app1", address=f"{subnet}.21", photographs=True),)
    recognisers = tuple(Recogniser(name=f"rec{each}", address=f"{subnet}.3{each}", processes=1) for each in (1, 2))
    databases = tuple(Machine(name=f"db{each}", address=f"{subnet}.4{each}") for each in (1, 2, 3))

    def plan_in(folder: Path) -> Plan:
        return Plan(
            rooms=20,
            front=front,
            servers=servers,
            recognisers=recognisers,
            databases=databases,
            database_port=23306,
            data=str(folder),
        )

    machines = {each.name: each.address for each in (*servers, *recognisers, *databases)}
    laid = network({"front1": front.address, **machines}, f"{subnet}.254")
    with laid as cables, campus_of(plan_in, cables.within) as campus:
        yield campus, cables


@pytest.fixture(scope="module")
def with_cables() -> Iterator[tuple[Campus, Network]]:
    with campus_with_cables() as made:
        made[0].enrol()
        yield made


def test_the_writers_cable_is_cut_and_no_acknowledged_mark_is_lost_or_doubled(
    with_cables: tuple[Campus, Network],
) -> None:
    campus, cables = with_cables
    trial = campus.trial
    writer = trial.writer
    before = history(campus, writer)
    nodes = [each.name for each in trial.plan.databases]
    with Load(campus) as load:
        load.wait_for(200)
        cables.cut(writer)
        load.wait_for(300)
    assert load.told.failed == []
    assert max(load.told.waits_s) < ANSWER_S
    require_recorded_once(campus, load.told, [each for each in nodes if each != writer], before)
    cables.mend(writer)
    trial.wait_for(lambda: trial.writer == writer, "the writer to come back by itself")
    require_recorded_once(campus, load.told, nodes, before)


def test_a_recognisers_cable_is_cut_with_eight_pictures_under_way_and_none_is_lost(
    with_cables: tuple[Campus, Network],
) -> None:
    campus, cables = with_cables
    picture = class_picture(720)

    def named() -> tuple[list[str | None], float]:
        began = time.monotonic()
        with campus.speaking() as api:
            faces = api.snapshot(picture, course=COURSE).faces
        return [face.student for face in faces], time.monotonic() - began

    with ThreadPoolExecutor(PICTURES) as threads:
        asked = [threads.submit(named) for _ in range(PICTURES)]
        campus.trial.wait_for(lambda: is_busy(campus, "rec2-1"), "a picture at the second recogniser")
        cables.cut("rec2")
        answers = [each.result(2 * ANSWER_S) for each in asked]
    assert [sorted(map(str, students)) for students, _ in answers] == [sorted(["None", COURSES[COURSE]])] * PICTURES
    assert max(seconds for _, seconds in answers) < ANSWER_S


def is_busy(campus: Campus, process: str) -> bool:
    return any(each.name == process and each.sessions for each in campus.trial.seen_by("app1-proxy"))
