"""Read the rows of a sheet, cell by cell as a person sees them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from tables.errors import TableError, TableTooLarge
from tables.xlsx.book import Book
from tables.xlsx.number_formats import is_date, shown
from tables.xlsx.texts import MOST_LETTERS, CellText
from tables.xlsx.xml_parts import DAMAGED

LAST_ROW: Final = 1_048_576  # of a sheet, and its last column, as spreadsheets have them
LAST_COLUMN: Final = 16_384
MAX_LINES: Final = 300_000  # a university of 30 000 students with ten courses each
MOST_MERGED: Final = 300_000
_DIGITS_KEPT: Final = 10**15  # spreadsheets keep fifteen digits of a number
_PLACE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Cell:
    """What is seen, and why it is no number or code where it looks like one."""

    text: str
    no_code: str = ""


@dataclass(slots=True)
class Row:
    """cells: by column, from 0, those that are not blank."""

    number: int
    is_hidden: bool = False
    cells: dict[int, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells that are one, in its first column, from 0; rows from 1."""

    column: int
    first: int
    last: int


class Rows:
    """Takes a sheet's elements, and hands on each row with a cell in the wanted columns."""

    def __init__(self, book: Book, wanted: Callable[[int], bool], take: Callable[[Row], None]) -> None:
        self.merged: list[Merged] = []
        self._book = book
        self._wanted = wanted
        self._take = take
        self._text = CellText()
        self._row = Row(0)
        self._seen = 0  # cells of this row
        self._column = -1
        self._kind = ""
        self._style: str | None = None
        self._value: list[str] | None = None
        self._raw = ""
        self._keeps = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._row = Row(int(attributes.get("r") or self._row.number + 1), _is_hidden(attributes))
            self._column, self._seen = -1, 0
        elif name == "v" and self._keeps:
            self._value = []
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif self._keeps:
            self._text.begin(name)

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == "row":
            if self._row.cells and self._row.number <= LAST_ROW:
                self._take(self._row)
        elif name == "v":
            self._raw, self._value = "".join(self._value or ()), None
        elif self._keeps:
            self._text.end(name)

    def text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)
            if len(text) > MOST_LETTERS or len(self._value) > MOST_LETTERS:
                raise TableError(DAMAGED)
        elif self._keeps:
            self._text.add(text)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._seen += 1
        if self._seen > LAST_COLUMN:
            raise TableError(f"Row {self._row.number} of a sheet has more than {LAST_COLUMN} cells, as no sheet can.")
        place = attributes.get("r")
        self._column = _column(place) if place else self._column + 1
        self._keeps = self._wanted(self._column)
        self._kind, self._style, self._raw = attributes.get("t", "n"), attributes.get("s"), ""

    def _end_cell(self) -> None:
        if not self._keeps:
            return
        self._keeps = False
        text = self._text.taken()
        cell = self._cell(text)
        if cell.text:
            self._row.cells[self._column] = cell

    def _cell(self, text: str) -> Cell:
        raw = self._raw
        if self._kind == "inlineStr":
            return Cell(text)
        if self._kind == "s":
            return Cell(self._book.texts[int(raw)]) if raw.strip() else Cell("")
        if self._kind == "b":
            said = "FALSE" if raw.strip() in {"0", "false"} else "TRUE"
            return Cell(said if raw else "", f"is a yes or no ({said})")
        if self._kind == "d":
            return Cell(raw, _made_date(raw[:10]))
        return self._number(raw.strip()) if self._kind == "n" else Cell(raw)

    def _number(self, raw: str) -> Cell:
        if not raw:
            return Cell("")
        code, value = self._book.format_of(self._style), float(raw)
        if is_date(code):
            day = _day(value, from_1904=self._book.from_1904)
            return Cell(day or raw, _made_date(day or raw))
        if value != value // 1:
            return Cell(raw, f"{raw} is a number with a fraction")
        if value < 0 or value >= _DIGITS_KEPT:
            return Cell(str(int(value)) if abs(value) < _DIGITS_KEPT else f"{value:.5E}")
        whole = shown(int(value), code)
        if whole is None:
            return Cell(str(int(value)), f"{int(value)} is shown otherwise by its number format, {code[:40]!r}")
        return Cell(whole)

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        begin, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last or first)
        if begin is None or end is None or len(self.merged) >= MOST_MERGED:
            raise TableError(DAMAGED)
        if int(end[2]) > int(begin[2]):
            self.merged.append(Merged(_column(begin[1] + "1"), int(begin[2]), int(end[2])))


def fill(rows: Collection[Row], merged: Collection[Merged]) -> None:
    """Say in every row of merged cells what stands in the first: a code beside ten students is the code of all ten."""
    by_number = {row.number: row for row in rows}
    numbers = sorted(by_number)
    for each in merged:
        first = by_number.get(each.first)
        cell = first.cells.get(each.column) if first else None
        if cell:
            for number in _between(numbers, each.first + 1, each.last):
                by_number[number].cells.setdefault(each.column, cell)


def _between(numbers: list[int], first: int, last: int) -> list[int]:
    return numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]


def require_few(rows: Collection[Row], sheet: str) -> None:
    if len(rows) > MAX_LINES:
        raise TableTooLarge(f"The sheet {sheet!r} has more than {MAX_LINES} lines. Split the file.")


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    # Some systems hide a row by its height.
    height = attributes.get("ht", "")
    return attributes.get("hidden", "") in {"1", "true"} or (height != "" and not height.strip("0."))


def _column(place: str) -> int:
    found = _PLACE.fullmatch(place)
    if found is None:
        raise TableError(DAMAGED)
    number = 0
    for letter in found[1]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _made_date(day: str) -> str:
    return f"is a date, {day}: a spreadsheet makes one of what is typed like 3-1"


def _day(value: float, *, from_1904: bool) -> str:
    """The day of a spreadsheet's number; "" where it is none of the calendar."""
    try:
        return ((date(1904, 1, 1) if from_1904 else date(1899, 12, 30)) + timedelta(days=int(value))).isoformat()
    except (OverflowError, ValueError):
        return ""
