"""Why a file cannot be read as a table, in a sentence that says what to do."""


class TableError(ValueError):
    """The file is no table that can be read."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class TableTooLarge(TableError):
    """The file has more than the limits allow."""
