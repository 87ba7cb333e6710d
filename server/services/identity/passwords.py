"""Hash passwords, a few at a time, and compare them."""

import threading
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from server.errors import BadRequest, Busy

# NIST SP 800-63B asks for 8 at least and no rules about signs; the longest keeps a hash from being fed megabytes.
SHORTEST: Final = 10
LONGEST: Final = 200
# Each takes 64 MiB and a fifth of a second: a crowd at the start of an hour must not take the memory of recognition.
AT_ONCE: Final = 2
PATIENCE_S: Final = 10.0


class Passwords:
    """For any thread; at most two are hashed at once, and others wait."""

    def __init__(self) -> None:
        self._hasher = PasswordHash((Argon2Hasher(),))
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._of_nobody: str | None = None

    def hash(self, password: str) -> str:
        """Raises BadRequest for one that is too short or too long, and Busy."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadRequest(
                "A password has {least} to {most} characters: choose another one.", least=SHORTEST, most=LONGEST
            )
        with self._place():
            return self._hasher.hash(password)

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether it is the one; and a new hash where the kept one was made with older parameters.

        kept: None: of an account that has none, or that there is not, which takes as long. Raises Busy.
        """
        with self._place():
            if kept is None:
                self._hasher.verify(password[:LONGEST], self._dummy())
                return False, None
            if len(password) > LONGEST:
                return False, None
            return self._hasher.verify_and_update(password, kept)

    def _dummy(self) -> str:
        if self._of_nobody is None:
            self._of_nobody = self._hasher.hash("the password of nobody")
        return self._of_nobody

    def _place(self) -> "_Place":
        return _Place(self._places)


class _Place:
    def __init__(self, places: threading.BoundedSemaphore) -> None:
        self._places = places

    def __enter__(self) -> None:
        if not self._places.acquire(timeout=PATIENCE_S):
            raise Busy("Too many people sign in just now: try again in a moment.")

    def __exit__(self, *_: object) -> None:
        self._places.release()
