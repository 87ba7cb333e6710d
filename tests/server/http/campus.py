"""A classroom that is spoken to by HTTP, and a client that says little more than http.client."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from server.access import Principal
from server.bootstrap.http_identity import identify_by, known_or_nobody
from server.bootstrap.sign_on import sign_on_from
from server.domain.consents import Policy
from server.http.application import application
from server.http.connection import ConnectionLimits
from server.http.credentials import Presented
from server.http.events import EventLimits, Events
from server.http.gate import GateLimits
from server.http.v1.document import document_routes
from server.http.v1.handler import Handlers
from server.http.v1.route import Api
from server.http.v1.routes import ROUTES
from server.pages.frame import error_page, foreign_routes, page_routes
from server.pages.office_services import OfficeServices
from server.pages.rendering import Renderer
from server.pages.visit import Pages, SignOn
from server.services.class_day.galleries import Galleries
from server.services.consent.gate import ConsentGate
from server.services.consent.texts import ConsentTexts
from server.services.enrolment.upload import PhotographUploads
from server.services.identity.accounts import Accounts
from server.services.identity.authentication import Authentication
from server.services.identity.devices import Devices
from server.services.identity.passwords import Passwords
from server.services.identity.principals import Principals
from server.services.privacy.documents import PrivacyFacts
from server.services.sign_on.sign_on_file import SignOnSettings
from tests.server.classroom import MODEL, SEOUL, Classroom
from tests.server.http.listening import PATIENCE_S, Answer, listening

JSON = {"Content-Type": "application/json"}
OWN = {"Rollcall": "1"}
OWN_URL = "http://localhost"
FACTS = PrivacyFacts(
    institution="",
    contact="",
    consent=Policy.REQUIRED,
    sightings_days=30,
    access_log_days=730,
    template_days=180,
    mail_days=180,
    mails=False,
    keeps_photographs=True,
    authentication=True,
)


class Http:
    """One kept connection. principal: who everybody is; None: who may use this machine. routes: paths, and their
    methods.
    """

    def __init__(self, room: Classroom, port: int, routes: list[tuple[str, set[str]]]) -> None:
        self.room = room
        self.routes = routes
        self.port = port
        self.principal: Principal | None = None
        self.presented: list[Presented] = []
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._keys = 0

    def close(self) -> None:
        self._connection.close()

    def ask(
        self, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None, **query: Any
    ) -> Answer:
        """data: JSON, or bytes as they are. A change says that it is of an own page."""
        body = data if data is None or isinstance(data, bytes) else json.dumps(data).encode()
        given = {**(OWN if method != "GET" else {}), **(JSON if body is not None and body is not data else {})}
        asked = {name: str(value).lower() if value is True else value for name, value in query.items()}
        url = f"{path}?{urlencode(asked)}" if asked else path
        self._connection.request(method, url, body, {**given, **(headers or {})})
        answer = self._connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def do(self, method: str, path: str, data: Any = None, key: str | None = None, **query: Any) -> Answer:
        """Under a key of its own."""
        self._keys += 1
        return self.ask(method, path, data, {"Idempotency-Key": key or f"key-{self._keys}"}, **query)

    def send(self, path: str, data: bytes, kind: str = "image/jpeg", **query: Any) -> Answer:
        return self.ask("POST", path, data, {"Content-Type": kind}, **query)

    def open(self) -> int:
        answer = self.do("POST", "/v1/sessions", {"course": "ea0017_1", "date": "2026-03-02", "hours": [3]})
        assert answer.status == 200, answer.body
        return int(answer.json["session"]["session"])


def office_of(room: Classroom, knowns: Path) -> OfficeServices:
    texts = ConsentTexts("", "", 30)
    return OfficeServices(
        knowns=knowns,
        galleries=Galleries(room.store, MODEL),
        consent=ConsentGate(room.store, Policy.REQUIRED, texts),
        devices=Devices(room.store),
        accounts=Accounts(room.store, Passwords()),
        privacy=FACTS,
    )


def pages_of(room: Classroom, api: Api, cache: Path, sign_on: SignOnSettings | None = None) -> Pages:
    return Pages(
        dispatcher=room.dispatcher,
        services=room.services,
        zone=SEOUL,
        clock=lambda: room.now,
        identify=api.identify,
        renderer=Renderer(),
        texts=ConsentTexts("", "", 30),
        contact="",
        uploads=api.uploads,
        office=office_of(room, cache),
        sign_on=sign_on_from(sign_on, room.services, OWN_URL) if sign_on else SignOn(),
    )


@contextmanager
def http_of(
    room: Classroom,
    knowns: Path,
    queue: Any = None,
    *,
    signed_in: bool = False,
    sign_on: SignOnSettings | None = None,
    allowed: Any = lambda: None,
    others: Any = None,
    **limits: Any,
) -> Iterator[Http]:
    """signed_in: everybody has to say who they are. sign_on: by whom, beside passwords."""
    knowns.mkdir(exist_ok=True)
    if signed_in:
        principals = Principals(room.store, room.class_day.courses)
        asking = Authentication(room.store, principals, required=True)
        room.services = replace(room.services, authentication=asking)
    by_credential = partial(known_or_nobody, identify_by(room.services))
    spoken: list[Http] = []

    def identify(presented: Presented, address: str, now: Any) -> Principal:
        client = spoken[0]
        client.presented.append(presented)
        return client.principal or by_credential(presented, address, now)

    recogniser, decode, waiting = room.recogniser, room.decode, room.queue
    events = Events(room.store.revisions.of_board, EventLimits(streams_each=3, poll_s=0.02, recheck_s=0.2))
    api = Api(
        dispatcher=room.dispatcher,
        uploads=PhotographUploads(room.store, recogniser, decode, knowns, queue or waiting, allowed, others),
        knowns=knowns,
        events=events,
        accounts=Accounts(room.store, Passwords()),
        privacy=FACTS,
        identify=identify,
    )
    pages = pages_of(room, api, knowns, sign_on)
    handlers = [
        *Handlers(api, 2).of(ROUTES),
        *document_routes(ROUTES),
        page_routes(pages),
        foreign_routes(pages),
    ]
    patient = ConnectionLimits(keep_alive_s=300)
    gate = application(handlers, GateLimits(**limits), error_page(pages))
    routes = [(each.path, set(each.methods)) for each in gate._application.routes]
    with listening(gate, patient, stopping=events.stop) as listener:
        spoken.append(Http(room, listener.port, routes))
        try:
            yield spoken[0]
        finally:
            spoken[0].close()
