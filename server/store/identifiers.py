"""Say which texts every database can keep."""

import unicodedata

from protocol.error_texts import ServerText
from server.domain.notices import is_address
from server.errors import BadRequest
from server.store.database.columns import ID_LENGTH

# Unicode categories that no identifier holds: control characters, and surrogates, which UTF-8 cannot write.
_UNSTORABLE = frozenset({"Cc", "Cs"})


def is_text(text: str, longest: int) -> bool:
    """Whether it comes back as it was."""
    return len(text) <= longest and not any(unicodedata.category(sign) in _UNSTORABLE for sign in text)


def is_identifier(text: str) -> bool:
    """Whether this can be a student number or course code."""
    if text.isascii() and text.isalnum():
        return len(text) <= ID_LENGTH
    return text != "" and text == text.strip() and is_text(text, ID_LENGTH)


def require_identifier(text: str, what: str) -> None:
    """Raise BadRequest unless the text can be an identifier. what: how to name it."""
    if not is_identifier(text):
        raise BadRequest(ServerText.BAD_IDENTIFIER, what=what, text=text[:40], most=ID_LENGTH)


def require_text(text: str, longest: int, what: str) -> None:
    """Raise BadRequest unless the text can be kept as it is."""
    if not is_text(text, longest):
        raise BadRequest(ServerText.BAD_TEXT, what=what, text=text[:40], most=longest)


def require_address(text: str) -> None:
    """Raise BadRequest for what no mail can be sent to; "" is no address and kept as that."""
    if text and not is_address(text):
        raise BadRequest(ServerText.BAD_ADDRESS, text=text[:60])
