"""Know the zones of the room that are never looked at, and paint them over before a picture leaves this machine."""

import time
from collections.abc import Callable
from typing import Final

from cameras.frame import Image
from cameras.painting import Polygon, without
from client.api import Api
from client.errors import ClientError, Refused

# A zone that was added is painted here so soon; the server paints it from the next picture on.
AGAIN_S: Final = 60.0


class RoomZones:
    """Not to be shared by threads. monotonic: seconds that only grow."""

    def __init__(self, api: Api, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._monotonic = monotonic
        self._course: str | None = None
        self._asked_at = 0.0
        self._polygons: tuple[Polygon, ...] = ()

    def knows(self, course: str) -> bool:
        """Whether a picture of this course may leave the machine."""
        return self._course == course

    def ask(self, course: str) -> None:
        """Ask the server where it is time; what it said last holds while it is away.

        Of a server that knows no such question, or refuses it, nothing is painted here: it paints by itself, or takes
        no picture. Raises Unreachable, BadReply and Refused where it has never answered for this course.
        """
        now = self._monotonic()
        if self.knows(course) and now - self._asked_at < AGAIN_S:
            return
        self._asked_at = now
        try:
            self._polygons = self._api.zones(course)
        except ClientError as error:
            if isinstance(error, Refused) and error.is_final:
                self._polygons = ()
            elif not self.knows(course):
                raise
        self._course = course

    def painted(self, image: Image) -> Image:
        """Without what is never looked at."""
        return without(image, self._polygons)
