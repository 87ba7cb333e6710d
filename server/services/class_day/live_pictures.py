"""Hold the last picture of a session that is on, in memory and for seconds, for who decides; never anywhere else."""

import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from server.domain.sessions import SessionState
from server.services.class_day.recognition import Picture, RecognisedFace
from server.services.class_day.sessions import SessionView

# Of all pictures together; the oldest goes.
MOST_BYTES: Final = 128 * 1024 * 1024
MOST_SESSIONS: Final = 64
# A face that was shown can be touched a while longer: numbers of few pictures, no pixels.
FACES_S: Final = 120.0
MOST_SHOWN: Final = 20
# Who is still in the room when the last hour has ended is decided about then.
AFTER_LAST_HOUR: Final = timedelta(minutes=5)

Render = Callable[[bytes], bytes]  # a picture's bytes as they came; a JPEG of a size for a screen


@dataclass(frozen=True, slots=True, eq=False)
class LivePicture:
    """number: means nothing to another server, which has another picture. at: seconds that only grow."""

    number: int
    taken_at: datetime
    width: int
    height: int
    faces: tuple[RecognisedFace, ...]  # in the order of the picture's
    at: float
    image: bytes = field(repr=False)


@dataclass(slots=True)
class _Kept:
    picture: LivePicture
    is_rendered: bool = False
    rendering: threading.Lock = field(default_factory=threading.Lock)


class LivePictures:
    """For any thread. seconds: how long a picture stays; 0: none is ever kept. monotonic: seconds that only grow."""

    def __init__(
        self, seconds: float = 0.0, render: Render = lambda data: data, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds: Final = seconds
        self._render = render
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, _Kept] = OrderedDict()  # by session, the picture that came last at the end
        self._shown: dict[int, deque[LivePicture]] = {}  # without their pixels

    @property
    def is_on(self) -> bool:
        return self.seconds > 0

    def keep(self, view: SessionView, picture: Picture, taken_at: datetime, now: datetime) -> None:
        """Hold it in place of the one before, where its session is on and it is of this moment."""
        age = (now - taken_at).total_seconds()
        if not self.is_on or age >= self.seconds or not is_on(view, now) or len(picture.image) > MOST_BYTES:
            return
        session, number = view.session.id, secrets.randbits(52)
        at = self._monotonic() - max(age, 0.0)
        kept = LivePicture(number, taken_at, picture.width, picture.height, picture.faces, at, picture.image)
        with self._lock:
            self._kept.pop(session, None)
            self._kept[session] = _Kept(kept)
            self._bound()

    def newest(self, session: int) -> LivePicture | None:
        self.forget_old()
        with self._lock:
            kept = self._kept.get(session)
            return kept.picture if kept else None

    def image(self, session: int, number: int) -> bytes | None:
        """That picture as it is shown; None: it is forgotten, or another server's."""
        self.forget_old()
        with self._lock:
            kept = self._kept.get(session)
        if kept is None or kept.picture.number != number:
            return None
        with kept.rendering:
            if not kept.is_rendered:
                kept.picture = replace(kept.picture, image=self._render(kept.picture.image))
                kept.is_rendered = True
        with self._lock:
            if self._kept.get(session) is not kept:
                return None  # forgotten meanwhile
            shown = self._shown.setdefault(session, deque(maxlen=MOST_SHOWN))
            if all(each.number != number for each in shown):
                shown.append(replace(kept.picture, image=b""))
        return kept.picture.image

    def face(self, session: int, number: int, place: int) -> RecognisedFace | None:
        """A face of a picture that was shown lately, by its place among that picture's; None: it is forgotten."""
        self.forget_old()
        with self._lock:
            kept = self._kept.get(session)
            known = [*self._shown.get(session, ()), *([kept.picture] if kept else [])]
        faces = next((each.faces for each in known if each.number == number), ())
        return faces[place] if 0 <= place < len(faces) else None

    def forget(self, session: int) -> None:
        """At its end."""
        with self._lock:
            self._kept.pop(session, None)
            self._shown.pop(session, None)

    def forget_old(self) -> None:
        """To be called often: what nobody asks for any more goes too."""
        now = self._monotonic()
        with self._lock:
            for session in [each for each, kept in self._kept.items() if now - kept.picture.at >= self.seconds]:
                del self._kept[session]
            for session, shown in list(self._shown.items()):
                while shown and now - shown[0].at >= FACES_S:
                    shown.popleft()
                if not shown:
                    del self._shown[session]

    def _bound(self) -> None:
        total = sum(len(kept.picture.image) for kept in self._kept.values())
        while len(self._kept) > MOST_SESSIONS or total > MOST_BYTES:
            _, oldest = self._kept.popitem(last=False)
            total -= len(oldest.picture.image)


def is_on(view: SessionView, now: datetime) -> bool:
    """Whether pictures of the session are of a class that goes on."""
    ends = [hour.ends for hour in view.session.hours]
    over = bool(ends) and all(end and now >= end + AFTER_LAST_HOUR for end in ends)
    return view.state is SessionState.DRAFT and view.hour_now is not None and not over
