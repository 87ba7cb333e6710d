"""A sentence of client or server in, the same in Korean out, its particulars in the right places. Knows no screen."""

import re
from functools import lru_cache
from typing import Final

from client.window.language.korean_sentences import SENTENCES, VALUES

LONGEST: Final = 600
"""Characters of a text that is looked at: what is longer is no sentence of ours, and would take long to compare."""

_BLANK: Final = re.compile(r"{(\w+)}")


def _pattern(template: str) -> re.Pattern[str]:
    """What a sentence made of the template looks like, alone or before others."""
    parts = _BLANK.split(template)
    literals = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>[^\n]+?)" for place, part in enumerate(parts)]
    return re.compile("".join(literals) + r"(?= |\Z)")


_PATTERNS: Final = [(_pattern(english), korean) for english, korean in SENTENCES.items()]


@lru_cache(maxsize=256)
def korean_of(text: str) -> str | None:
    """One or more sentences in Korean; None where one of them is not known."""
    if not 0 < len(text) <= LONGEST:
        return None
    for pattern, korean in _PATTERNS:
        if (found := pattern.match(text)) is None:
            continue
        rest = text[found.end() :].strip()
        following = korean_of(rest) if rest else ""
        if following is not None:
            values = {name: VALUES.get(value, value) for name, value in found.groupdict().items()}
            return f"{korean.format(**values)} {following}".strip()
    return None
