"""Make tokens and codes, and know them again by their hashes."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

# A token `rc1_<id>_<43 characters>`: 256 random bits behind the number under which its hash is kept. Random bits need
# no slow hash.
TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(r"rc1_([1-9][0-9]{0,9})_([A-Za-z0-9_-]{43})", re.ASCII)

# Signs of a code that are not taken for one another, and make no words (RFC 8628, section 6.1).
CODE_SIGNS: Final = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A token as it came, taken apart. Never logged."""

    id: int
    secret: bytes

    def fits(self, kept: bytes) -> bool:
        return hmac.compare_digest(hash_of(self.secret), kept)


def new_secret() -> str:
    """256 random bits as 43 characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_text(number: int, secret: str) -> str:
    return f"rc1_{number}_{secret}"


def parse_token(text: str) -> PresentedToken | None:
    """None for what can be no token of ours."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else PresentedToken(int(found[1]), found[2].encode())


def hash_of(secret: str | bytes) -> bytes:
    """How a secret of 256 random bits is kept."""
    return hashlib.sha256(secret.encode() if isinstance(secret, str) else secret).digest()


def new_code() -> str:
    """For a person to read and type: 34 bits, good for some minutes."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """`WDJB-MJHT`."""
    return f"{code[:4]}-{code[4:]}"


def normal_code(typed: str) -> str:
    """As it is kept, however it was typed."""
    return "".join(sign for sign in typed.upper() if sign in CODE_SIGNS)
