"""Hash passwords, a few at a time, and compare them."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from server.errors import BadRequest, Busy

# NIST SP 800-63B asks for 8 at least and no rules about signs; the longest keeps a hash from being fed megabytes.
SHORTEST: Final = 10
LONGEST: Final = 200
# Each takes 64 MiB and a fifth of a second: a crowd at the start of an hour must not take the memory of recognition.
AT_ONCE: Final = 2
PATIENCE_S: Final = 10.0
# By so much the hashing gives way to marks and pictures: a third of their share of a processor that both want.
GIVES_WAY: Final = 5

T = TypeVar("T")


class Passwords:
    """For any thread; at most two are hashed at once, and others wait."""

    def __init__(self) -> None:
        self._hasher = PasswordHash((Argon2Hasher(),))
        self._places = threading.BoundedSemaphore(AT_ONCE)
        # Threads of its own, for a thread that has given way once cannot go back.
        self._threads = ThreadPoolExecutor(AT_ONCE, "passwords", _give_way)
        self._of_nobody: str | None = None

    def hash(self, password: str) -> str:
        """Raises BadRequest for one that is too short or too long, and Busy."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadRequest(
                "A password has {least} to {most} characters: choose another one.", least=SHORTEST, most=LONGEST
            )
        with self._place():
            return self._work(lambda: self._hasher.hash(password))

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether it is the one; and a new hash where the kept one was made with older parameters.

        kept: None: of an account that has none, or that there is not, which takes as long. Raises Busy.
        """
        with self._place():
            if kept is None:
                self._work(lambda: self._hasher.verify(password[:LONGEST], self._dummy()))
                return False, None
            if len(password) > LONGEST:
                return False, None
            return self._work(lambda: self._hasher.verify_and_update(password, kept))

    def _dummy(self) -> str:
        if self._of_nobody is None:
            self._of_nobody = self._hasher.hash("the password of nobody")
        return self._of_nobody

    def _work(self, work: Callable[[], T]) -> T:
        return self._threads.submit(work).result()

    def _place(self) -> "_Place":
        return _Place(self._places)


def _give_way() -> None:
    """Of this thread, and of those that it makes; elsewhere than on Linux it would be of the whole process."""
    if sys.platform == "linux":
        own = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, own, max(os.getpriority(os.PRIO_PROCESS, own), GIVES_WAY))


class _Place:
    def __init__(self, places: threading.BoundedSemaphore) -> None:
        self._places = places

    def __enter__(self) -> None:
        if not self._places.acquire(timeout=PATIENCE_S):
            raise Busy("Too many people sign in just now: try again in a moment.")

    def __exit__(self, *_: object) -> None:
        self._places.release()
