"""Write a CSV file that spreadsheets open without computing any cell."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from server.errors import BadRequest

Value = str | int | float | None
# Python's names of the encodings: spreadsheets recognise UTF-8 by its byte order mark.
ENCODINGS: Final = {"utf-8": "utf-8-sig", "cp949": "cp949"}
# How texts begin that spreadsheets compute, with the wide forms of East Asian keyboards (OWASP, CSV injection).
FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
# Inside a text, where a spreadsheet of a country with another separator than a comma begins a cell: it splits there
# though the text is quoted, for the quote stands behind a comma.
_INNER_FORMULA: Final = re.compile(r"((?:[;|]|(?<=.)[\t\r\n])[\s\"']*)(?=[=+\-@＝＋－＠])", re.DOTALL)


def csv_file(rows: Iterable[Sequence[Value]], encoding: str) -> bytes:
    """Commas, CR LF, an apostrophe before what could be a formula.

    encoding: of ENCODINGS. Raises BadRequest where it lacks a letter.
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
    if not isinstance(value, str):
        return value
    inside = _INNER_FORMULA.sub(r"\1'", value)
    return f"'{inside}" if FORMULA.match(inside) else inside
