"""Find students by what a person types: number, name, or a Hangul name's initial consonants (초성). Knows no screen."""

from typing import Final

_FIRST: Final = 0xAC00
_LAST: Final = 0xD7A3
_SYLLABLES_PER_INITIAL: Final = 588
"""21 vowels times 28 finals (the Unicode standard, section 3.12, on composing Hangul syllables)."""
_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


def initials(name: str) -> str:
    """`ㄱㅎㄴ` for 김하늘; what is no Hangul syllable stays as it is, spaces go."""
    return "".join(_initial(character) for character in name if not character.isspace())


def _initial(character: str) -> str:
    code = ord(character)
    return _INITIALS[(code - _FIRST) // _SYLLABLES_PER_INITIAL] if _FIRST <= code <= _LAST else character


def matches(typed: str, number: str, name: str) -> bool:
    """Whether what is typed stands in the number, in the name, or in the name's initial consonants."""
    wanted = "".join(typed.split()).casefold()
    plain = "".join(name.split()).casefold()
    return wanted in number.casefold() or wanted in plain or (_is_initials(wanted) and wanted in initials(plain))


def _is_initials(text: str) -> bool:
    return bool(text) and all(character in _INITIALS for character in text)
