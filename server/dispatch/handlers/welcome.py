"""Who speaks, and what the server is."""

from protocol import messages
from protocol.framing import MAX_HEADER_BYTES
from server.dispatch.call import Call


def hello(message: messages.Hello, call: Call) -> messages.Message:
    call.peer.device = message.device
    return messages.Welcome(version=call.services.about.version, device=message.device)


def info(message: messages.Info, call: Call) -> messages.Message:  # noqa: ARG001 - every handler is called alike
    about, gallery = call.services.about, call.services.recognition.gallery
    limits = messages.Limits(
        header_bytes=MAX_HEADER_BYTES,
        payload_bytes=about.max_payload_bytes,
        image_pixels=about.max_image_pixels,
        connections=about.max_connections,
        message_timeout_s=about.message_timeout_s,
        idle_timeout_s=about.idle_timeout_s,
    )
    return messages.ServerInfo(
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
