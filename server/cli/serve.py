"""`serve`: start the server, and stop it on SIGTERM or Ctrl-C."""

import ipaddress
import logging
import os
import select
import signal
import socket
import threading
from contextlib import closing
from functools import partial
from types import FrameType

import click

from server.bootstrap.constants import constants_of_file
from server.bootstrap.family import not_fitted, of_other_families, store_family
from server.bootstrap.recognition import recogniser_of
from server.bootstrap.server import Server
from server.bootstrap.store import store_of
from server.cli.options import ALL, with_settings
from server.clock import utc_now
from server.config import Settings
from server.errors import RollcallError
from server.faces import Recogniser
from server.gallery import find_oddities
from server.recognition import decode_image
from server.services.class_day.galleries import as_gallery
from server.services.enrolment.enrolment import enrol
from server.store import Store
from server.store.database.cipher import key_file_problems

log = logging.getLogger(__name__)

# How often the gallery is held against the database while no picture comes: an erased template leaves memory too.
WATCH_S = 2.0
# Photographs between two lines of progress in the log.
PROGRESS_EVERY = 50


@click.command()
@with_settings(ALL, log_level="info")
def serve(settings: Settings) -> None:
    """Enrol what is in the folder of photographs, then answer clients until SIGTERM or Ctrl-C.

    Prints `ready on HOST:PORT` once it answers; everything else goes to the log on standard error.

    \b
    Example:
      face_recog_server.py serve --database rollcall.sqlite --knowns knowns --legacy-course ea0017_1
    """
    with closing(Stop()) as stop, store_of(settings) as store:
        _warn_of_open_address(settings.host)
        for problem in (*store.health.durability().problems, *key_file_problems(settings.key_path)):
            log.warning("%s", problem)
        family = store_family(settings, store)
        recogniser = recogniser_of(settings, family)
        log.info("family %s (%s), faces found by %s", family.name, family.title, recogniser.detector)
        server = Server(settings, store, recogniser, utc_now)
        _enrol(settings, store, recogniser)
        for said in filter(None, (of_other_families(store, family), not_fitted(settings, family))):
            log.warning("%s", said)
        _serve(server, settings.host, stop)


class Stop:
    """A signal ends the start-up at once, else has what was accepted answered. For the main thread."""

    def __init__(self) -> None:
        self.starting = True
        self._wanted = False
        # Woken by the system's part of the signal. An Event would not do: a signal that comes while the main thread
        # begins to wait, and holds its lock, would wait for that lock for ever.
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self)

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - so signals are told
        if self._wanted:
            return
        self._wanted = True
        if self.starting:
            raise SystemExit(0)

    def wait(self, seconds: float) -> bool:
        """Whether a signal has come."""
        return self._wanted or bool(select.select([self._woken], (), (), seconds)[0])

    def close(self) -> None:
        """Further signals change nothing."""
        signal.set_wakeup_fd(-1)
        self._woken.close()
        self._waker.close()


def _warn_of_open_address(host: str) -> None:
    """Say so when others than this machine can reach the port."""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        log.warning(
            "listening on %s: anyone who reaches this address can read rosters and record marks, "
            "for there are neither accounts nor encryption yet",
            host,
        )


def _enrol(settings: Settings, store: Store, recogniser: Recogniser) -> None:
    """What is refused is explained by the command `enrol`."""
    if not settings.knowns.is_dir():
        log.warning("the folder of photographs, %s, does not exist: nobody new is enrolled", settings.knowns)
        return

    def progress(done: int, total: int) -> None:
        if done % PROGRESS_EVERY == 0 or done == total:
            log.info("%d of %d photographs looked at", done, total)

    decode = partial(decode_image, max_pixels=settings.max_image_pixels)
    report = enrol(store, recogniser, settings.knowns, decode=decode, at=utc_now(), by="serve", progress=progress)
    if report.count("refused"):
        log.warning("some photographs were refused: run `enrol` to see which, and why")
    model = recogniser.model_id
    constants = constants_of_file(settings, model)
    if report.count("taken") and find_oddities(as_gallery(store.templates.of_model(model), model, constants)):
        # Whom they concern the command `enrol` tells: the log names nobody.
        log.warning(
            "something is odd about the photographs taken together, such as one person under two numbers: run "
            "`enrol` to see what"
        )


def _serve(server: Server, host: str, stop: Stop) -> None:
    # Answer until a signal comes; then let what was accepted be answered.
    server.galleries.current()
    server.listen()
    stop.starting = False
    thread = threading.Thread(target=server.serve, name="listener", daemon=True)
    thread.start()
    click.echo(f"ready on {host}:{server.port}")
    _watch(server, stop)
    log.info("stopping")
    if not server.stop():
        log.error("some work did not end in time and was given up")
        logging.shutdown()
        os._exit(0)  # the interpreter would wait for, or break, a native library that is still at work
    thread.join()


def _watch(server: Server, stop: Stop) -> None:
    # Keep the gallery up to date, and pictures no longer than they may be kept; the database may be away meanwhile.
    away = False
    while not stop.wait(WATCH_S):
        try:
            server.galleries.current()
            server.retention.run(utc_now())
        except RollcallError as error:
            if not away:
                log.warning("gallery and pictures cannot be held against the database: %s", error.text)
            away = True
        else:
            if away:
                log.info("the database is back")
            away = False
