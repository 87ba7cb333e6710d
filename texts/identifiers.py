"""Make one of the identifiers and names that look alike, by Unicode's NFKC and two tables."""

import unicodedata
from typing import Final

# What is seen as a hyphen: every dash of Unicode's category Pd, and these, which it counts elsewhere.
_DASHES: Final = "\u02d7\u2043\u2212\u2500\u2796"
# Letters that nobody sees. Unicode calls them ignorable (DerivedCoreProperties, Default_Ignorable_Code_Point); the
# empty Braille pattern and the Hangul fillers are drawn as white space.
_INVISIBLE: Final = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0xE0000, 0xE0FFF),
)
# ZERO WIDTH NON-JOINER and JOINER: they belong to the spelling between letters of the scripts in _JOINING.
JOINERS: Final = "\u200c\u200d"
# Arabic and Syriac, the scripts of India, Tibet, Burma, Cambodia and Mongolia.
_JOINING: Final = ((0x0600, 0x08FF), (0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x18AF), (0xA840, 0xA8FF))
# Beside the variants of letters, which choose how an ideograph of a name is written.
_VARIANTS: Final = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))


def _within(ranges: tuple[tuple[int, int], ...], letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in ranges)


def normal(identifier: str) -> str:
    """The one form of a student number or course code: what looks the same is the same."""
    if identifier.isascii():
        return identifier.strip()
    # What a letter stands for may hold an invisible one, and letters that come together may compose.
    shown = "".join(map(_shown, unicodedata.normalize("NFKC", identifier)))
    return unicodedata.normalize("NFKC", shown).strip()


def _shown(letter: str) -> str:
    if letter in _DASHES or unicodedata.category(letter) == "Pd":
        return "-"
    return "" if _within(_INVISIBLE, letter) else letter


def normal_name(name: str) -> str:
    """A person's name composed, with single spaces, and without letters that nobody sees."""
    if name.isascii():
        return " ".join(name.split())
    composed = unicodedata.normalize("NFC", name)
    kept = (letter for place, letter in enumerate(composed) if _is_of_name(composed, place))
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _is_of_name(name: str, place: int) -> bool:
    letter = name[place]
    if letter in JOINERS:
        return _joins(name[place - 1 : place]) and _joins(name[place + 1 : place + 2])
    return _within(_VARIANTS, letter) or not _within(_INVISIBLE, letter)


def _joins(letter: str) -> bool:
    return letter != "" and _within(_JOINING, letter) and unicodedata.category(letter)[0] in "LM"


def is_printable(name: str) -> bool:
    """Whether a name has nothing that steers a terminal: joiners are part of how some are spelt."""
    return all(letter.isprintable() or letter in JOINERS for letter in name)


def is_changed(before: str, after: str) -> bool:
    """Whether a person would see that `normal` or `normal_name` changed it: white space and NFC are not told."""
    plain = unicodedata.normalize("NFC", before)
    return " ".join(plain.split()) != after


def spelt_out(text: str) -> str:
    """A text for a message, with letters that nobody sees, and dashes that look like others, as escapes."""
    return "".join(each if each.isascii() or _is_plain(each) else _escaped(each) for each in text)


def _is_plain(letter: str) -> bool:
    return letter.isprintable() and _shown(letter) == letter


def _escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
