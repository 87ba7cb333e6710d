"""Greet a client, and tell what the server is."""

from typing import Final

from protocol.framing import MAX_HEADER_BYTES
from protocol.server import Hello, Info, Limits, ServerInfo, Welcome
from server.dispatch.call import Call


def hello(message: Hello, call: Call) -> Welcome:
    return Welcome(version=call.services.about.version, device=message.device)


def info(message: Info, call: Call) -> ServerInfo:  # noqa: ARG001 - every handler is called alike
    about, gallery = call.services.about, call.services.recognition.gallery
    limits = Limits(
        header_bytes=MAX_HEADER_BYTES,
        payload_bytes=about.max_payload_bytes,
        image_pixels=about.max_image_pixels,
        connections=about.max_connections,
        message_timeout_s=about.message_timeout_s,
        idle_timeout_s=about.idle_timeout_s,
    )
    return ServerInfo(
        version=about.version,
        engine=about.engine,
        detector=about.detector,
        model_id=gallery.model_id,
        min_face_px=about.min_face_px,
        students=len(gallery.students),
        now=call.now,
        timezone=call.campus.zone.key,
        limits=limits,
    )


HANDLERS: Final = {Hello: hello, Info: info}
