"""Recognise what a spreadsheet has made of a course code like 3-1: a date."""

import re
from typing import Final

_MONTH: Final = "(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)"
_DAY: Final = "(0?[1-9]|[12][0-9]|3[01])"
_MONTH_NUMBER: Final = "(0?[1-9]|1[0-2])"
_YEAR: Final = "(19|20)[0-9]{2}"
_FORMS: Final = (
    f"{_DAY}-{_MONTH}(-([0-9]{{2}}|{_YEAR}))?",  # 1-Mar, 1-Mar-26
    f"{_MONTH}-([0-9]{{2}}|{_YEAR})",  # Mar-26
    *(f"{_YEAR}{sign} ?{_MONTH_NUMBER}{sign} ?{_DAY}{sign}?" for sign in ("-", "/", r"\.")),  # 2026-03-01, 2026. 3. 1.
    f"{_MONTH_NUMBER}/{_DAY}/({_YEAR}|[0-9]{{2}})",  # 3/1/2026
    f"(({_YEAR}|[0-9]{{2}})년 *)?{_MONTH_NUMBER}월( *{_DAY}일|-[0-9]{{2}})?",  # 03월 01일, 03월-26
)
_DATE: Final = re.compile(rf"({'|'.join(_FORMS)})( +[0-9]{{1,2}}(:[0-9]{{2}}){{1,2}})?", re.IGNORECASE)


def is_date_like(code: str) -> bool:
    """Whether a text is a date as spreadsheets write it."""
    return _DATE.fullmatch(code) is not None
