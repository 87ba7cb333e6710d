"""Three nodes of Galera, two servers, three recognisers, all proxies: what is killed loses nothing, doubles nothing."""

import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from client.outbox import Outbox, OutboxSender
from protocol import messages
from server.cluster.trial import loopback_plan
from tests import legacy_client
from tests.cluster.campus import (
    ANSWER_S,
    Cameras,
    Campus,
    Load,
    attempt,
    burst,
    campus_of,
    class_picture,
    history,
    require_recorded_once,
)
from tests.cluster.lists import COURSE, COURSES, FIRST_STUDENT
from tests.end_to_end.test_rolling_upgrade import version_before  # noqa: F401 - a fixture
from tests.running import PATIENCE_S, ROOT

pytestmark = pytest.mark.slow

NODES = ("db1", "db2", "db3")
SERVERS = ("app1", "app2")
MARKS = 20
BURST = 500


@pytest.fixture(scope="module")
def campus() -> Iterator[Campus]:
    with campus_of(partial(loopback_plan, rooms=BURST)) as running:
        running.enrol()
        yield running


def test_2019_snapshots_from_two_addresses_are_each_compared_with_their_own_rooms_list(campus: Campus) -> None:
    picture, plan = class_picture(), campus.trial.plan
    for course, student in COURSES.items():
        room = campus.rooms[course]
        assert legacy_client.snapshot(plan.port, picture, plan.front.address, source=room) == student


def test_a_client_of_2019_that_closes_its_sending_side_is_answered_through_the_proxy(campus: Campus) -> None:
    plan, source = campus.trial.plan, (campus.rooms[COURSE], 0)
    address = (plan.front.address, plan.port)
    with socket.create_connection(address, timeout=PATIENCE_S, source_address=source) as client:
        client.sendall(COURSE.encode())
        client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert COURSES[COURSE] in {row["student_code"] for row in json.loads(answer)}


def test_the_databases_writer_is_killed_and_no_acknowledged_mark_is_lost_or_doubled(campus: Campus) -> None:
    trial = campus.trial
    writer = trial.writer
    before = history(campus, writer)
    with Load(campus) as load:
        load.wait_for(200)
        trial.kill(writer)
        load.wait_for(300)
    assert load.told.failed == []
    assert max(load.told.waits_s) < ANSWER_S
    require_recorded_once(campus, load.told, [each for each in NODES if each != writer], before)
    trial.revive(writer)
    trial.wait_for(lambda: trial.writer == writer, "the writer to come back")
    require_recorded_once(campus, load.told, NODES, before)


def test_without_its_quorum_the_database_is_unavailable_the_outbox_keeps_all_and_it_is_well_again_by_itself(
    campus: Campus, tmp_path: Path
) -> None:
    trial = campus.trial
    others = [each for each in NODES if each != trial.writer]
    before = history(campus, trial.writer)[str(FIRST_STUDENT)]
    with closing(Outbox(tmp_path / "outbox.sqlite", trial.address)) as outbox:
        for number in range(MARKS):
            key, state = f"{tmp_path.name}-{number}", "late" if number % 2 else "present"
            outbox.add(messages.Mark(student=str(FIRST_STUDENT), course=COURSE, key=key, state=state))

        def delivered() -> object:
            with campus.speaking() as api:
                return attempt(lambda: list(OutboxSender(outbox, api).deliver()))

        trial.kill(*others)
        told: Counter[object] = Counter()
        while told.total() < 8:
            failure = delivered()
            told[getattr(failure, "code", failure), getattr(failure, "retry", None)] += 1
            time.sleep(0.5)
        assert set(told) == {("unavailable", True)}
        assert (outbox.waiting(), outbox.refused()) == (MARKS, 0)
        trial.revive(*others)
        trial.wait_for(lambda: delivered() is None, "what waits to be taken", PATIENCE_S)
        assert (outbox.waiting(), outbox.refused()) == (0, 0)
    assert [history(campus, each)[str(FIRST_STUDENT)] - before for each in NODES] == [MARKS] * 3


def test_of_500_pictures_at_one_moment_each_is_answered_or_told_to_come_again_within_30_seconds(campus: Campus) -> None:
    told = burst(campus, BURST, class_picture())
    assert len(told) == BURST
    assert {code for code, _ in told} <= {"answered", "busy", "unavailable"}
    assert max(seconds for _, seconds in told) < ANSWER_S


def test_a_server_killed_amid_marks_and_pictures_loses_and_doubles_none(campus: Campus) -> None:
    before, pictures_before = history(campus, campus.trial.writer), pictures(campus)
    with Load(campus, a_second=50) as load, Cameras(campus) as cameras:
        cameras.wait_for(4)
        campus.trial.wait_for(lambda: busy(campus, "app1"), "pictures at both servers")
        campus.trial.kill("app1")
        cameras.wait_for(8)
        load.wait_for(100)
    campus.trial.revive("app1")
    for told in (load.told, cameras.told):
        assert told.failed == []
        assert max(told.waits_s) < ANSWER_S
    require_recorded_once(campus, load.told, NODES, before)
    assert pictures(campus) - pictures_before == cameras.told.count


def test_a_rolling_upgrade_behind_the_proxy_makes_no_error(campus: Campus, version_before: Path) -> None:  # noqa: F811
    trial = campus.trial
    for name in SERVERS:
        trial.programs[name].stop()
        trial.programs[name].tree = version_before
    campus.asked_of_node(trial.writer, "DROP DATABASE rollcall")
    campus.asked_of_node(trial.writer, "CREATE DATABASE rollcall CHARACTER SET utf8mb4", database=None)
    trial.command("db", "upgrade", tree=version_before)
    campus.prepare(version_before)
    trial.revive(*SERVERS)
    trial.wait_for(lambda: both_up(campus), "the front to find the servers")
    with Load(campus, a_second=50) as load, Cameras(campus, rooms=2) as cameras:
        load.wait_for(50)
        trial.command("db", "upgrade")
        for name in SERVERS:
            trial.programs[name].stop()
            trial.programs[name].tree = ROOT
            trial.revive(name)
            trial.wait_for(lambda: both_up(campus), "the front to find the newer server")
            load.wait_for(50)
    assert (load.told.failed, load.told.refused, load.told.unreachable) == ([], {}, 0)
    # A picture to be kept is sent once by the client itself: where the server just ended the connection, that is told,
    # and whoever sent it (`watch`, and here) sends it again.
    assert (cameras.told.failed, cameras.told.refused) == ([], {})
    for told in (load.told, cameras.told):
        assert max(told.waits_s) < ANSWER_S
    assert pictures(campus) == cameras.told.count


def both_up(campus: Campus) -> bool:
    return all(each.is_up for each in campus.trial.seen_by("front1"))


def busy(campus: Campus, server: str) -> bool:
    """Whether the server's proxy has a picture of it under way."""
    seen = campus.trial.seen_by(f"{server}-proxy")
    return any(each.sessions for each in seen if each.section == "recognisers")


def pictures(campus: Campus) -> int:
    ((count,),) = campus.asked_of_node(campus.trial.writer, "SELECT COUNT(*) FROM pictures")
    return int(count)
