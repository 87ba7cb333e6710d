"""A whole cluster on this machine while its parts are killed and its cables cut: marks a second, silences, goodput."""

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import pytest

from bench.table import Row, limited, more, not_run
from server.cluster.trial import loopback_plan
from tests.cluster.cables import cabled_campus
from tests.cluster.campus import ANSWER_S, Campus, Load, burst, campus_of, class_picture
from tests.cluster.lists import COURSE

A_SECOND: Final = 200.0
BEFORE, AFTER = 600, 600  # marks
KILLED_S, CUT_S, SERVER_S = 4.0, 7.0, 2.0
BURST: Final = 500
ALONE: Final = 20
GOODPUT: Final = 0.9


def rows() -> Iterator[Row]:
    """Takes two minutes."""
    try:
        with campus_of(partial(loopback_plan, rooms=BURST)) as campus:
            campus.enrol()
            trial = campus.trial
            for name, what, most_s in (
                (trial.writer, "the database's writer is killed", KILLED_S),
                ("app1", "one of two servers is killed", SERVER_S),
            ):
                yield from _silence(campus, what, most_s, partial(trial.kill, name), partial(trial.revive, name))
            yield from _burst(campus)
        with cabled_campus() as (campus, cables):
            cut, mend = (partial(each, campus.trial.writer) for each in (cables.cut, cables.mend))
            yield from _silence(campus, "the cable of the database's writer is cut", CUT_S, cut, mend)
    except pytest.skip.Exception as missing:
        yield not_run(f"cluster_kills: {missing.msg}")


def _silence(
    campus: Campus, what: str, most_s: float, happens: Callable[[], None], is_mended: Callable[[], None]
) -> Iterator[Row]:
    with Load(campus, A_SECOND) as load:
        load.wait_for(BEFORE)
        moments = sorted(load.told.moments)
        happened_at = time.monotonic()
        happens()
        load.wait_for(AFTER)
    told = load.told
    yield more(
        f"marks acknowledged a second before {what}; reference: as many as were to be sent",
        (len(moments) - 1) / (moments[-1] - moments[0]),
        A_SECOND,
        "/s",
    )
    yield limited(f"longest time without an acknowledgement, {what}", told.silence_s(happened_at), most_s, "s")
    yield limited(f"marks that a person would have to mend, {what}, of {told.count}", len(told.failed), 0, "")
    is_mended()
    campus.trial.wait_for(lambda: all(each.is_up for each in campus.trial.states()), "all to be up again")


def _burst(campus: Campus) -> Iterator[Row]:
    picture = class_picture()
    with campus.speaking() as api:
        api.snapshot(picture, course=COURSE)
        began = time.monotonic()
        for _ in range(ALONE):
            api.snapshot(picture, course=COURSE)
        alone = ALONE / (time.monotonic() - began)
    told = burst(campus, BURST, picture)
    answered = [seconds for code, seconds in told if code == "answered"]
    pictures = f"of {BURST} pictures at one moment"
    yield more(
        f"answers a second until the last, {pictures}; reference: one client alone",
        len(answered) / max(answered),
        alone,
        "/s",
        GOODPUT,
    )
    yield limited(f"longest wait for an answer or a refusal, {pictures}", max(s for _, s in told), ANSWER_S, "s")
    refused = {code: sum(each == code for each, _ in told) for code in ("busy", "unavailable")}
    others = BURST - len(answered) - sum(refused.values())
    counts = f"{len(answered)} answered, {refused['busy']} busy, {refused['unavailable']} unavailable"
    yield limited(f"told something else, {pictures} ({counts})", others, 0, "")
    yield Row(f"answers' wait in the median, {pictures}", statistics.median(answered), None, None, None, "s")
