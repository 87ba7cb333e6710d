"""Seal embeddings with AES-256-GCM under keys that never enter the database or a log."""

import secrets
import struct
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# 96 bits, drawn at random: NIST SP 800-38D permits 2**32 messages under one key so.
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
# The number of a database's first key, which also sealed what has no number: that was before keys could be changed.
FIRST_KEY: Final = 1
MOST_KEYS: Final = 0xFFFF
_NUMBER: Final = struct.Struct(">4sH")
_MARK: Final = b"\0RK1"


class WrongKey(Exception):
    """What is sealed was not sealed with these keys, or not for this place, or was changed."""


class Cipher:
    """Keys by their numbers. Seals with one of them, opens with whichever sealed. For any thread.

    more: gives the keys anew; asked for a key that came after these.
    """

    def __init__(
        self, keys: Mapping[int, bytes], *, number: int, more: Callable[[], Mapping[int, bytes]] | None = None
    ) -> None:
        self.number: Final = number
        self._keys = {each: AESGCM(key) for each, key in keys.items()}
        self._more = more

    def seal(self, plain: bytes, *, place: bytes) -> bytes:
        """The key's number, nonce, ciphertext and tag. place: what belongs to this row alone, so that it cannot be
        moved to another.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        return prefix(self.number) + nonce + self._keys[self.number].encrypt(nonce, plain, place)

    def open(self, sealed: bytes, *, place: bytes) -> bytes:
        """What was sealed for this place. Raises WrongKey."""
        number = number_of(sealed)
        if number is None:
            return self._opened(FIRST_KEY, sealed, place)
        try:
            return self._opened(number, sealed[_NUMBER.size :], place)
        except WrongKey:
            # A nonce from before keys had numbers may begin as a number does.
            return self._opened(FIRST_KEY, sealed, place)

    def _opened(self, number: int, sealed: bytes, place: bytes) -> bytes:
        key = self._key(number)
        if key is None or len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise WrongKey
        try:
            return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except InvalidTag as problem:
            raise WrongKey from problem

    def _key(self, number: int) -> AESGCM | None:
        if number not in self._keys and number > self.number and self._more is not None:
            for each, key in self._more().items():
                self._keys.setdefault(each, AESGCM(key))
        return self._keys.get(number)


def prefix(number: int) -> bytes:
    """What stands before everything that this key sealed."""
    return _NUMBER.pack(_MARK, number)


PREFIX_BYTES: Final = _NUMBER.size


def number_of(sealed: bytes) -> int | None:
    """Of the key that sealed it; None: the first one, before keys had numbers."""
    if not sealed.startswith(_MARK) or len(sealed) < _NUMBER.size:
        return None
    return int(_NUMBER.unpack_from(sealed)[1])
