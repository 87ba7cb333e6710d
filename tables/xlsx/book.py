"""Read what a workbook says of itself: its sheets, the texts that cells share, the formats of numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tables.errors import TableError, TableTooLarge
from tables.xlsx.number_formats import BUILT_IN
from tables.xlsx.texts import CellText
from tables.xlsx.xml_parts import DAMAGED, Parts, Relations

MOST_TEXTS: Final = 2_000_000  # numbers and names of 300 000 lines, and some columns more
MOST_STYLES: Final = 100_000  # spreadsheets have 64 000 at most


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet."""

    name: str
    path: str


@dataclass(slots=True)
class Book:
    """texts: those that cells share. formats: of numbers, by the cells' style."""

    sheets: list[Sheet]
    from_1904: bool = False  # days are counted from 1904 and not from 1900
    texts: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)

    def format_of(self, style: str | None) -> str:
        index = int(style or 0)
        return self.formats[index] if 0 <= index < len(self.formats) else ""


def read_book(parts: Parts) -> Book:
    """Raises TableError where there is no workbook, TableTooLarge."""
    office = Relations(parts, "").of_kind("officeDocument")
    path = office[0] if office else "xl/workbook.xml"
    if path.lower().endswith(".bin"):
        raise TableError("The spreadsheet is of the binary kind (.xlsb): save it as .xlsx.")
    relations = Relations(parts, path)
    workbook = _Workbook(relations)
    parts.scan(path, workbook)
    book = Book(workbook.sheets, workbook.from_1904)
    for kind, elements in (("sharedStrings", _Texts(book.texts)), ("styles", _Styles(book.formats))):
        for part in relations.of_kind(kind)[:1]:
            if part in parts:
                parts.scan(part, elements)
    return book


class _Workbook:
    def __init__(self, relations: Relations) -> None:
        self.sheets: list[Sheet] = []
        self.from_1904 = False
        self._relations = relations

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "") in {"1", "true"}
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            kind, path = self._relations.found.get(key, ("", ""))
            if kind == "worksheet":  # and not a sheet that is one chart
                self.sheets.append(Sheet(attributes.get("name", ""), path))

    def end(self, name: str) -> None:
        """Nothing is kept open."""

    def text(self, text: str) -> None:
        """There is none."""


class _Texts:
    def __init__(self, found: list[str]) -> None:
        self._found = found
        self._text = CellText()

    def begin(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._text.begin(name)

    def end(self, name: str) -> None:
        self._text.end(name)
        if name == "si":
            if len(self._found) >= MOST_TEXTS:
                raise TableTooLarge(f"The spreadsheet has more than {MOST_TEXTS} texts. Split the file.")
            self._found.append(self._text.taken())

    def text(self, text: str) -> None:
        self._text.add(text)


class _Styles:
    """The codes of number formats, by the styles of cells (cellXfs)."""

    def __init__(self, found: list[str]) -> None:
        self._found = found
        self._codes: dict[str, str] = {str(number): code for number, code in BUILT_IN.items()}
        self._of_cells = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            self._found.append(self._codes.get(attributes.get("numFmtId", ""), ""))
        if len(self._found) > MOST_STYLES or len(self._codes) > MOST_STYLES:
            raise TableError(DAMAGED)

    def end(self, name: str) -> None:
        self._of_cells = self._of_cells and name != "cellXfs"

    def text(self, text: str) -> None:
        """There is none."""
