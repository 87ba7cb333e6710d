"""Put the HTTP side together, where one is set."""

from server.config import Settings
from server.http.application import application
from server.http.connection import ConnectionLimits
from server.http.gate import GateLimits
from server.http.health import health_routes
from server.http.listener import Address, HttpListener
from server.process.liveness import Liveness
from server.readiness import Readiness


def http_listener(settings: Settings, readiness: Readiness, liveness: Liveness) -> HttpListener | None:
    """Its port taken, answering nobody yet; None where no port is set. Raises SetupProblem."""
    if settings.http_port is None:
        return None
    return HttpListener(
        Address(host=settings.host, port=settings.http_port),
        application(health_routes(readiness), _gate_limits(settings)),
        _connection_limits(settings),
        threads=settings.http_threads,
        liveness=liveness,
    )


def _gate_limits(settings: Settings) -> GateLimits:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return GateLimits(
        names=(host, *settings.http_host_names),
        proxies=settings.proxy_networks,
        body_bytes=settings.max_payload_bytes,
        body_timeout_s=settings.message_timeout_s,
    )


def _connection_limits(settings: Settings) -> ConnectionLimits:
    return ConnectionLimits(
        connections=settings.http_connections,
        message_timeout_s=settings.message_timeout_s,
        idle_timeout_s=settings.idle_timeout_s,
    )
