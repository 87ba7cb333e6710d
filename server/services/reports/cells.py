"""Rows of texts and numbers in, the bytes of a CSV file out, of which no cell is a formula.

Knows nothing of what the rows say.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from server.errors import BadRequest

Value = str | int | float | None
ENCODINGS: Final = {"utf-8": "utf-8-sig", "cp949": "cp949"}
"""What a person calls an encoding, and Python: spreadsheets take UTF-8 for what it is by its byte order mark."""
FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
"""How texts begin that spreadsheets compute, with the wide forms of East Asian keyboards (OWASP, CSV injection)."""


def csv_file(rows: Iterable[Sequence[Value]], encoding: str) -> bytes:
    """A CSV file as spreadsheets open it: commas, CR LF, every text that could be a formula behind an apostrophe.

    encoding: one of ENCODINGS. Raises BadRequest where it lacks a letter.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_no_formula(value) for value in row] for row in rows)
    try:
        return text.getvalue().encode(ENCODINGS[encoding])
    except UnicodeEncodeError as error:
        raise BadRequest(
            f"{encoding} has no letter {error.object[error.start]!r}, which a name or a reason holds: "
            "write the file in utf-8."
        ) from error


def _no_formula(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
