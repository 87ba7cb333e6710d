"""Say what a spreadsheet shows of a whole number by its number format (ECMA-376, part 1, section 18.8.31)."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

# Formats that a file names by number alone, of those that show other than digits (section 18.8.30; 27 to 36 and 50 to
# 58 are dates in the tables of Korea, China and Japan).
BUILT_IN: Final = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    **dict.fromkeys((*range(14, 18), 22, *range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((*range(18, 22), *range(45, 48)), "h:mm"),
    **dict.fromkeys(range(37, 41), "#,##0"),
    **dict.fromkeys(range(41, 45), "#,##0"),
    48: "##0.0E+0",
    49: "@",
}
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|[_*].|(?P<general>general)|(?P<plain>.)',
    re.DOTALL | re.IGNORECASE,
)
_COLOUR: Final = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|colou?r *\d+", re.IGNORECASE)
_LOCALE: Final = re.compile(r"\$-[0-9A-F]{1,4}", re.IGNORECASE)  # a longer one shows digits of another script
_TIME: Final = re.compile(r"h+|m+|s+", re.IGNORECASE)
_OTHERWISE: Final = frozenset("%Ee/@")  # a hundredfold, a power, a fraction, a text
_OF_DATES: Final = frozenset("ymdhsgb")
_DIGITS: Final = "0#?"

Token = tuple[str, str]  # kind and text


def is_date(code: str) -> bool:
    """Whether the format shows a number as a date or a time."""
    return any(
        (kind == "plain" and text.lower() in _OF_DATES) or (kind == "bracket" and _TIME.fullmatch(text))
        for kind, text in _section(code, 1)
    )


def shown(value: int, code: str) -> str | None:
    """What stands in the cell, without what separates thousands; None where that is not simply the digits."""
    tokens = _section(code, value)
    if code == "@" or not code:
        return str(value)
    if any(_is_unclear(each) for each in tokens):
        return None
    whole = _before_decimals(tokens)
    places = [index for index, token in enumerate(whole) if _is_digit(token)]
    if not places or _is_scaled(whole, places[-1]):
        return None
    return _filled(str(value), whole, places).strip()


def _section(code: str, value: int) -> list[Token]:
    """The part of the format for a number from zero on: the first, or of three the last for zero."""
    sections: list[list[Token]] = [[]]
    for found in _TOKEN.finditer(code):
        kind = found.lastgroup or "blank"  # room of a letter's width, or a fill
        text = found.group(kind) if found.lastgroup else " "
        if (kind, text) == ("plain", ";"):
            sections.append([])
        else:
            sections[-1].append((kind, text))
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]


def _is_unclear(token: Token) -> bool:
    kind, text = token
    if kind == "bracket":
        return not (_COLOUR.fullmatch(text) or _LOCALE.fullmatch(text))
    if kind == "plain" and text in _OTHERWISE:
        return True
    return any(unicodedata.category(letter) == "Sc" for letter in text)


def _is_digit(token: Token) -> bool:
    kind, text = token
    return kind == "general" or (kind == "plain" and text in _DIGITS)


def _before_decimals(tokens: Sequence[Token]) -> list[Token]:
    point = next((index for index, token in enumerate(tokens) if token == ("plain", ".")), len(tokens))
    # What is not a digit behind the point still shows.
    return [*tokens[:point], *(token for token in tokens[point + 1 :] if not _is_digit(token))]


def _is_scaled(tokens: Sequence[Token], last: int) -> bool:
    """A comma behind the last digit leaves thousands out."""
    return tokens[last + 1 : last + 2] == [("plain", ",")]


def _filled(digits: str, tokens: Sequence[Token], places: Sequence[int]) -> str:
    shares = dict(zip(reversed(places), reversed(digits), strict=False))
    shares[places[0]] = digits[: len(digits) - len(places) + 1] if len(digits) >= len(places) else ""
    parts: list[str] = []
    for index, (kind, text) in enumerate(tokens):
        if index in places:
            parts.append(shares.get(index) or ("0" if text == "0" else ""))
        elif kind in {"quoted", "escaped", "blank"} or (kind == "plain" and text != ","):
            parts.append(text)
    return "".join(parts)
