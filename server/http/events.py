"""Tell those who watch a session's board that it changed, and nothing of what changed about whom."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from server.errors import RollcallError
from server.store import BoardRevision

log = logging.getLogger(__name__)

# So that a proxy, and a browser, do not take silence for the end.
COMMENT_S: Final = 15.0
OTHERS_AGAIN_MS: Final = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLimits:
    """poll_s: between two looks at the database, one for all who watch a session. recheck_s: between two looks at a
    reader's credential.
    """

    streams: int = 400
    streams_each: int = 4
    poll_s: float = 1.0
    recheck_s: float = 60.0
    life_s: float = 3600.0


class _Watched:
    """A session that somebody watches."""

    def __init__(self) -> None:
        self.revision: BoardRevision | None = None
        self.changed = asyncio.Condition()
        self.readers = 0
        self.task: asyncio.Task[None] | None = None


class Events:
    """Belongs to the event loop's thread, all but `stop`. revision: asks the database, in a thread of its own."""

    def __init__(self, revision: Callable[[int], BoardRevision], limits: EventLimits | None = None) -> None:
        self._revision = revision
        self.limits = limits or EventLimits()
        self._watched: dict[int, _Watched] = {}
        self._readers: Counter[str] = Counter()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def has_room(self, reader: str) -> bool:
        return self._readers.total() < self.limits.streams and self._readers[reader] < self.limits.streams_each

    def stop(self) -> None:
        """End every stream; from any thread."""
        self._stopping = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(lambda: asyncio.ensure_future(self._wake()))

    async def stream(
        self, session: int, reader: str, known: str | None, is_still_allowed: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[bytes]:
        """Lines of `text/event-stream`. known: the revision that the reader saw last."""
        self._loop = asyncio.get_running_loop()
        watched = self._watch(session)
        self._readers[reader] += 1
        try:
            yield f"retry: {OTHERS_AGAIN_MS}\n: watching\n\n".encode()
            async for event in self._events(watched, known, is_still_allowed):
                yield event
        finally:
            self._readers[reader] -= 1
            self._leave(session, watched)

    async def _events(
        self, watched: _Watched, known: str | None, is_still_allowed: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        ends, checks = clock() + self.limits.life_s, clock() + self.limits.recheck_s
        seen = watched.revision
        if seen is not None and known not in {None, str(seen)}:
            yield _event(seen, None)
        while not self._stopping and clock() < ends:
            if clock() >= checks:
                if not await is_still_allowed():
                    return
                checks = clock() + self.limits.recheck_s
            now = await self._next(watched, seen)
            if now is None or now == seen:
                yield b": still here\n\n"
                continue
            if seen is not None or known not in {None, str(now)}:
                yield _event(now, seen)
            seen = now

    async def _next(self, watched: _Watched, seen: BoardRevision | None) -> BoardRevision | None:
        """The revision once it is another, or after a while as it is."""
        try:
            async with asyncio.timeout(min(COMMENT_S, self.limits.recheck_s)), watched.changed:
                await watched.changed.wait_for(lambda: self._stopping or watched.revision != seen)
        except TimeoutError:
            pass
        return watched.revision

    def _watch(self, session: int) -> _Watched:
        watched = self._watched.setdefault(session, _Watched())
        watched.readers += 1
        if watched.task is None:
            watched.task = asyncio.ensure_future(self._poll(session, watched))
        return watched

    def _leave(self, session: int, watched: _Watched) -> None:
        watched.readers -= 1
        if watched.readers == 0 and watched.task is not None:
            watched.task.cancel()
            self._watched.pop(session, None)

    async def _poll(self, session: int, watched: _Watched) -> None:
        while not self._stopping:
            try:
                revision = await asyncio.to_thread(self._revision, session)
            except RollcallError as error:
                log.debug("a board's revision could not be asked: %s", error.text)  # it is asked again
            else:
                if revision != watched.revision:
                    watched.revision = revision
                    async with watched.changed:
                        watched.changed.notify_all()
            await asyncio.sleep(self.limits.poll_s)

    async def _wake(self) -> None:
        for watched in list(self._watched.values()):
            async with watched.changed:
                watched.changed.notify_all()


def _event(now: BoardRevision, before: BoardRevision | None) -> bytes:
    data = {
        "marks": before is None or now.marks != before.marks,
        "pictures": before is None or now.pictures != before.pictures,
        "state": before is None or now.state != before.state,
    }
    return f"id: {now}\nevent: changed\ndata: {msgspec.json.encode(data).decode()}\n\n".encode()
