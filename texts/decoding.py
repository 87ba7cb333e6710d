"""Decode the text files that people edit, as Windows, Macs and spreadsheets write them."""

import codecs
from typing import Final


class UnreadableText(ValueError):
    """Bytes that are no text in any encoding that is read."""


# With a byte order mark the file says what it is. UTF-32's begins like UTF-16's, so it comes first.
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# How many bytes tell whether a file without a mark is UTF-16.
_LOOKED_AT: Final = 1024


def decoded(data: bytes) -> str:
    """The text of UTF-8 and UTF-16, with or without a byte order mark, and of cp949. Raises UnreadableText."""
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableText("it is neither UTF-8 nor UTF-16 nor cp949 text")


def _encodings(data: bytes) -> tuple[str, ...]:
    marked = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    if marked:
        return (marked,)
    return (*_unmarked_utf16(data), "utf-8", "cp949")


def _unmarked_utf16(data: bytes) -> tuple[str, ...]:
    """Every other byte of a comma, a digit and a line break is zero, and of them every text of ours has some."""
    # Few letters of Hangul have a zero byte too, on the other side; one zero byte by itself is damage in a text.
    big, little = data[:_LOOKED_AT:2].count(0), data[1:_LOOKED_AT:2].count(0)
    if max(big, little) < 2 or big == little:
        return ()
    return ("utf-16-le",) if little > big else ("utf-16-be",)
