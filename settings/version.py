"""The version of server and client: the one place where it stands."""

import re
from typing import Final

VERSION: Final = "0.1.0"

_NUMBERS: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9}){0,3})[0-9a-z.+-]{0,16}")


def is_newer(version: str) -> bool:
    """Whether it is later than ours; what is no version is not."""
    return _numbers(version) > _numbers(VERSION)


def _numbers(version: str) -> list[int]:
    found = _NUMBERS.fullmatch(version)
    numbers = [int(each) for each in found[1].split(".")] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers
