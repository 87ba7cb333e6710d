"""Many values in, pieces out that every database takes in one statement."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final, TypeVar

LONGEST_LIST: Final = 5000
"""Values of one IN (...): SQLite takes 32766 parameters a statement (sqlite.org/limits.html, 3.32 and later)."""

T = TypeVar("T")


def chunks(values: Collection[T]) -> Iterator[list[T]]:
    """The values in lists of at most LONGEST_LIST; nothing for no values."""
    rest = iter(values)
    while piece := list(islice(rest, LONGEST_LIST)):
        yield piece
