"""Put the whole server together."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from server import __version__
from server.bootstrap.class_day import class_day_around
from server.bootstrap.consent import consent_gate
from server.bootstrap.extraction import extractor_of, live_pictures_of, painting_of, pictures_at_once
from server.bootstrap.galleries import galleries_of
from server.bootstrap.http import http_listener
from server.bootstrap.http_identity import identify_by
from server.bootstrap.identity import identity_around
from server.bootstrap.mail import mail_duties
from server.bootstrap.metrics import metrics_listener, metrics_of, steps_told, traces_of, watch_server
from server.bootstrap.privacy import privacy_facts
from server.bootstrap.recognition import OtherRecognisers
from server.bootstrap.retention import retention_jobs
from server.bootstrap.seeds import seed_listeners
from server.bootstrap.students import student_services
from server.bootstrap.tls import certificate_duty, encryption_of, server_certificate
from server.config import Settings
from server.connection import ConnectionLimits
from server.dispatch import About, Campus, Dispatcher, Services
from server.dispatch.measured import MeasuredDispatcher
from server.faces import Recogniser
from server.http.events import Events
from server.http.listener import HttpListener
from server.http.v1.route import Api
from server.pages.office_services import OfficeServices
from server.process.allocator import FreedMemory
from server.process.duties import Duties, Duty
from server.process.liveness import Liveness
from server.process.stop import drain
from server.readiness import Readiness, WatchedRecogniser
from server.recognition import PhotographDecoder, decode_image
from server.services.class_day.galleries import Galleries
from server.services.class_day.live_pictures import LivePictures
from server.services.class_day.recognition import Recognition
from server.services.class_day.retention import Retention
from server.services.class_day.work_queue import WorkQueue
from server.services.enrolment.upload import PhotographUploads
from server.services.identity.accounts import Accounts
from server.services.rooms.checks import RoomChecks
from server.services.rooms.prediction import SurePrediction
from server.services.viewings import Viewings
from server.store import Store
from server.tcp import TcpServer
from server.wire import Wire

log = logging.getLogger(__name__)

# How long a stop waits for what was accepted: as long as a picture may wait for its turn.
STOP_PATIENCE_S: Final = 30.0
# Of processor time for decoding one photograph that is sent: the pictures of classes wait meanwhile.
UPLOAD_SECONDS: Final = 10
MOST_UPLOADS: Final = 8


class Server:
    """`port` is bound at once, `start` begins to answer. `liveness`: its threads, for the one that watches them."""

    def __init__(self, settings: Settings, store: Store, recogniser: Recogniser, clock: Callable[[], datetime]) -> None:
        self.readiness = Readiness()
        self._drain_s = settings.drain_s
        recogniser = self._recogniser = WatchedRecogniser(recogniser, self.readiness)
        model = recogniser.model_id
        self.liveness = Liveness()
        certificate = self.certificate = server_certificate(settings, clock)
        self.galleries = galleries_of(settings, store, model)
        self._class_day = class_day_around(
            store, settings.zone, self.galleries, self.liveness, tells_held_up=settings.tells_held_up
        )
        self.students = student_services(settings, self._class_day)
        retention = Retention(
            store,
            self._class_day.sessions,
            settings.zone,
            settings.sightings_days,
            forgetting=retention_jobs(settings, store, self.students.absences),
        )
        live = live_pictures_of(settings)
        duties = (
            Duty("pictures of this moment are forgotten", live.forget_old),
            *_due(self.galleries, retention, clock, self.readiness),
            *certificate_duty(certificate),
        )
        self._duties = Duties(duties, self.liveness)
        self._mail = mail_duties(settings, self._class_day, self.liveness, clock)
        metrics, self._traces = metrics_of(settings), traces_of(settings)
        self._queue = WorkQueue(
            "recognition",
            workers=pictures_at_once(settings),
            most_waiting=settings.max_waiting_images,
            liveness=self.liveness,
            measure=steps_told(metrics, self._traces),
        )
        # Photographs are looked at here, one at a time, wherever pictures are.
        self._uploads = self._queue
        if settings.recognisers:
            self._uploads = WorkQueue("enrolment", workers=1, most_waiting=MOST_UPLOADS, liveness=self.liveness)
        self._extractor = extractor_of(settings, recogniser)
        self.identity = identity_around(settings, store, self._class_day.courses)
        services = self._services(settings, store, live)
        campus = Campus(settings.zone, settings.legacy_course)
        dispatcher = MeasuredDispatcher(services, campus, clock, metrics, self._traces)
        self._wire = Wire(dispatcher)
        self._listener = TcpServer(
            settings.host,
            settings.port,
            self._wire,
            _limits(settings),
            self.liveness,
            encryption_of(settings, certificate),
        )
        if metrics is not None:
            watch_server(metrics, self._listener, self._queue, self.galleries, self.readiness)
        self.metrics = metrics_listener(settings, metrics)
        self.seeds = seed_listeners(settings, services, self.liveness)
        self.http = self._http_listener(settings, store, services, dispatcher)

    def _services(self, settings: Settings, store: Store, live: LivePictures) -> Services:
        """What requests are answered by, whoever carries them."""
        recognition = Recognition(
            self._extractor,
            store,
            self.galleries,
            self._queue,
            painting_of(settings),
            keeps_points=settings.tells_held_up,
        )
        return Services(
            store=store,
            decisions=self._class_day.decisions,
            courses=self._class_day.courses,
            sessions=self._class_day.sessions,
            boards=self._class_day.boards,
            recognition=recognition,
            live=live,
            vetoes=self._class_day.vetoes,
            rooms=RoomChecks(
                store,
                self._recogniser,
                partial(decode_image, max_pixels=settings.max_image_pixels),
                self._uploads,
                self._prediction,
            ),
            authentication=self.identity.authentication,
            pairings=self.identity.pairings,
            web_sessions=self.identity.web_sessions,
            viewings=Viewings(store),
            students=self.students,
            about=_about(settings, self._recogniser),
        )

    def _http_listener(
        self, settings: Settings, store: Store, services: Services, dispatcher: Dispatcher
    ) -> HttpListener | None:
        """None: no HTTP is set."""
        consent = consent_gate(settings, store)
        others = OtherRecognisers(settings, self._recogniser.family, lambda said: log.info("%s", said))
        uploads = PhotographUploads(
            store,
            self._recogniser,
            PhotographDecoder(settings.max_image_pixels, UPLOAD_SECONDS),
            settings.own_photographs,
            self._uploads,
            consent.allowed,
            None if settings.keep_photographs else others,
        )
        accounts = Accounts(store, self.identity.passwords)
        office = OfficeServices(
            knowns=settings.own_photographs,
            galleries=self.galleries,
            consent=consent,
            devices=self.identity.devices,
            accounts=accounts,
            privacy=privacy_facts(settings),
        )
        api = Api(
            dispatcher=dispatcher,
            uploads=uploads,
            knowns=settings.own_photographs,
            events=Events(store.revisions.of_board),
            accounts=accounts,
            privacy=office.privacy,
            image_bytes=settings.max_payload_bytes,
            identify=identify_by(services),
        )
        context = self.certificate.context if self.certificate else None
        return http_listener(settings, api, services, office, self.readiness, self.liveness, context)

    def _prediction(self) -> SurePrediction:
        """By the constants in use. Raises SetupProblem."""
        return SurePrediction(self.galleries.current().constants)

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def _http_listeners(self) -> list[HttpListener]:
        return [*([self.http] if self.http else []), *self.seeds.values()]

    def start(self) -> None:
        """Answer, and do what is due. Raises SetupProblem where the port is taken."""
        self._recogniser.check()
        self.readiness.database_answered()
        self._listener.listen()
        self._listener.start()
        for each in self._http_listeners:
            each.start()
        self._duties.start()
        if self._mail is not None:
            self._mail.start()

    def stop(self) -> bool:
        """Answer what was accepted, then end; False where something did not end within the patience."""
        self.readiness.stop()
        drain(self._drain_s)
        deadline = time.monotonic() + STOP_PATIENCE_S - self._drain_s
        for each in self._http_listeners:
            each.begin_stop()
        answered = self._listener.stop(deadline - time.monotonic())
        for each in self._http_listeners:
            answered = each.stop(max(deadline - time.monotonic(), 1.0)) and answered
        self._wire.close()
        if self.metrics is not None:
            self.metrics.close()
        recognised = all(each.close(patience_s=1.0) for each in {self._queue, self._uploads})
        self._extractor.close()
        if self._traces is not None:
            self._traces.close()
        if self._mail is not None:
            self._mail.close(patience_s=1.0)  # what is under way there is done again by whoever comes next
        done = self._duties.close(patience_s=1.0)
        return self._class_day.recorder.close(patience_s=5.0) and answered and recognised and done


def _due(
    galleries: Galleries, retention: Retention, clock: Callable[[], datetime], readiness: Readiness
) -> tuple[Duty, ...]:
    def refresh() -> None:
        galleries.refresh()
        readiness.database_answered()

    return (
        Duty("the gallery is held against the database", refresh),
        Duty("proposals of past days are kept, and what is old is removed", lambda: retention.run(clock())),
        Duty("freed memory is given back", FreedMemory().give_back),
    )


def _limits(settings: Settings) -> ConnectionLimits:
    return ConnectionLimits(
        connections=settings.max_connections,
        message_timeout_s=settings.message_timeout_s,
        idle_timeout_s=settings.idle_timeout_s,
        legacy_silence_s=settings.legacy_silence_s,
        payload_bytes=settings.max_payload_bytes,
        held_bytes=max(settings.max_held_bytes, settings.max_payload_bytes),
        proxies=settings.header_networks,
    )


def _about(settings: Settings, recogniser: Recogniser) -> About:
    return About(
        version=__version__,
        engine=recogniser.engine,
        detector=recogniser.detector,
        min_face_px=recogniser.min_face_px,
        max_payload_bytes=settings.max_payload_bytes,
        max_image_pixels=settings.max_image_pixels,
        max_connections=settings.max_connections,
        message_timeout_s=settings.message_timeout_s,
        idle_timeout_s=settings.idle_timeout_s,
    )
