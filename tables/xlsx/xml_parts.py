"""Go through the XML of an .xlsx file without keeping it, whatever its namespaces, with limits on all that can grow."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import IO, Final, Protocol
from xml.parsers import expat
from zipfile import ZipFile

from tables.errors import TableError, TableTooLarge

DAMAGED: Final = "The spreadsheet is damaged, or not of the kind .xlsx: save it again as .xlsx."
# Of all parts together. A list of 300 000 lines with ten columns has some ten million.
MAX_ELEMENTS: Final = 20_000_000
MAX_DEPTH: Final = 64  # formatted text in a cell of a sheet has seven
_PIECE: Final = 64 * 1024
# The parser goes through what has no end yet again with each piece.
_MOST_PIECES_WITHOUT_END: Final = 16


class Elements(Protocol):
    """Is told of the elements of a part, by their names without a namespace."""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class Parts:
    """The parts of the package, by their paths."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        # Some programs write the separators of Windows into the ZIP; the standard says that case does not count.
        self._names = {each.replace("\\", "/").lstrip("/").lower(): each for each in archive.namelist()}
        self._elements = 0

    def __contains__(self, path: str) -> bool:
        return path.lower() in self._names

    def scan(self, path: str, elements: Elements) -> None:
        """Tell of all elements of a part. Raises TableError where it is damaged, TableTooLarge."""
        if path not in self:
            raise TableError(DAMAGED)
        with self._archive.open(self._names[path.lower()]) as stream:
            try:
                self._scan(stream, elements)
            except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
                raise error if isinstance(error, TableError) else TableError(DAMAGED) from error

    def _scan(self, stream: IO[bytes], elements: Elements) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        depth = 0
        waiting = 0

        def begin(name: str, attributes: Mapping[str, str]) -> None:
            nonlocal depth, waiting
            depth, waiting = depth + 1, 0
            self._count(depth)
            elements.begin(name.rpartition(":")[2], attributes)

        def end(name: str) -> None:
            nonlocal depth, waiting
            depth, waiting = depth - 1, 0
            elements.end(name.rpartition(":")[2])

        def text(letters: str) -> None:
            nonlocal waiting
            waiting = 0
            elements.text(letters)

        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
        # No spreadsheet declares entities; those that grow without end are the only ones that are met.
        parser.StartDoctypeDeclHandler = _refuse_doctype
        while piece := stream.read(_PIECE):
            waiting += 1
            parser.Parse(piece, False)
            if waiting > _MOST_PIECES_WITHOUT_END:
                raise TableError(DAMAGED)
        parser.Parse(b"", True)

    def _count(self, depth: int) -> None:
        self._elements += 1
        if depth > MAX_DEPTH:
            raise TableError(DAMAGED)
        if self._elements > MAX_ELEMENTS:
            raise TableTooLarge(
                "The spreadsheet has too many cells to be a list. Copy the list into a file of its own."
            )


def _refuse_doctype(*_: object) -> None:
    raise TableError(DAMAGED)


class Relations:
    """What a part of the package points to: its id -> kind and path."""

    def __init__(self, parts: Parts, path: str) -> None:
        self.found: dict[str, tuple[str, str]] = {}
        self._folder = PurePosixPath(path).parent
        name = f"{self._folder}/_rels/{PurePosixPath(path).name}.rels".removeprefix("./").lstrip("/")
        if name in parts:
            parts.scan(name, self)

    def of_kind(self, kind: str) -> list[str]:
        return [path for said, path in self.found.values() if said == kind]

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, self._path(attributes.get("Target", "")))

    def end(self, name: str) -> None:
        """Nothing is kept open."""

    def text(self, text: str) -> None:
        """There is none."""

    def _path(self, target: str) -> str:
        steps: list[str] = []
        for step in (PurePosixPath("/") / self._folder / target.replace("\\", "/")).parts[1:]:
            steps = steps[:-1] if step == ".." else [*steps, step]
        return "/".join(steps)
