"""What a new picture of a full hour costs before the board is as it should be, beside deciding the hour anew."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np

from bench.table import Row, interleaved_medians
from server.domain.rules import Rules
from server.domain.timetable import PlannedHour
from server.services.class_day.evidence import Evidence
from server.services.class_day.galleries import Galleries
from server.store import RecordedPicture, RosterLine, Sighting, Store, Template, open_store

STUDENTS: Final = 70
FACES: Final = 60
PICTURES: Final = 200
REPEAT: Final = 9
AT_MOST_S: Final = 0.5
COURSE, MODEL = "course", "bench"
HOUR: Final = PlannedHour(1, datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 2, 2, tzinfo=UTC))
DAY: Final = date(2026, 3, 2)


def rows() -> Iterator[Row]:
    """The figure, on SQLite. Takes half a minute."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "bench.sqlite"), key_file=Path(folder) / "key")
        with closing(store):
            store.health.upgrade()
            yield _row(store)


def _row(store: Store) -> Row:
    room, galleries, taken = _Room(store), Galleries(store, MODEL), count(PICTURES)
    for place in range(PICTURES):
        room.take(place)
    kept = Evidence(store, galleries)

    def decide(evidence: Evidence) -> None:
        found = evidence.of_session(COURSE, DAY, [HOUR], frozenset(room.numbers), Rules())
        assert len(found.hours[1].looks) >= PICTURES

    def one_more() -> None:
        room.take(next(taken))
        decide(kept)

    decide(kept)
    work: dict[str, Callable[[], object]] = {"more": one_more, "anew": lambda: decide(Evidence(store, galleries))}
    seconds = interleaved_medians(work, REPEAT)
    what = (
        f"keeping one more picture of {FACES} faces and deciding its hour, {PICTURES} pictures before it; "
        "reference: the hour anew"
    )
    ratio = seconds["anew"] / seconds["more"]
    return Row(what, seconds["more"], seconds["anew"], ratio, 2.0, "s", at_most=AT_MOST_S)


class _Room:
    """Made-up people of a course, all in their seats."""

    def __init__(self, store: Store) -> None:
        self.numbers = [f"{number:09d}" for number in range(STUDENTS)]
        self._store, self._random = store, np.random.default_rng(0)
        self._people = (self._random.normal(size=(STUDENTS, 128)) * 0.05 + 0.1).astype(np.float32)
        starts = HOUR.starts or datetime.now(UTC)
        store.rosters.change([RosterLine(each, "", COURSE) for each in self.numbers], at=starts, by="bench", day=DAY)
        store.templates.add(
            [
                Template(each, place.to_bytes(32, "big"), f"{each}.jpg", MODEL, self._people[place])
                for place, each in enumerate(self.numbers)
            ],
            [],
            at=starts,
        )
        self._starts = starts

    def take(self, place: int) -> None:
        """The picture of that place in the hour, kept with its sightings."""
        at = self._starts + timedelta(seconds=10 * place)
        noise = self._random.normal(size=(FACES, 128)).astype(np.float32) * np.float32(0.01)
        seen = [
            Sighting(
                self.numbers[seat],
                "sure",
                0.9,
                (),
                (100 * seat, 0, 100 * seat + 59, 59),
                self._people[seat] + noise[seat],
                MODEL,
            )
            for seat in range(FACES)
        ]
        self._store.pictures.add(RecordedPicture(COURSE, DAY, 1, at, "camera", FACES, 3840, 2160), seen, now=at)
