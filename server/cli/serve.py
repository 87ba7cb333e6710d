"""`serve`: start the server, and stop it on SIGTERM or Ctrl-C."""

import logging
import secrets
from collections.abc import Callable
from contextlib import closing

import click

from server.bootstrap.consent import consent_gate
from server.bootstrap.constants import constants_of_file
from server.bootstrap.family import not_fitted, of_other_families, store_family
from server.bootstrap.recognition import other_recognisers, recogniser_of
from server.bootstrap.server import Server
from server.bootstrap.store import store_of
from server.cli.options import ALL, with_settings
from server.clock import utc_now
from server.config import Settings, is_loopback
from server.errors import SetupProblem, Unavailable
from server.faces import Recogniser
from server.gallery import find_oddities
from server.process.log_queue import LogQueue
from server.process.service_manager import has_service_manager, tell_service_manager
from server.process.stop import Stop, end_now
from server.process.watch import watch
from server.recognition import PhotographDecoder
from server.services.class_day.galleries import as_gallery
from server.services.enrolment.enrolment import EnrolReport, enrol
from server.services.enrolment.originals import destroy_originals
from server.store import Store
from server.store.database.key_file import key_file_problems
from settings.logs import log_ends_of_threads

log = logging.getLogger(__name__)

# Photographs between two lines of progress in the log.
PROGRESS_EVERY = 50


@click.command()
@with_settings(ALL, log_level="info")
def serve(settings: Settings) -> None:
    """Enrol what is in the folder of photographs, then answer clients until SIGTERM or Ctrl-C.

    Prints `ready on HOST:PORT` once it answers; everything else goes to the log on standard error. A certificate is
    read anew when its file changes, and at once by SIGHUP.

    \b
    Example:
      face_recog_server.py serve --database rollcall.sqlite --knowns knowns --legacy-course ea0017_1
    """
    log_ends_of_threads()
    require_safe_address(settings)
    writer = f"serve-{secrets.token_hex(4)}"
    with closing(Stop()) as stop, closing(LogQueue()) as log_queue, store_of(settings, writer) as store:
        for problem in (*store.health.durability().problems, *key_file_problems(settings.key_path)):
            log.warning("%s", problem)
        family = store_family(settings, store)
        recogniser = recogniser_of(settings, family)
        log.info("family %s (%s), faces found by %s", family.name, family.title, recogniser.detector)
        server = Server(settings, store, recogniser, utc_now)
        try:
            _enrol(settings, store, recogniser)
        except Unavailable as error:
            log.error("no photograph is enrolled now; `enrol` or the next start does it: %s", error.log_text)
        for said in filter(None, (of_other_families(store, family), not_fitted(settings, family))):
            log.warning("%s", said)
        _serve(server, settings.host, stop, log_queue)


def require_safe_address(settings: Settings) -> None:
    """Raise SetupProblem where others than this machine could reach a port that asks nobody who they are."""
    if settings.authentication == "off" and not is_loopback(settings.host):
        raise SetupProblem(
            f"With authentication off whoever reaches {settings.host} could read every roster and record marks: set "
            "authentication to required and register devices and people by `device add` and `user add`, or listen on "
            "127.0.0.1."
        )
    if settings.authentication == "off" and settings.header_networks:
        raise SetupProblem(
            "With authentication off everybody behind the proxies could read every roster and record marks: set "
            "authentication to required, or leave out proxies."
        )


def _enrol(settings: Settings, store: Store, recogniser: Recogniser) -> None:
    """What is refused is explained by the command `enrol`."""
    if settings.own_photographs is None:
        return
    if not settings.knowns.is_dir():
        log.warning("the folder of photographs, %s, does not exist: nobody new is enrolled", settings.knowns)
        return

    def progress(done: int, total: int) -> None:
        if done % PROGRESS_EVERY == 0 or done == total:
            log.info("%d of %d photographs looked at", done, total)

    def make(by_family: Recogniser) -> EnrolReport:
        return enrol(
            store,
            by_family,
            settings.knowns,
            decode=decode,
            at=utc_now(),
            by="serve",
            allowed=allowed,
            progress=progress,
        )

    decode = PhotographDecoder(settings.max_image_pixels)
    allowed = consent_gate(settings, store).allowed()
    report = make(recogniser)
    if report.lines and not settings.keep_photographs:
        _destroy(settings, store, recogniser, make)
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


def _destroy(
    settings: Settings, store: Store, recogniser: Recogniser, make: Callable[[Recogniser], EnrolReport]
) -> None:
    """Let every other family look at the photographs, and destroy them."""
    looked = [recogniser]
    for other in other_recognisers(settings, recogniser.family, lambda said: log.info("%s", said)):
        make(other)
        looked.append(other)
    gone = destroy_originals(store, settings.knowns, looked, at=utc_now(), by="serve")
    log.info("%d photographs destroyed, for keep_photographs is false", gone.files)
    if gone.stuck:
        log.warning("%d photographs could not be destroyed: `enrol` says why", len(gone.stuck))


def _serve(server: Server, host: str, stop: Stop, log_queue: LogQueue) -> None:
    # Answer until a signal comes; then let what was accepted be answered.
    server.galleries.current()
    server.start()
    stop.starting = False
    if server.certificate:
        stop.reload_by_hangup(server.certificate.reload)
    elif has_service_manager():  # its `reload` then finds nothing to read, and ends nothing
        stop.reload_by_hangup(lambda: None)
    click.echo(f"ready on {host}:{server.port}")
    if server.http:
        click.echo(f"{'https' if server.http.encrypts else 'http'} on {server.http.name}")
    if server.metrics:
        click.echo(f"metrics on {server.metrics.name}")
    for program, each in server.seeds.items():
        click.echo(f"http of {program} on {each.name}")
    tell_service_manager("READY=1")
    watch(server.liveness, stop, log_queue)
    tell_service_manager("STOPPING=1")
    log.info("stopping")
    if not server.stop():
        log.error("some work did not end in time and was given up")
        log_queue.close()
        end_now(0)  # the interpreter would wait for, or break, a native library that is still at work
