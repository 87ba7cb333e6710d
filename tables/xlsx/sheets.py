"""Find the list in an .xlsx file and read its lines."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final
from zipfile import ZipFile

from tables.errors import TableError
from tables.lines import SEARCHED_LINES, FileLine, Header, Table, is_header, without_repeated
from tables.xlsx import cells
from tables.xlsx.book import Book, Sheet, read_book
from tables.xlsx.cells import Row, Rows, fill, require_few
from tables.xlsx.xml_parts import Parts

MAX_COLUMNS: Final = 100  # of a header: a stray cell at the far right edge must not make each line that wide
_AS_TEXT: Final = "format the column as text, enter it again"


def is_xlsx(archive: ZipFile) -> bool:
    return any(name.replace("\\", "/").lower() == "[content_types].xml" for name in archive.namelist())


def read_sheet(archive: ZipFile, header: Header, codes: Collection[str], sheet: str = "") -> Table:
    """The one visible sheet, or the one that is named, with the header. codes: columns whose digits must be certain.

    Raises what the header says where there is no such sheet, TableError where there are several, TableTooLarge.
    """
    parts = Parts(archive)
    book = read_book(parts)
    found: dict[str, Table] = {}
    first: list[FileLine] = []
    for each in _searched(book.sheets, sheet):
        reading = _SheetReading(parts, book, each, header)
        begin = reading.first_lines()
        first = first or begin
        if (place := _header_place(begin, header)) is not None:
            found[each.name] = reading.table(begin[place], codes)
    if not found:
        raise header.refusal(first)
    if len(found) > 1:
        raise TableError(
            f"The file has rosters on the sheets {', '.join(map(repr, found))}: name the one to read "
            "by --sheet NAME, and import the others after it."
        )
    return next(iter(found.values()))


def _searched(sheets: Sequence[Sheet], wanted: str) -> list[Sheet]:
    chosen = [each for each in sheets if not wanted or each.name == wanted]
    if wanted and not chosen:
        names = ", ".join(repr(each.name) for each in sheets)
        raise TableError(f"The file has no sheet {wanted!r}; it has {names}.")
    return chosen


def _header_place(lines: Sequence[FileLine], header: Header) -> int | None:
    """Where it is; of one over two rows, whose merged cells say the same in both, the second."""
    place = next((place for place, line in enumerate(lines) if is_header(header, line)), None)
    while place is not None and place + 1 < len(lines) and is_header(header, lines[place + 1]):
        place += 1
    return place


class _SheetReading:
    def __init__(self, parts: Parts, book: Book, sheet: Sheet, header: Header) -> None:
        self._parts = parts
        self._book = book
        self._sheet = sheet
        self._header = header
        self._merged: list[cells.Merged] = []

    def first_lines(self) -> list[FileLine]:
        """The first that are not blank and not hidden, as far as a header may be wide."""
        rows: list[Row] = []

        def take(row: Row) -> None:
            if len(rows) < SEARCHED_LINES and not row.is_hidden:
                rows.append(row)

        elements = Rows(self._book, lambda column: column < MAX_COLUMNS and len(rows) < SEARCHED_LINES, take)
        self._parts.scan(self._sheet.path, elements)
        self._merged = elements.merged
        fill(rows, self._merged)
        return [self._line(row, 1 + max(row.cells)) for row in rows]

    def table(self, heading: FileLine, codes: Collection[str]) -> Table:
        places = self._header.places(heading.fields)
        wanted = frozenset(places.values())
        rows: list[Row] = []

        def take(row: Row) -> None:
            rows.append(row)
            require_few(rows, self._sheet.name)

        self._parts.scan(self._sheet.path, Rows(self._book, wanted.__contains__, take))
        number = int(heading.where.rpartition(" ")[2])
        below = [row for row in rows if row.number > number]
        fill(below, [each for each in self._merged if each.first > number])
        seen = [row for row in below if not row.is_hidden]
        of_codes = {place: column for column, place in places.items() if column in codes}
        lines = [self._line(row, 1 + max(wanted), of_codes) for row in seen]
        unread = self._unread(len(below) - len(seen))
        return Table(places, without_repeated(lines, places, heading.fields), unread)

    def _line(self, row: Row, width: int, codes: Mapping[int, str] | None = None) -> FileLine:
        fields = [row.cells[column].text if column in row.cells else "" for column in range(width)]
        where = f"sheet {self._sheet.name!r}, row {row.number}"
        return FileLine(where, fields, "; ".join(_no_codes(row, codes or {})))

    def _unread(self, hidden: int) -> list[str]:
        if not hidden:
            return []
        rows = "1 hidden row was" if hidden == 1 else f"{hidden} hidden rows were"
        return [
            f"sheet {self._sheet.name!r}: {rows} not read, as a filter leaves them; show all rows to import them too"
        ]


def _no_codes(row: Row, codes: Mapping[int, str]) -> Iterator[str]:
    for place, column in codes.items():
        cell = row.cells.get(place)
        if cell and cell.no_code:
            yield f"{column} {cell.no_code}; {_AS_TEXT}"
