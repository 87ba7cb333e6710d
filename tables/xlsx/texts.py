"""Gather the text of a cell from its runs, without what says how to pronounce it."""

import re
from typing import Final

from tables.errors import TableError
from tables.xlsx.xml_parts import DAMAGED

MOST_LETTERS: Final = 32_767  # of a cell, as spreadsheets have it
# How characters are written that XML cannot hold (ECMA-376, part 1, section 22.9.2.19).
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")


class CellText:
    """Takes a part's elements; `taken` gives the text since the last call."""

    def __init__(self) -> None:
        self._runs: list[str] = []
        self._letters = 0
        self._is_text = False
        self._is_pronunciation = False

    def begin(self, name: str) -> None:
        if name == "rPh":
            self._is_pronunciation = True
        elif name == "t":
            self._is_text = not self._is_pronunciation

    def end(self, name: str) -> None:
        if name == "rPh":
            self._is_pronunciation = False
        elif name == "t":
            self._is_text = False

    def add(self, text: str) -> None:
        if self._is_text:
            self._letters += len(text)
            if self._letters > MOST_LETTERS:
                raise TableError(DAMAGED)
            self._runs.append(text)

    def taken(self) -> str:
        whole = "".join(self._runs)
        self._runs.clear()
        self._letters = 0
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), whole) if "_x" in whole else whole
