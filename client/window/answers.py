"""What was answered in roll calls of a session that have not ended: what is on disk, as the window knows it."""

from collections.abc import Iterable

from protocol.messages import MarkItem


class Answers:
    """By hour and student. known: the disk has told what there was before. Not to be shared by threads."""

    def __init__(self) -> None:
        self.known = False
        self._of_hour: dict[int, dict[str, MarkItem]] = {}

    def take_up(self, items: Iterable[MarkItem]) -> None:
        """All that there is."""
        self.known = True
        self._of_hour = {}
        for item in items:
            self.note(item)

    def note(self, item: MarkItem) -> None:
        """One more answer, or another one for the same student."""
        if item.hour is not None:
            self._of_hour.setdefault(item.hour, {})[item.student] = item

    def of(self, hour: int) -> dict[str, MarkItem]:
        """By student, in the order of answering."""
        return dict(self._of_hour.get(hour, {}))

    def end(self, hour: int) -> None:
        """They were sent, or thrown away."""
        self._of_hour.pop(hour, None)
