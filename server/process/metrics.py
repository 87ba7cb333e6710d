"""Count what the server does, and answer Prometheus on a port of its own; labels come of fixed lists."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from server.errors import SetupProblem
from server.process.outboxes import Outboxes

# A board is there in milliseconds, a picture within 25 s.
REQUEST_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)
Reading = Callable[[], float]


class Metrics:
    """For any thread."""

    def __init__(self, version: str) -> None:
        self.registry: Final = CollectorRegistry()
        self._requests = self._counter("rollcall_requests", "Requests that were answered", "type", "result")
        self._faces = self._counter("rollcall_faces", "Faces that were compared, by what was found", "verdict")
        self._sign_ins = self._counter("rollcall_sign_ins", "Devices and windows that signed in, or tried", "result")
        self._seconds = Histogram(
            "rollcall_request_duration_seconds",
            "Time from a request to its answer",
            ["type"],
            buckets=REQUEST_BUCKETS_S,
            registry=self.registry,
        )
        self._steps = Histogram(
            "rollcall_recognition_duration_seconds",
            "Time of a picture by step: wait (for its turn), work (decode, find and embed)",
            ["step"],
            buckets=REQUEST_BUCKETS_S,
            registry=self.registry,
        )
        self.outboxes: Final = Outboxes()
        self.outbox: Final = self.outboxes.told
        info = Gauge("rollcall_build_info", "1, with the version of this server", ["version"], registry=self.registry)
        info.labels(version).set(1)

    def request(self, type_name: str, result: str, seconds: float) -> None:
        self._requests.labels(type_name, result).inc()
        self._seconds.labels(type_name).observe(seconds)

    def step(self, name: str, seconds: float) -> None:
        self._steps.labels(name).observe(seconds)

    def face(self, verdict: str) -> None:
        self._faces.labels(verdict).inc()

    def sign_in(self, result: str) -> None:
        self._sign_ins.labels(result).inc()

    def watch(self, name: str, about: str, read: Reading) -> None:
        """A gauge that is read when it is asked for. read: one that raises is left out of that answer."""
        self.registry.register(_Read(name, about, read))

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self.registry)


class _Read(Collector):
    def __init__(self, name: str, about: str, read: Reading) -> None:
        self._name, self._about, self._read = name, about, read

    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily(self._name, self._about)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            value = self._read()
        except Exception:  # noqa: BLE001 - what cannot be read now shall not take the other metrics away
            return
        yield GaugeMetricFamily(self._name, self._about, value=value)


class MetricsListener:
    """Answers `/metrics` in threads of its own from the start on. Raises SetupProblem where the port is taken."""

    def __init__(self, host: str, port: int, metrics: Metrics) -> None:
        self._host = host
        try:
            self._server, self._thread = start_http_server(port, host, metrics.registry)
        except OSError as error:
            raise SetupProblem(
                f"The port {port} for metrics cannot be had on {host} ({error.strerror}): set metrics_port to another."
            ) from error

    @property
    def name(self) -> str:
        return f"{self._host}:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(1.0)
