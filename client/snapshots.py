"""Send a camera's pictures to the server, and keep those that cannot be sent yet, in memory only: they show people."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from client.api import Api, now_utc
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
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._api = api
        self._waiting: deque[CameraSnapshot] = deque(maxlen=most)
        self._oldest = timedelta(seconds=oldest_s)
        self._clock = clock

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
        """Record a picture, then those that wait; where the server is away it waits too."""
        try:
            answer = self._recorded(snapshot)
        except ClientError:
            self.add(snapshot)
            raise
        if isinstance(answer, Refused):
            raise answer
        for _ in self.send():
            pass
        return answer

    def add(self, snapshot: CameraSnapshot) -> None:
        """The oldest gives way where there are too many."""
        self._waiting.append(snapshot)
        self._forget()

    def send(self) -> Iterator[tuple[CameraSnapshot, Faces | Refused]]:
        """Record those that wait, each with its answer or what the server has against it. Raises as Api.snapshot where
        the rest has to wait.
        """
        while len(self):
            snapshot = self._waiting[0]
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
        except ClientError as error:
            if isinstance(error, Refused) and error.is_final:
                return error
            # The server holds the times of a connected client near their arrival; what waits is older than that.
            self.hang_up()
            raise

    def _forget(self) -> None:
        eldest = self._clock() - self._oldest
        while self._waiting and self._waiting[0].taken_at < eldest:
            self._waiting.popleft()
