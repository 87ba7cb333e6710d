"""What Prometheus is told: counts and times by fixed words, and nobody's name or number."""

import json
import logging
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from protocol import legacy
from protocol.errors import ErrorCode
from protocol.messages import Board, Hello, Mark, Snapshot, type_name
from server.bootstrap.metrics import watch_server
from server.dispatch import Campus, handlers
from server.dispatch.measured import MeasuredDispatcher
from server.process.metrics import Metrics, MetricsListener
from server.readiness import Readiness
from server.receive_budget import ReceiveBudget
from server.services.class_day.galleries import Galleries
from server.services.class_day.work_queue import WorkQueue
from server.wire import Wire
from settings.logs import REQUEST, JsonFormatter
from tests.server.classroom import COURSE, MODEL, SEOUL, Classroom, asked

MONITORING = Path(__file__).resolve().parents[2] / "setup" / "monitoring"
WORDS = {type_name(each) for each in (*handlers.HANDLERS, *handlers.DECISIONS)} | {
    "legacy_mark",
    "legacy_roster",
    "legacy_snapshot",
}
LABELS = {
    "type": WORDS,
    "result": {"ok", *get_args(ErrorCode)},
    "verdict": {"sure", "check", "unknown"},
    "step": {"wait", "work"},
    "version": {"1.2.3"},
    "le": None,
}
"""Every label with the words that it may have; None: numbers of ours."""


class Listening:
    budget = ReceiveBudget(1000)
    served = 3


@pytest.fixture
def metrics() -> Metrics:
    return Metrics("1.2.3")


@pytest.fixture
def families(on_sqlite: Classroom, metrics: Metrics) -> Any:
    """What is told after a class that had something of everything."""
    galleries = Galleries(on_sqlite.store, MODEL)
    galleries.current()
    queue = WorkQueue("measured", workers=1, most_waiting=1, measure=metrics.step)
    on_sqlite.set_course()
    wire = Wire(MeasuredDispatcher(on_sqlite.services, Campus(SEOUL), lambda: on_sqlite.now, metrics))
    watch_server(metrics, Listening(), queue, galleries, Readiness())
    queue.run(lambda: None)
    student = on_sqlite.students[0]
    for message, payload in (
        (Hello(device="front"), b""),
        (Hello(device="back", waiting=2, oldest_s=700), b""),
        (Hello(device="back"), b""),  # of another connection, which does not know
        (Mark(student=student, course=COURSE, key="a"), b""),
        (Mark(student=student, course="no such course", key="b"), b""),
        (Snapshot(course=COURSE), b"0 1 8"),
        (Board(session=99), b""),
    ):
        asked(wire, on_sqlite.peer, message, payload)
    wire.legacy(legacy.LegacyRoster(COURSE), on_sqlite.peer)
    listener = MetricsListener("127.0.0.1", 0, metrics)
    try:
        with urlopen(f"http://{listener.name}/metrics") as answer:
            text = answer.read().decode()
    finally:
        listener.close()
        queue.close()
    assert [each for each in on_sqlite.students if each in text] == []
    return {each.name: each for each in text_string_to_metric_families(text)}


def values(family: Any, ending: str = "_total") -> dict[tuple[str, ...], float]:
    found = [each for each in family.samples if each.name == family.name + ending]
    return {tuple(each.labels.values()): each.value for each in found}


def test_requests_are_counted_once_each_by_type_and_result(families: Any) -> None:
    told = values(families["rollcall_requests"])
    by_words = {tuple(sorted(words)): count for words, count in told.items()}
    assert by_words[tuple(sorted(("hello", "ok")))] == 3
    assert sum(count for words, count in told.items() if "mark" in words) == 2
    assert sum(count for words, count in told.items() if "snapshot" in words) == 1
    assert by_words[tuple(sorted(("legacy_roster", "ok")))] == 1
    assert sum(values(families["rollcall_sign_ins"]).values()) == 3
    assert sum(values(families["rollcall_faces"]).values()) == 3
    assert values(families["rollcall_recognition_duration_seconds"], "_count") == {("wait",): 1, ("work",): 1}


def test_gauges_are_read_when_they_are_asked_for(families: Any) -> None:
    told = {name: each.samples[0].value for name, each in families.items() if each.type == "gauge"}
    assert told["rollcall_connections"] == 3
    assert told["rollcall_gallery_students"] == 6
    outboxes = [told[f"rollcall_outbox_{each}"] for each in ("clients", "entries", "oldest_seconds")]
    assert outboxes == [1, 2, 700]
    assert (told["rollcall_database_up"], told["rollcall_pictures_waiting"]) == (0, 0)


def test_no_label_can_hold_a_name_or_a_number(families: Any) -> None:
    for family in families.values():
        for sample in family.samples:
            for label, value in sample.labels.items():
                assert label in LABELS
                assert LABELS[label] is None or value in LABELS[label], (sample.name, label, value)


def test_what_alerts_and_dashboard_ask_for_is_told(families: Any) -> None:
    told = {sample.name for family in families.values() for sample in family.samples}
    for name in ("rollcall-alerts.yml", "rollcall-dashboard.json"):
        text = (MONITORING / name).read_text(encoding="utf-8")
        asked_for = set(re.findall(r"\brollcall_[a-z_]+", text))
        assert asked_for
        assert asked_for <= told, name
    json.loads((MONITORING / "rollcall-dashboard.json").read_text(encoding="utf-8"))


def test_a_gauge_that_cannot_be_read_takes_no_other_away(metrics: Metrics) -> None:
    metrics.watch("rollcall_broken", "raises", lambda: 1 / 0)
    listener = MetricsListener("127.0.0.1", 0, metrics)
    try:
        with urlopen(f"http://{listener.name}/metrics") as answer:
            assert "rollcall_build_info" in answer.read().decode()
    finally:
        listener.close()


def test_prometheus_takes_the_rules_and_they_alert_as_they_say() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool (Debian's package prometheus) is not installed")
    for words in (("check", "rules", "rollcall-alerts.yml"), ("test", "rules", "rollcall-alerts-test.yml")):
        done = subprocess.run([promtool, *words], capture_output=True, text=True, cwd=MONITORING)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_line_of_the_log_as_json_says_which_request_it_belongs_to() -> None:
    REQUEST.set("10.0.3.7:50000/7")
    record = logging.LogRecord("server.wire", logging.INFO, __file__, 1, "%s ok\nand more", ("mark",), None)
    line = JsonFormatter().format(record)
    REQUEST.set("")
    assert "\n" not in line
    told = json.loads(line)
    assert (told["request"], told["level"], told["message"]) == ("10.0.3.7:50000/7", "info", "mark ok\nand more")
    assert "request" not in json.loads(JsonFormatter().format(record))
