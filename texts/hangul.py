"""Find people by what a Korean keyboard sends: initial consonants, clusters of them, half a syllable."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from texts.identifiers import normal

# How Unicode composes syllables (the Unicode standard, section 3.12): 21 vowels, and 28 finals with none.
_FIRST, _LAST = 0xAC00, 0xD7A3
_VOWELS: Final = 21
_FINALS: Final = 28
_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL_LETTERS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINAL_LETTERS: Final = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
# Two consonants that a keyboard of two sets (KS X 5002) joins while they are typed one after the other.
_CLUSTERS: Final = {
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
# Some keyboards, those of telephones first, make one of a consonant that is typed twice.
_DOUBLES: Final = {"ㄲ": "ㄱㄱ", "ㄸ": "ㄷㄷ", "ㅃ": "ㅂㅂ", "ㅆ": "ㅅㅅ", "ㅉ": "ㅈㅈ"}
# What a vowel may become by the next key.
_GROWING: Final = {"ㅗ": "ㅘㅙㅚ", "ㅜ": "ㅝㅞㅟ", "ㅡ": "ㅢ"}


@dataclass(frozen=True, slots=True)
class _Syllable:
    initial: str
    vowel: str
    final: str


def initials(name: str) -> str:
    """`ㄱㅎㄴ` for 김하늘; what is no Hangul syllable stays as it is, spaces go."""
    return "".join(_initial(each) for each in _plain(name))


def matches(typed: str, number: str, name: str) -> bool:
    """Whether what is typed stands in the number or in the name, its initials and the syllable being composed too."""
    if "".join(normal(typed).split()).casefold() in number.casefold():
        return True
    plain = _plain(name)
    return any(_stands_at(wanted, plain, start) for wanted in _readings(_plain(typed)) for start in range(len(plain)))


def _plain(text: str) -> str:
    """Composed, without white space and case, and single letters of Hangul as a keyboard sends them."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(map(_letter, composed)).casefold()


def _letter(letter: str) -> str:
    if letter.isspace():
        return ""
    if "\u1100" <= letter <= "\u11ff":  # the parts of a syllable that was written in NFD
        return _letter_of_part(letter)
    if "\u3131" <= letter <= "\u318e":
        return letter
    folded = unicodedata.normalize("NFKC", letter)
    return _letter_of_part(folded) if len(folded) == 1 and "\u1100" <= folded <= "\u11ff" else folded


def _letter_of_part(part: str) -> str:
    code = ord(part)
    for first, letters in ((0x1100, _INITIALS), (0x1161, _VOWEL_LETTERS), (0x11A7, _FINAL_LETTERS)):
        if first <= code < first + len(letters):
            return letters[code - first]
    return part


def _readings(typed: str) -> Iterator[str]:
    """What the keys may have meant: clusters are always two consonants, doubles are one or two."""
    spread = "".join(_CLUSTERS.get(each, each) for each in typed)
    yield spread
    if any(each in _DOUBLES for each in spread):
        yield "".join(_DOUBLES.get(each, each) for each in spread)


def _stands_at(wanted: str, name: str, start: int) -> bool:
    place = start
    for index, typed in enumerate(wanted):
        if place >= len(name):
            return False
        if name[place] == typed or _initial(name[place]) == typed:
            place += 1
            continue
        # A final consonant may be the next syllable's first, as long as no vowel has followed.
        rest = wanted[index + 1 :]
        return (rest == "" or rest[0] in _INITIALS) and _is_being_composed(typed, rest, name, place)
    return True


def _is_being_composed(typed: str, rest: str, name: str, place: int) -> bool:
    syllable, there = _syllable(typed), _syllable(name[place])
    if syllable is None or there is None or there.initial != syllable.initial:
        return False
    if not rest and _grows_into(syllable, there):
        return True
    kept, moved = _moved(syllable.final)
    if there.vowel != syllable.vowel or there.final != kept or not moved:
        return False
    return _stands_at(moved + rest, name, place + 1)


def _grows_into(syllable: _Syllable, there: _Syllable) -> bool:
    """Whether more keys can make the one of the other."""
    if not syllable.final:
        return there.vowel == syllable.vowel or there.vowel in _GROWING.get(syllable.vowel, "")
    return there.vowel == syllable.vowel and _CLUSTERS.get(there.final, there.final)[:1] == syllable.final


def _moved(final: str) -> tuple[str, str]:
    """What of a final consonant stays when a vowel follows, and what goes to the next syllable."""
    pair = _CLUSTERS.get(final)
    return (pair[0], pair[1]) if pair else ("", final)


def _initial(letter: str) -> str:
    syllable = _syllable(letter)
    return syllable.initial if syllable else letter


def _syllable(letter: str) -> _Syllable | None:
    if not _FIRST <= ord(letter) <= _LAST:
        return None
    rest, final = divmod(ord(letter) - _FIRST, _FINALS)
    initial, vowel = divmod(rest, _VOWELS)
    return _Syllable(_INITIALS[initial], _VOWEL_LETTERS[vowel], _FINAL_LETTERS[final])
