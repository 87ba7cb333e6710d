"""Take files from a form, and hold them in memory while somebody looks at what they would change."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body

Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
Files = Sequence[tuple[str, bytes]]  # names with bytes

HELD_S: Final = 15 * 60.0
MOST_HELD: Final = 8
MOST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class _Held:
    owner: str
    files: Files
    until: float


class HeldUploads:
    """For any thread. Never on a disk; the oldest goes where there are too many, and each after a quarter of an hour.

    monotonic: seconds, of a clock that nobody sets.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._held: OrderedDict[str, _Held] = OrderedDict()

    def keep(self, owner: str, files: Files) -> str:
        """Under what they are taken again, by the same person."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._drop_old()
            while len(self._held) >= MOST_HELD:
                self._held.popitem(last=False)
            self._held[token] = _Held(owner, files, self._monotonic() + HELD_S)
        return token

    def find(self, owner: str, token: str) -> Files | None:
        """None where they are gone, or another's."""
        with self._lock:
            self._drop_old()
            found = self._held.get(token)
        return found.files if found and found.owner == owner else None

    def drop(self, token: str) -> None:
        with self._lock:
            self._held.pop(token, None)

    def _drop_old(self) -> None:
        for token in [token for token, each in self._held.items() if each.until <= self._monotonic()]:
            del self._held[token]


def files_of(form: Mapping[str, Any], name: str) -> list[tuple[str, bytes]]:
    """The files of a field, without those that were not chosen."""
    found = form.get(name, ())
    files = found if isinstance(found, list) else [found]
    return [
        (each.filename[-MOST_NAME:], each.file.read())
        for each in files
        if isinstance(each, UploadFile) and each.filename
    ]
