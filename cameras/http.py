"""Read network cameras by HTTP: an MJPEG stream, or a picture a request."""

import logging
import re
import ssl
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Final

import httpx2

from cameras.address import Address
from cameras.error_texts import CameraText
from cameras.errors import BadPicture, CameraLost
from cameras.frame import Image
from cameras.mjpeg import MjpegParts, boundary_of
from cameras.picture import MAX_PICTURE_BYTES, decode_picture, decode_streamed
from cameras.settings import CameraSettings
from cameras.source import PATIENCE_S, Pace, Pause

# Seconds that connecting may take, and each silence of an answer.
TIMEOUT: Final = httpx2.Timeout(5.0, read=PATIENCE_S)

# Damaged pictures of a stream in a row, after which it counts as lost; one in between is not worth a word.
MAX_BAD_PICTURES: Final = 10


# What cameras call a stream of JPEGs beside multipart/x-mixed-replace.
_MJPEG_KIND: Final = re.compile(r"\s*(?:video|image|application)/(?:x-)?(?:motion-?jpe?g|mjpe?g)\b", re.IGNORECASE)
# How a part begins: with its boundary's line, or with its header where the camera leaves that out.
_PART: Final = re.compile(rb"\s*(?:--[^\r\n]*\r?\n\s*)?(?:content-|--)", re.IGNORECASE)
_TELLING_BYTES: Final = 12

_NEXT_CHALLENGE: Final = re.compile(r",\s*(?=(?:basic|digest)\s)", re.IGNORECASE)

# They log every URL that is asked for, whole: what stands behind its `?` may be a password.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class HttpSource:
    """An MJPEG stream or single pictures, as the answer's Content-Type says, or its first bytes."""

    def __init__(self, address: Address, settings: CameraSettings) -> None:
        self.name = address.name
        self.patience_s = PATIENCE_S + settings.interval_s
        self._url = address.url
        self._auth = ChallengedAuth(address.user, address.password) if address.user else None
        self._interval_s = settings.interval_s
        self._frames_per_second = settings.frames_per_second

    def pictures(self, pause: Pause) -> Generator[Image, None, None]:
        # Not by the system's proxy: the camera is in this building.
        with httpx2.Client(
            auth=self._auth,
            timeout=TIMEOUT,
            trust_env=False,
            verify=ssl.create_default_context(),
            headers={"Accept": "image/*, multipart/x-mixed-replace", "Accept-Encoding": "identity"},
        ) as client:
            while True:
                with self._answer(client) as answer:
                    chunks, kind = answer.iter_raw(), answer.headers.get("Content-Type", "")
                    _require_kind(kind)
                    first = _first_bytes(chunks)
                    if _is_stream(kind, first, sized="Content-Length" in answer.headers):
                        given = yield from self._stream(chain([first], chunks), _boundary(kind))
                        if given != 1 or _says_stream(kind):
                            raise CameraLost(CameraText.STREAM_ENDED)
                    else:
                        yield decode_picture(_whole_picture(chain([first], chunks)))
                if pause(self._interval_s):
                    return

    @contextmanager
    def _answer(self, client: httpx2.Client) -> Iterator[httpx2.Response]:
        try:
            with client.stream("GET", self._url) as answer:
                _require_success(answer)
                yield answer
        except httpx2.TimeoutException as error:
            raise CameraLost(CameraText.NO_ANSWER) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            raise CameraLost(CameraText.NOT_REACHED, reason=str(error)) from error

    def _stream(self, chunks: Iterable[bytes], boundary: bytes) -> Generator[Image, None, int]:
        # How many pictures there were.
        parts = MjpegParts(boundary)
        pace = Pace(self._frames_per_second)
        heard_at = time.monotonic()
        bad = given = 0
        for chunk in chunks:
            whole = parts.receive(chunk)
            _require_in_time(heard_at)
            if not whole:
                continue
            given += len(whole)
            heard_at = time.monotonic()
            if pace.is_due():
                try:
                    picture = decode_streamed(whole[-1])
                except BadPicture:
                    bad += 1
                    if bad >= MAX_BAD_PICTURES:
                        raise
                    continue
                bad = 0
                yield picture
        return given


class ChallengedAuth(httpx2.Auth):
    """User and password as the camera asks for them: digest where it offers that, else basic; never unasked before."""

    def __init__(self, user: str, password: str) -> None:
        self._digest = httpx2.DigestAuth(user, password)
        self._basic = httpx2.BasicAuth(user, password)
        self._chosen: httpx2.Auth | None = None

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        if self._chosen is None:
            answer = yield request
            if answer.status_code != 401:
                return
            self._chosen = self._asked_for(answer)
        flow = self._chosen.auth_flow(request)
        try:
            request = next(flow)
            while True:
                answer = yield request
                _set_apart(answer)
                request = flow.send(answer)
        except StopIteration:
            return
        except (httpx2.ProtocolError, NotImplementedError, KeyError, ValueError) as error:
            # httpx2 on a digest with qop auth-int alone, of an algorithm that it does not know, or that is none.
            raise CameraLost(CameraText.UNKNOWN_SIGN_ON) from error

    def _asked_for(self, answer: httpx2.Response) -> httpx2.Auth:
        _set_apart(answer)
        challenges = answer.headers.get_list("WWW-Authenticate")
        is_digest = any(challenge.lower().startswith("digest") for challenge in challenges)
        return self._digest if is_digest else self._basic


def _set_apart(answer: httpx2.Response) -> None:
    """Give each challenge a line of its own, as httpx2 reads them; some write all into one (RFC 9110, 11.6.1)."""
    name = "www-authenticate"
    lines = [part for line in answer.headers.get_list(name) for part in _NEXT_CHALLENGE.split(line)]
    others = [(key, value) for key, value in answer.headers.multi_items() if key.lower() != name]
    answer.headers = httpx2.Headers([*others, *((name, line) for line in lines)])


def _require_success(answer: httpx2.Response) -> None:
    if answer.status_code in (401, 403):
        raise CameraLost(CameraText.NOT_ALLOWED, status=answer.status_code)
    if answer.status_code != 200:
        raise CameraLost(CameraText.HTTP_STATUS, status=answer.status_code)


def _require_kind(kind: str) -> None:
    """Raises CameraLost where the answer says that it is neither a picture nor a stream of pictures."""
    plain = kind.lower().partition(";")[0].strip()
    if plain and not (_says_stream(plain) or plain.startswith(("image/", "application/octet-stream"))):
        raise CameraLost(CameraText.NO_PICTURE_TYPE, kind=kind[:60])


def _says_stream(kind: str) -> bool:
    return kind.lower().startswith("multipart/") or _MJPEG_KIND.match(kind) is not None


def _is_stream(kind: str, first: bytes, *, sized: bool) -> bool:
    """Whether pictures follow one another. sized: the answer says how long it is, as single pictures mostly do."""
    if _says_stream(kind):
        return True
    return _PART.match(first) is not None or (first.startswith(b"\xff\xd8\xff") and not sized)


def _boundary(kind: str) -> bytes:
    # Empty where the stream does not say it: pictures are then told by their own structure.
    try:
        return boundary_of(kind)
    except BadPicture:
        return b""


def _first_bytes(chunks: Iterator[bytes]) -> bytes:
    # As many as tell what it is; fewer where there are no more.
    first = b""
    begun_at = time.monotonic()
    while len(first) < _TELLING_BYTES and (chunk := next(chunks, b"")):
        first += chunk
        _require_in_time(begun_at)
    return first


def _whole_picture(chunks: Iterable[bytes]) -> bytes:
    """Raises CameraLost where the answer is endless or too slow."""
    body = bytearray()
    begun_at = time.monotonic()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_PICTURE_BYTES:
            raise BadPicture(CameraText.ENDLESS, bytes=MAX_PICTURE_BYTES)
        _require_in_time(begun_at)
    return bytes(body)


def _require_in_time(since: float) -> None:
    if time.monotonic() - since > PATIENCE_S:
        raise CameraLost(CameraText.SLOW, seconds=PATIENCE_S)
