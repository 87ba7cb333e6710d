"""The texts that students are asked by: data with a version, and a hash of what was shown."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from server.domain.consents import Purpose
from server.errors import BadRequest

# In the order in which they are read.
PARTS: Final = ("title", "purpose", "items", "period", "refusal", "withdrawal", "decision", "question", "contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """What a student reads before they say yes or no. sha256: of the text as it is shown, 64 hex digits."""

    purpose: Purpose
    version: str
    language: str
    parts: Mapping[str, str]  # by the names in PARTS

    @property
    def text(self) -> str:
        return "\n".join(self.parts[name] for name in PARTS)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


class ConsentTexts:
    """The texts of one institution."""

    def __init__(self, institution: str, contact: str, sightings_days: int) -> None:
        self._blanks = {
            "institution": institution or "Rollcall",
            "contact": contact or "-",
            "sightings_days": sightings_days,
        }

    @property
    def current(self) -> str:
        """The version that is asked by now."""
        return str(_file()["current"])

    @property
    def accepted(self) -> frozenset[str]:
        """Versions under which a consent still counts."""
        return frozenset(_file()["accepted"])

    def text(self, purpose: Purpose, language: str, version: str = "") -> ConsentText:
        """version: the current one where it is "". Raises BadRequest for one that never was."""
        wanted = version or self.current
        languages = _file()["versions"].get(wanted, {}).get(purpose.value)
        if languages is None:
            raise BadRequest("There is no consent text with the version '{version}'.", version=wanted[:40])
        found = languages.get(language) or languages["en"]
        parts = {name: found[name].format(**self._blanks) for name in PARTS}
        return ConsentText(
            purpose=purpose, version=wanted, language=language if language in languages else "en", parts=parts
        )


@cache
def _file() -> dict[str, Any]:
    source = files("server.services.consent") / "texts.toml"
    found: dict[str, Any] = msgspec.toml.decode(source.read_bytes())
    return found
