"""Check the signed tokens of an identity provider: signature, issuer, audience and time."""

import math
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

# By keys of the provider's own alone: none that it shares with us, and never no signature.
ALGORITHMS: Final = ("RS256", "ES256")
# How far the provider's clock may be from ours.
LEEWAY: Final = timedelta(minutes=1)
# A key that is not known is asked for, but not by everybody who makes one up.
ASK_AGAIN: Final = timedelta(seconds=30)
# A key that the provider has withdrawn is forgotten.
KEEP_KEYS: Final = timedelta(hours=1)
MOST_CHARACTERS: Final = 16 * 1024
BROKEN: Final = (JoseError, ValueError, TypeError, KeyError, RecursionError, OverflowError)

Claims = dict[str, Any]


class TokenRefused(Exception):
    """The token proves nothing; the text says why, for the log, and repeats nothing of it."""


class SigningKeys:
    """The keys of one provider; for any thread. fetch: its JWKS."""

    def __init__(self, fetch: Callable[[], Mapping[str, Any]]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._fetched: datetime | None = None

    def claims(self, token: str, now: datetime) -> Claims:
        """What a token of this provider says. Raises TokenRefused, and what `fetch` raises."""
        if len(token) > MOST_CHARACTERS:
            raise TokenRefused("it is too long")
        try:
            keys = self._current(now, KEEP_KEYS)
            try:
                return _verified(token, keys)
            except BROKEN:
                newer = self._current(now, ASK_AGAIN)  # the provider may have changed its keys
                if newer is keys:
                    raise
                return _verified(token, newer)
        except BROKEN as error:
            raise TokenRefused(f"its signature is not valid ({type(error).__name__})") from error

    def _current(self, now: datetime, no_older_than: timedelta) -> KeySet:
        with self._lock:
            if self._keys is None or self._fetched is None or now - self._fetched >= no_older_than:
                self._keys = KeySet.import_key_set(dict(self._fetch()))  # type: ignore[arg-type]  # JSON
                self._fetched = now
            return self._keys


def _verified(token: str, keys: KeySet) -> Claims:
    return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims


def require_claims(claims: Claims, *, issuer: str, client_id: str, now: datetime) -> None:
    """Raises TokenRefused for one of another issuer, for another audience, or out of its time."""
    if claims.get("iss") != issuer:
        raise TokenRefused("it is of another issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        raise TokenRefused("it is for another audience")
    party = claims.get("azp")
    if (len(audiences) > 1 and party is None) or party not in {None, client_id}:
        raise TokenRefused("it was given to another party")
    early, late = (now - LEEWAY).timestamp(), (now + LEEWAY).timestamp()
    if not _moment(claims, "exp") > early:
        raise TokenRefused("it has run out")
    if not _moment(claims, "iat") <= late or ("nbf" in claims and not _moment(claims, "nbf") <= late):
        raise TokenRefused("it is of the future")


def text_claim(claims: Mapping[str, Any], name: str, most: int = 255) -> str:
    """A claim's text or whole number; "" where it is missing or neither. A dot leads into an object."""
    found: Any = claims
    for part in [name] if name in claims else name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return text if len(text) <= most and text.isprintable() else ""


def texts_claim(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """A claim's texts, of a list or one alone."""
    found: Any = claims
    for part in [name] if name in claims else name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return frozenset(each for each in (found if isinstance(found, list) else [found]) if isinstance(each, str))


def _moment(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TokenRefused(f"its {name} is no moment")
    return float(value)
