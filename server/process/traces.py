"""Send traces by OpenTelemetry: a span for each request, and below it one for each step of its recognition."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from server.errors import SetupProblem

# A collector that is away costs memory for so many spans, and no request waits for it.
MOST_WAITING: Final = 2048
SEND_EVERY_MS: Final = 5000
SEND_WITHIN_MS: Final = 5000
MISSING: Final = (
    "Traces need OpenTelemetry's libraries: `pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http`, "
    "or leave the setting traces out."
)


class Traces:
    """For any thread. url: where a collector takes OTLP over HTTP. Spans hold words of fixed lists alone."""

    def __init__(self, url: str, version: str) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.sdk.trace.sampling import ALWAYS_ON
        except ImportError as error:
            raise SetupProblem(MISSING) from error
        exporter = OTLPSpanExporter(endpoint=url, timeout=SEND_WITHIN_MS / 1000)
        about = Resource({"service.name": "rollcall", "service.version": version})
        self._provider = TracerProvider(resource=about, sampler=ALWAYS_ON, shutdown_on_exit=False)
        self._provider.add_span_processor(
            BatchSpanProcessor(
                exporter,
                max_queue_size=MOST_WAITING,
                schedule_delay_millis=SEND_EVERY_MS,
                export_timeout_millis=SEND_WITHIN_MS,
            )
        )
        self._tracer = self._provider.get_tracer("rollcall", version)

    @contextmanager
    def request(self, type_name: str) -> Iterator[Any]:
        """The span of a request; steps that its thread, or a thread for it, tells of lie below it."""
        with self._tracer.start_as_current_span(type_name, record_exception=False) as span:
            yield span

    def step(self, name: str, seconds: float) -> None:
        """A step that has just ended."""
        now = time.time_ns()
        self._tracer.start_span(f"recognition {name}", start_time=now - round(seconds * 1e9)).end(now)

    def close(self) -> None:
        """Send what waits, for a moment."""
        self._provider.shutdown()
