"""Make the metrics and traces that are set, and say what they are read from."""

from collections.abc import Callable
from typing import Protocol

from server import __version__
from server.config import Settings
from server.process.metrics import Metrics, MetricsListener
from server.process.traces import Traces
from server.readiness import Readiness
from server.receive_budget import ReceiveBudget
from server.services.class_day.galleries import Galleries
from server.services.class_day.work_queue import WorkQueue

Step = Callable[[str, float], None]


class Listening(Protocol):
    budget: ReceiveBudget

    @property
    def served(self) -> int: ...


def metrics_of(settings: Settings) -> Metrics | None:
    """None: none are set."""
    return None if settings.metrics_port is None else Metrics(__version__)


def traces_of(settings: Settings) -> Traces | None:
    """None: none are set. Raises SetupProblem where the libraries are missing."""
    return Traces(settings.traces, __version__) if settings.traces else None


def steps_told(*tellers: Metrics | Traces | None) -> Step | None:
    """Tells each of them of a step of recognition; None: there are none."""
    told = [each.step for each in tellers if each is not None]
    if not told:
        return None

    def tell(name: str, seconds: float) -> None:
        for each in told:
            each(name, seconds)

    return tell


def watch_server(
    metrics: Metrics, listening: Listening, queue: WorkQueue, galleries: Galleries, readiness: Readiness
) -> None:
    gauges: dict[str, tuple[str, Callable[[], float]]] = {
        "rollcall_connections": ("Connections on the wire", lambda: listening.served),
        "rollcall_held_bytes": ("Bytes of messages that arrive or wait", lambda: listening.budget.held),
        "rollcall_pictures_waiting": ("Pictures that wait for recognition", lambda: queue.waiting),
        "rollcall_outbox_clients": (
            "Clients that said in the last three minutes that decisions have waited with them for a minute or more",
            lambda: metrics.outboxes.now().clients,
        ),
        "rollcall_outbox_entries": ("Decisions that wait there", lambda: metrics.outboxes.now().entries),
        "rollcall_outbox_oldest_seconds": (
            "For how long the oldest of them has waited",
            lambda: metrics.outboxes.now().oldest_s,
        ),
        "rollcall_gallery_students": ("Students who can be recognised", lambda: len(galleries.loaded.students)),
        "rollcall_database_up": ("1 while the database answers", lambda: float(readiness.now().database)),
        "rollcall_recognition_up": ("1 while recognition works", lambda: float(readiness.now().recognition)),
    }
    for name, (about, read) in gauges.items():
        metrics.watch(name, about, read)


def metrics_listener(settings: Settings, metrics: Metrics | None) -> MetricsListener | None:
    """Raises SetupProblem where the port is taken."""
    if metrics is None or settings.metrics_port is None:
        return None
    return MetricsListener(settings.metrics_host, settings.metrics_port, metrics)
