"""A number and a noun in, both in agreement out. Knows regular English plurals alone."""


def counted(number: int, noun: str) -> str:
    """`1 face`, `2 faces`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
