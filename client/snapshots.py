"""Send a camera's pictures to the server, and keep those that cannot be sent yet, in memory only: they show people."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from client.api import Api
from client.errors import ClientError, Refused
from protocol.messages import Faces

MOST_PICTURES: Final = 20
OLDEST_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class CameraSnapshot:
    """image: a file's bytes. taken_at: zone-aware."""

    image: bytes
    taken_at: datetime
    course: str | None = None
    session: int | None = None


class SnapshotSender:
    """Not to be shared by threads."""

    def __init__(
        self,
        api: Api,
        most: int = MOST_PICTURES,
        oldest_s: float = OLDEST_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._waiting: deque[tuple[float, CameraSnapshot]] = deque(maxlen=most)  # since when, and what
        self._oldest_s = oldest_s
        self._monotonic = monotonic

    def __len__(self) -> int:
        self._forget()
        return len(self._waiting)

    def look(self, snapshot: CameraSnapshot, *, record: bool = False) -> Faces:
        """No faces where the server finds none. record: it keeps them as sightings."""
        try:
            return self._api.snapshot(
                snapshot.image,
                course=snapshot.course,
                session=snapshot.session,
                taken_at=snapshot.taken_at,
                record=record,
            )
        except Refused as refused:
            if refused.code != "no_face":
                raise
        return Faces(width=0, height=0, faces=())

    def record(self, snapshot: CameraSnapshot) -> Faces:
        """Record a picture; where the server is away it waits for `send`."""
        try:
            answer = self._recorded(snapshot)
        except ClientError:
            self.add(snapshot)
            raise
        if isinstance(answer, Refused):
            raise answer
        return answer

    def add(self, snapshot: CameraSnapshot) -> None:
        """The oldest gives way where there are too many."""
        self._waiting.append((self._monotonic(), snapshot))
        self._forget()

    def send(self) -> Iterator[tuple[CameraSnapshot, Faces | Refused]]:
        """Record those that wait, each with its answer or what the server has against it. Raises as Api.snapshot where
        the rest has to wait.
        """
        while len(self):
            _, snapshot = self._waiting[0]
            try:
                answer = self._recorded(snapshot)
            except Refused as refused:
                if not refused.retry:
                    self._waiting.rotate(-1)  # the server failed at this one: the others go first
                raise
            self._waiting.popleft()
            yield snapshot, answer

    def hang_up(self) -> None:
        self._api.hang_up()

    def _recorded(self, snapshot: CameraSnapshot) -> Faces | Refused:
        try:
            return self.look(snapshot, record=True)
        except Refused as refused:
            if not refused.is_final:
                raise
            return refused

    def _forget(self) -> None:
        # Not by the pictures' own times: this computer's clock may be put forward.
        eldest = self._monotonic() - self._oldest_s
        self._waiting = deque((each for each in self._waiting if each[0] >= eldest), self._waiting.maxlen)
