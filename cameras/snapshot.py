"""Fetch one picture of an allowed camera: at the address that was looked at, within one deadline, following nothing."""

import logging
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import httpcore2
import httpx2

from cameras.allowed import CameraGuard, PinnedCamera
from cameras.error_texts import CameraText
from cameras.errors import BadPicture, CameraLost
from cameras.http import ChallengedAuth
from cameras.mjpeg import MjpegParts, boundary_of
from cameras.picture import MAX_PICTURE_BYTES

DEADLINE_S: Final = 5.0
HEADERS: Final = {
    "Accept": "image/*, multipart/x-mixed-replace",
    "Accept-Encoding": "identity",
    "User-Agent": "rollcall",
}

for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class SnapshotReader:
    """For any thread."""

    def __init__(
        self,
        guard: CameraGuard,
        *,
        deadline_s: float = DEADLINE_S,
        verify: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard = guard
        self._deadline_s = deadline_s
        self._verify = verify or ssl.create_default_context()
        self._monotonic = monotonic

    def read(self, url: str) -> bytes:
        """The bytes of one picture, of a stream its first. Raises NotAllowed, and CameraLost.

        No error has a byte of what the other side sent.
        """
        deadline = self._monotonic() + self._deadline_s
        pinned = self._guard.pinned(url, self._deadline_s)
        try:
            with httpx2.Client(
                transport=_PinnedTransport(pinned, deadline, self._verify, self._monotonic),
                auth=ChallengedAuth(pinned.entry.user, pinned.entry.password) if pinned.entry.user else None,
                trust_env=False,
                follow_redirects=False,
                headers=HEADERS,
            ) as client:
                return _one_picture(client, pinned.url.text)
        except httpx2.TimeoutException as error:
            raise CameraLost(CameraText.NO_ANSWER) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError) as error:
            raise CameraLost(CameraText.NOT_REACHED, reason=type(error).__name__) from error


def _one_picture(client: httpx2.Client, url: str) -> bytes:
    with client.stream("GET", url) as answer:
        if answer.status_code != 200:
            raise CameraLost(CameraText.HTTP_STATUS, status=answer.status_code)
        kind = answer.headers.get("Content-Type", "").lower()
        chunks = _bounded(answer.iter_raw())
        if kind.startswith("multipart/"):
            return _first_part(chunks, boundary_of(kind))
        return b"".join(chunks)


def _bounded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    arrived = 0
    for chunk in chunks:
        arrived += len(chunk)
        if arrived > MAX_PICTURE_BYTES:
            raise BadPicture(CameraText.ENDLESS, bytes=MAX_PICTURE_BYTES)
        yield chunk


def _first_part(chunks: Iterable[bytes], boundary: bytes) -> bytes:
    parts = MjpegParts(boundary)
    for chunk in chunks:
        if whole := parts.receive(chunk):
            return whole[0]
    raise CameraLost(CameraText.STREAM_ENDED)


class _PinnedTransport(httpx2.BaseTransport):
    """Connects to the addresses that were looked at; `Host` and the certificate's name stay those of the URL."""

    def __init__(
        self, pinned: PinnedCamera, deadline: float, verify: ssl.SSLContext, monotonic: Callable[[], float]
    ) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=verify, network_backend=_PinnedBackend(pinned.addresses, deadline, monotonic), retries=0
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        asked = httpcore2.Request(
            request.method,
            httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            extensions={
                "timeout": {"connect": DEADLINE_S, "read": DEADLINE_S, "write": DEADLINE_S, "pool": DEADLINE_S}
            },
        )
        try:
            answer = self._pool.handle_request(asked)
        except httpcore2.TimeoutException as error:
            raise httpx2.ReadTimeout("") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise httpx2.NetworkError(type(error).__name__) from error
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Stream(answer), request=request)

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_stream()
        except httpcore2.TimeoutException as error:
            raise httpx2.ReadTimeout("") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise httpx2.NetworkError(type(error).__name__) from error

    def close(self) -> None:
        self._answer.close()


class _PinnedBackend(httpcore2.NetworkBackend):
    def __init__(self, addresses: tuple[str, ...], deadline: float, monotonic: Callable[[], float]) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._monotonic = monotonic
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - it was resolved already
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - one deadline holds
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        failed: Exception = httpcore2.ConnectError("no address")
        for address in self._addresses:
            try:
                stream = self._backend.connect_tcp(address, port, self._left(), local_address, socket_options)
                return _Timed(stream, self._left)
            except httpcore2.ConnectError as error:
                failed = error
        raise failed

    def _left(self) -> float:
        left = self._deadline - self._monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout
        return left


class _Timed(httpcore2.NetworkStream):
    """A stream of which each step has what is left of the one deadline: bytes in between do not prolong it."""

    def __init__(self, stream: httpcore2.NetworkStream, left: Callable[[], float]) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._left()), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
