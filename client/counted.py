"""Put a number and a noun in agreement."""


def counted(number: int, noun: str, several: str = "") -> str:
    """several: the plural where it is not the noun with an s."""
    return f"{number} {noun if number == 1 else several or f'{noun}s'}"
