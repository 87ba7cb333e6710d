"""Put the HTTP side together, where one is set."""

import ssl
from functools import partial

from server.bootstrap.consent import consent_texts
from server.bootstrap.http_identity import identify_by, known_or_nobody
from server.bootstrap.sign_on import sign_on_of
from server.clock import utc_now
from server.config import Settings
from server.dispatch import Services
from server.http.application import application
from server.http.connection import ConnectionLimits
from server.http.gate import GateLimits
from server.http.health import health_routes
from server.http.listener import Address, HttpListener
from server.http.v1.document import document_routes
from server.http.v1.handler import Handlers
from server.http.v1.route import Api
from server.http.v1.routes import ROUTES
from server.pages.frame import foreign_routes, page_routes
from server.pages.office_services import OfficeServices
from server.pages.rendering import Renderer
from server.pages.visit import Pages
from server.process.liveness import Liveness
from server.readiness import Readiness


def http_listener(
    settings: Settings,
    api: Api,
    services: Services,
    office: OfficeServices,
    readiness: Readiness,
    liveness: Liveness,
    context: ssl.SSLContext | None,
) -> HttpListener | None:
    """Its port taken, answering nobody yet; None where no port is set. context: of TLS. Raises SetupProblem."""
    if settings.http_port is None:
        return None
    pages = _pages(settings, api, services, office)
    return HttpListener(
        Address(host=settings.host, port=settings.http_port),
        application(
            [
                *health_routes(readiness),
                *Handlers(api, heavy_at_once=max(settings.http_threads // 2, 1)).of(ROUTES),
                *document_routes(ROUTES),
                page_routes(pages),
                foreign_routes(pages),
            ],
            _gate_limits(settings),
        ),
        _connection_limits(settings),
        threads=settings.http_threads,
        liveness=liveness,
        stopping=api.events.stop,
        context=context,
    )


def _pages(settings: Settings, api: Api, services: Services, office: OfficeServices) -> Pages:
    return Pages(
        dispatcher=api.dispatcher,
        services=services,
        zone=settings.zone,
        clock=utc_now,
        identify=partial(known_or_nobody, identify_by(services)),
        renderer=Renderer(),
        texts=consent_texts(settings),
        contact=settings.privacy_contact,
        uploads=api.uploads,
        office=office,
        sign_on=sign_on_of(settings, services),
        mails=bool(settings.smtp_host),
    )


def _gate_limits(settings: Settings) -> GateLimits:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return GateLimits(
        names=(host, *settings.http_host_names),
        proxies=settings.proxy_networks,
        body_bytes=settings.max_payload_bytes,
        body_timeout_s=settings.message_timeout_s,
        held_bytes=max(settings.max_held_bytes // 2, settings.max_payload_bytes),
    )


def _connection_limits(settings: Settings) -> ConnectionLimits:
    return ConnectionLimits(
        connections=settings.http_connections,
        message_timeout_s=settings.message_timeout_s,
        idle_timeout_s=settings.idle_timeout_s,
    )
