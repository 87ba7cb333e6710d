"""Have the faces of a picture found by a pool of recognisers, over HTTPS with certificates on both sides."""

import logging
import ssl
import threading
import time
from collections.abc import Sequence
from typing import Final, Protocol

import httpx2
import msgspec

from protocol.error_texts import ServerText
from protocol.sentences import Sentence
from server.errors import BadImage, BadRequest, Busy, RollcallError, TooLarge, Unavailable
from server.extraction.extractor import Extracted
from server.extraction.messages import MEDIA_TYPE, PATH, Answer, Identity, Question, Refusal, face_of
from server.faces import Box, Face, Recogniser, TakenFaces

log = logging.getLogger(__name__)

# Both tries together: clients wait 30 s for an answer, and some of it goes for the picture's way here.
PATIENCE_S: Final = 25.0
CONNECT_S: Final = 2.0
TRIES: Final = 2
# Two thousand faces of the longest embeddings take 9 MB.
MOST_ANSWER_BYTES: Final = 32 * 1024 * 1024
# Under uvicorn's 5 s, so that nothing is sent on a connection that is being closed.
KEPT_S: Final = 4.0
MOST_TOLD: Final = 100

_REFUSALS: Final[dict[str, type[RollcallError]]] = {each.code: each for each in (BadImage, TooLarge, Busy, BadRequest)}
_answers = msgspec.msgpack.Decoder(Answer)
_refusals = msgspec.msgpack.Decoder(Refusal)


class Post(Protocol):
    """The way to the pool. For any thread."""

    def __call__(self, body: bytes, seconds: float, /) -> tuple[int, bytes]:
        """The status and the body of the answer, within so many seconds. Raises httpx2.HTTPError."""
        ...

    def close(self) -> None: ...


class Failed(Exception):
    """A try did not bring an answer; the text says why, for the log."""


class PooledExtractor:
    """A FaceExtractor. mine: what the pool has to be. own: the server's own recogniser, for what it is."""

    def __init__(self, post: Post, mine: Identity, own: Recogniser) -> None:
        self._post = post
        self._mine = mine
        self.model_id, self.dimensions = own.model_id, own.dimensions
        self.min_face_px, self.looks_twice = own.min_face_px, own.looks_twice
        self._lock = threading.Lock()
        self._told: set[str] = set()

    def look(self, data: bytes) -> Extracted:
        answer, faces = self._ask(Question(kind="look", image=data))
        return Extracted(answer.width, answer.height, faces, answer.turns)

    def faces(self, data: bytes) -> Sequence[Face]:
        return self._ask(Question(kind="faces", image=data))[1]

    def at_boxes(self, data: bytes, boxes: Sequence[Box]) -> Sequence[Face]:
        faces = self._ask(Question(kind="at_boxes", image=data, boxes=tuple(boxes)))[1]
        if len(faces) != len(boxes):
            raise Unavailable(ServerText.RECOGNISERS_AWAY)
        return faces

    def close(self) -> None:
        self._post.close()

    def _ask(self, question: Question) -> tuple[Answer, Sequence[Face]]:
        """Raises Unavailable where two tries bring nothing; Busy, BadImage and TooLarge as the recogniser says."""
        body = msgspec.msgpack.encode(question)
        deadline = time.monotonic() + PATIENCE_S
        for _ in range(TRIES):
            try:
                return self._try(body, deadline - time.monotonic())
            except Failed as failed:
                self._tell(str(failed))
            if deadline - time.monotonic() < CONNECT_S:
                break
        raise Unavailable(ServerText.RECOGNISERS_AWAY)

    def _try(self, body: bytes, seconds: float) -> tuple[Answer, Sequence[Face]]:
        try:
            status, said = self._post(body, seconds)
        except httpx2.HTTPError as error:
            raise Failed(f"the recognisers did not answer: {type(error).__name__}") from error
        if status != 200:
            raise _refused(status, said)
        try:
            answer = _answers.decode(said)
            faces = [face_of(row, self.dimensions) for row in answer.faces]
        except (ValueError, RecursionError) as error:  # of msgspec's too
            raise Failed("a recogniser's answer cannot be read") from error
        if difference := self._mine.difference(answer.identity):
            raise Failed(f"a recogniser is another than this server's own: {difference}")
        if answer.identity.version != self._mine.version:
            self._tell(f"a recogniser has version {answer.identity.version}, this server {self._mine.version}")
        return answer, TakenFaces(faces, answer.found) if answer.found > len(faces) else faces

    def _tell(self, what: str) -> None:
        """A line for each kind of trouble, until one like it has been told often."""
        with self._lock:
            is_new = what not in self._told and len(self._told) < MOST_TOLD
            self._told.add(what)
        log.log(logging.WARNING if is_new else logging.DEBUG, "%s", what)


class HttpsPost:
    """A Post over connections that are kept."""

    def __init__(self, url: str, context: ssl.SSLContext, connections: int) -> None:
        limits = httpx2.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEPT_S
        )
        # Whatever the environment says of proxies and certificates holds for others.
        self._client = httpx2.Client(verify=context, trust_env=False, limits=limits, base_url=url)

    def __call__(self, body: bytes, seconds: float) -> tuple[int, bytes]:
        times = httpx2.Timeout(seconds, connect=min(CONNECT_S, seconds))
        headers = {"Content-Type": MEDIA_TYPE}
        with self._client.stream("POST", PATH, content=body, headers=headers, timeout=times) as answer:
            said = bytearray()
            for chunk in answer.iter_raw():
                said += chunk
                if len(said) > MOST_ANSWER_BYTES:
                    raise httpx2.DecodingError("The answer is too long.")
            return answer.status_code, bytes(said)

    def get(self, path: str, seconds: float) -> tuple[int, bytes]:
        """Raises OSError."""
        try:
            answer = self._client.get(path, timeout=seconds)
        except httpx2.HTTPError as error:
            raise OSError(str(error) or type(error).__name__) from error
        return answer.status_code, answer.content

    def close(self) -> None:
        self._client.close()


def _refused(status: int, said: bytes) -> Exception:
    """Ours where the recogniser refuses the picture itself, else a failed try."""
    if status == 429:
        return Busy(ServerText.RECOGNISERS_BUSY)
    try:
        refusal = _refusals.decode(said)
    except (ValueError, RecursionError):
        return Failed(f"the recognisers answered with status {status}")
    if (kind := _REFUSALS.get(refusal.code)) is None:
        return Failed(f"a recogniser said {refusal.code}")
    return kind(Sentence(refusal.text, refusal.template, refusal.values))
