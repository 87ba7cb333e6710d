"""The HTTP of a recogniser of the pool: a picture in, its faces out; nothing of either is kept."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post

from server.errors import RollcallError
from server.extraction import FaceExtractor
from server.extraction.answering import answered, read_question, refused
from server.extraction.messages import MEDIA_TYPE, PATH, READY_PATH, Answer, Identity, Refusal
from server.http.application import exchange_of
from server.readiness import Readiness
from server.services.class_day.work_queue import WorkQueue

log = logging.getLogger(__name__)

# 429: it is asked again later; 503: another recogniser may do it, and a proxy asks one.
_STATUSES: Final = {"busy": 429, "unavailable": 503, "internal": 500}


def recogniser_routes(
    extractor: FaceExtractor, identity: Identity, readiness: Readiness, queue: WorkQueue
) -> list[Any]:
    @get(READY_PATH)
    async def ready(request: Request[Any, Any, Any]) -> Response[bytes]:
        exchange_of(request).route = READY_PATH
        now = readiness.now()
        well = now.recognition and not now.stopping
        return Response(msgspec.json.encode(identity), status_code=200 if well else 503, media_type="application/json")

    @post(PATH)
    async def faces(request: Request[Any, Any, Any]) -> Response[bytes]:
        exchange_of(request).route = PATH
        body = await request.body()
        status, said = await asyncio.to_thread(_answer, body, lambda asked: answered(asked, extractor, identity), queue)
        return Response(msgspec.msgpack.encode(said), status_code=status, media_type=MEDIA_TYPE)

    return [ready, faces]


def _answer(body: bytes, answer: Callable[..., Answer], queue: WorkQueue) -> tuple[int, Answer | Refusal]:
    try:
        question = read_question(body)
        return 200, queue.run(lambda: answer(question))
    except Exception as error:
        if not isinstance(error, RollcallError):
            log.exception("a picture could not be looked at")
        said = refused(error)
        return _STATUSES.get(said.code, 422), said
