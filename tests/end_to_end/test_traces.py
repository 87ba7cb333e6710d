"""Traces: what a collector is sent of a request and of its picture's way, and that no person is in it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from PIL import Image

from protocol import messages
from tests.end_to_end.test_serving import COURSE, import_roster
from tests.photographs import jpeg
from tests.ports import closed_port
from tests.running import PATIENCE_S, Speaker, serving

NUMBER, NAME = "201511041", "김하늘"


@dataclass
class Collector:
    url: str
    spans: list[Any] = field(default_factory=list)
    bodies: bytes = b""


@pytest.fixture
def collector() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.bodies += body
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    found.spans.extend(scope.spans)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    found = Collector(f"http://127.0.0.1:{server.server_port}/v1/traces")
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def spoken_to(folder: Path, url: str) -> None:
    """A server that traces is asked for a picture and for what is not there, and stopped."""
    import_roster(folder, f"student_id,name,course_code\n{NUMBER},{NAME},{COURSE}\n")
    with serving(folder, "--traces", url) as running:
        with Speaker(running) as speaker:
            wall = jpeg(Image.new("RGB", (320, 240), "gray"))
            assert speaker.ask(messages.Snapshot(course=COURSE), wall).code == "no_face"
            assert speaker.ask(messages.Board(session=7)).code == "no_session"
        running.process.terminate()
        assert running.process.wait(PATIENCE_S) == 0


def test_a_picture_is_one_trace_with_its_steps_and_names_nobody(collector: Collector, tmp_path: Path) -> None:
    spoken_to(tmp_path, collector.url)
    by_name = {span.name: span for span in collector.spans}
    asked = by_name["snapshot"]
    for step in ("recognition wait", "recognition work"):
        assert (by_name[step].trace_id, by_name[step].parent_span_id) == (asked.trace_id, asked.span_id)
        assert asked.start_time_unix_nano <= by_name[step].end_time_unix_nano <= asked.end_time_unix_nano
    results = {span.name: span.attributes[0].value.string_value for span in collector.spans if span.attributes}
    assert results == {"snapshot": "no_face", "board": "no_session"}
    for personal in (NUMBER, NAME, COURSE):
        assert personal.encode() not in collector.bodies


def test_a_collector_that_is_away_delays_nobody(tmp_path: Path) -> None:
    spoken_to(tmp_path, f"http://127.0.0.1:{closed_port()}/v1/traces")
