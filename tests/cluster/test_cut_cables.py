"""A cable is cut, so that nobody is told anything: of the database's writer, and of a recogniser at work."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cluster.cables import cabled_campus
from tests.cluster.campus import (
    ANSWER_S,
    Campus,
    Load,
    class_picture,
    history,
    require_recorded_once,
)
from tests.cluster.lists import COURSE, COURSES
from tests.cluster.namespaces import Network

pytestmark = pytest.mark.slow

PICTURES = 8


@pytest.fixture(scope="module")
def with_cables() -> Iterator[tuple[Campus, Network]]:
    with cabled_campus() as made:
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
