"""`recogniser`: find faces for servers, as one of a pool, until SIGTERM or Ctrl-C."""

from contextlib import closing

import click

from server.bootstrap.family import set_family
from server.bootstrap.recogniser import RecogniserProcess
from server.bootstrap.recognition import recogniser_of
from server.cli.options import with_settings
from server.config import Settings
from server.errors import BadRequest
from server.http.listener import Address
from server.process.log_queue import LogQueue
from server.process.service_manager import tell_service_manager
from server.process.stop import Stop, end_now
from server.process.watch import watch
from settings.logs import log_ends_of_threads

SETTINGS = (
    "family",
    "embedder",
    "engine",
    "detector",
    "detector_file",
    "min_face_px",
    "max_faces",
    "threads",
    "max_image_pixels",
    "held_up",
    "max_payload_bytes",
    "message_timeout_s",
    "idle_timeout_s",
    "drain_s",
    "recogniser_certificate",
    "recogniser_ca",
    "log_level",
)


@click.command()
@click.option("--listen", required=True, metavar="HOST:PORT", help="where to listen; port 0 takes a free one")
@with_settings(SETTINGS, log_level="info")
def recogniser(settings: Settings, listen: str) -> None:
    """Find and embed the faces of pictures that servers send, by HTTPS with certificates on both sides.

    It has no database and no key, knows nobody's name, and keeps no picture. Servers use it where their `recognisers`
    names it or a proxy in front of several. Prints `ready on HOST:PORT` once it answers.

    \b
    Example:
      face_recog_server.py recogniser --listen 10.0.1.5:20071 --recogniser-certificate r1.pem --recogniser-ca ca.pem
    """
    log_ends_of_threads()
    address = _address(listen)
    with closing(Stop()) as stop, closing(LogQueue()) as log_queue:
        process = RecogniserProcess(settings, address, recogniser_of(settings, set_family(settings)))
        process.start()
        stop.starting = False
        click.echo(f"ready on {process.name}")
        tell_service_manager("READY=1")
        watch(process.liveness, stop, log_queue)
        tell_service_manager("STOPPING=1")
        if not process.stop():
            log_queue.close()
            end_now(0)  # the interpreter would wait for, or break, a native library that is still at work


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise BadRequest(f"--listen is {text!r}; write HOST:PORT, such as 10.0.1.5:20071.")
    return Address(host=host.strip("[]"), port=int(port), setting="--listen")
