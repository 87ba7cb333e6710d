"""Take other students' names and numbers out of a text before a student reads it."""

from collections.abc import Mapping

HIDDEN = "…"


def without_others(text: str, names: Mapping[str, str], own: str) -> str:
    """names: of everybody who may be meant, by number. own: the number of who reads it, whose name stays."""
    if not text:
        return text
    mine = names.get(own, "")
    others = [
        each for number, name in names.items() if number != own for each in (number, name) if each and each != mine
    ]
    for each in sorted(others, key=len, reverse=True):
        text = text.replace(each, HIDDEN)
    return text
