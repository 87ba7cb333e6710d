"""Pictures that could not be sent, a few, for a short while, in memory only: they show people. Knows no camera.

They never touch the disk, so that nothing of them is left when the client ends.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from client.api import Api, now_utc
from client.errors import Refused
from protocol.messages import Faces

MOST_PICTURES: Final = 20
OLDEST_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file's bytes, when it was taken (zone-aware), and whose class it shows; it is to be recorded."""

    image: bytes
    taken_at: datetime
    course: str | None = None
    session: int | None = None


class Pictures:
    """At most `most` pictures, none older than oldest_s seconds; the oldest go first. Not to be shared by threads."""

    def __init__(
        self, most: int = MOST_PICTURES, oldest_s: float = OLDEST_S, clock: Callable[[], datetime] = now_utc
    ) -> None:
        self._kept: deque[Picture] = deque(maxlen=most)
        self._oldest = timedelta(seconds=oldest_s)
        self._clock = clock

    def __len__(self) -> int:
        self._forget()
        return len(self._kept)

    def add(self, picture: Picture) -> None:
        """Keep a picture; the oldest gives way where there are too many."""
        self._kept.append(picture)
        self._forget()

    def send(self, api: Api) -> Iterator[tuple[Picture, Faces | Refused]]:
        """Send them, oldest first, each with its answer or what the server has against it.

        Raises Unreachable, BadReply, or Refused where the server asks for later; that picture and the rest are kept.
        """
        while len(self):
            picture = self._kept[0]
            answer = _answer(api, picture)
            self._kept.popleft()
            yield picture, answer

    def _forget(self) -> None:
        eldest = self._clock() - self._oldest
        while self._kept and self._kept[0].taken_at < eldest:
            self._kept.popleft()


def _answer(api: Api, picture: Picture) -> Faces | Refused:
    try:
        return api.snapshot(
            picture.image, course=picture.course, session=picture.session, taken_at=picture.taken_at, record=True
        )
    except Refused as refused:
        if refused.retry:
            raise
        return refused
