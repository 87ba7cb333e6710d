"""Put a recogniser of the pool together: networks and HTTPS, no database and no key."""

from typing import Final

from server.bootstrap.extraction import certificates_of, identity_by, local_extractor
from server.config import Settings
from server.extraction.messages import MOST_EXTRA_BYTES
from server.extraction.tls import server_context
from server.faces import Recogniser
from server.http.application import application
from server.http.connection import ConnectionLimits
from server.http.gate import GateLimits
from server.http.listener import Address, HttpListener
from server.http.recogniser import recogniser_routes
from server.process.liveness import Liveness
from server.process.stop import drain
from server.readiness import Readiness, WatchedRecogniser
from server.services.class_day.work_queue import WorkQueue

# A proxy gives a process one picture at a time; a few more come from servers that ask without it, or by two proxies.
MOST_WAITING: Final = 8
CONNECTIONS: Final = 64
STOP_PATIENCE_S: Final = 30.0


class RecogniserProcess:
    """Its port is bound at once, `start` begins to answer. `liveness`: its threads, for the one that watches them."""

    def __init__(self, settings: Settings, address: Address, recogniser: Recogniser) -> None:
        self._drain_s = settings.drain_s
        self._readiness = Readiness()
        self._recogniser = WatchedRecogniser(recogniser, self._readiness)
        self.liveness = Liveness()
        self._queue = WorkQueue("recognition", workers=1, most_waiting=MOST_WAITING, liveness=self.liveness)
        extractor = local_extractor(settings, self._recogniser)
        identity = identity_by(settings, recogniser)
        routes = recogniser_routes(extractor, identity, self._readiness, self._queue)
        self._listener = HttpListener(
            address,
            application(
                routes,
                GateLimits(
                    names=(address.host,),
                    body_bytes=settings.max_payload_bytes + MOST_EXTRA_BYTES,
                    body_timeout_s=settings.message_timeout_s,
                ),
            ),
            ConnectionLimits(
                connections=CONNECTIONS,
                message_timeout_s=settings.message_timeout_s,
                idle_timeout_s=settings.idle_timeout_s,
            ),
            threads=MOST_WAITING + 2,
            liveness=self.liveness,
            context=server_context(*certificates_of(settings)),
        )

    @property
    def name(self) -> str:
        """`HOST:PORT`."""
        return self._listener.name

    def start(self) -> None:
        """Raises SetupProblem where the port is taken."""
        self._recogniser.check()
        self._listener.start()

    def stop(self) -> bool:
        """Answer what was accepted, then end; False where something did not end within the patience."""
        self._readiness.stop()
        drain(self._drain_s)
        answered = self._listener.stop(STOP_PATIENCE_S - self._drain_s)
        return self._queue.close(patience_s=1.0) and answered
