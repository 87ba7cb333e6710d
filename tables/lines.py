"""What every kind of table is read into, and how its header is found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

# In how many lines the header is looked for: lists are exported with a title, a term and a date above it.
SEARCHED_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of a text file or a sheet."""

    where: str  # for messages, `line 3`
    fields: Sequence[str]
    wrong: str = ""  # why it cannot be read


@dataclass(frozen=True, slots=True)
class Table:
    """What stands below a header."""

    places: Mapping[str, int]  # where in a line each column stands
    lines: Iterable[FileLine]
    unread: Sequence[str] = ()  # sentences about lines that are there and were not read


class Header(Protocol):
    """What names the columns."""

    def missing(self, header: Sequence[str]) -> list[str]:
        """Columns that the line does not name just once; none: it is the header."""
        ...

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Where each column stands in a header that misses none."""
        ...

    def refusal(self, lines: Sequence[FileLine]) -> Exception:
        """Why none of a file's first lines is the header."""
        ...


def is_header(header: Header, line: FileLine) -> bool:
    return not line.wrong and not header.missing(line.fields)


def without_repeated(lines: Iterable[FileLine], places: Mapping[str, int], header: Sequence[str]) -> Iterator[FileLine]:
    """The lines without those that say the header again, as lists do that were printed on several pages."""
    said = [(place, header[place]) for place in places.values()]
    for line in lines:
        if line.wrong or any(line.fields[place : place + 1] != [heading] for place, heading in said):
            yield line
