"""What services ask of a store, in their words, and the values that go in and out. Knows no SQL.

Every method is one transaction: when it returns, what it did is on disk; when it raises, nothing was changed.
Times in and out are UTC-aware; days are the campus's calendar days. Everything raises Unavailable while the
database is away. A store may be used from any thread.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.domain.attendance import Mark, Recorded, State
from server.errors import RollcallError


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of a roster file: this student, so named, takes this course."""

    student: str
    name: str
    course: str


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What an import did, counted."""

    students_added: int
    students_renamed: int
    courses_added: int
    enrolments_added: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A student of a course and the states of the day's hours that have a mark: hour number -> state."""

    student: str
    name: str
    states: dict[int, State]


@dataclass(frozen=True, slots=True)
class MarkRequest:
    """Marks that stand or fall together. key: None for the old wire, which has none.

    digest: of what the client sent, so that the same key with other content is found out.
    """

    marks: tuple[Mark, ...]
    key: str | None = None
    digest: bytes = b""


MarkOutcome = tuple[Recorded, ...] | RollcallError
"""What stands for each mark of a request, in its order, or why the whole request was refused."""


@dataclass(frozen=True, slots=True)
class Template:
    """One enrolled photograph of a student. embedding: float32 (128,) of the model `model_id`.

    photo_sha256: of the photograph's bytes. photo_name: file name relative to knowns/, for reports. reduced: face
    size in pixels -> embedding, float32 (128,), of the same photograph seen that small; empty: not known.
    """

    student: str
    photo_sha256: bytes
    photo_name: str
    model_id: str
    embedding: NDArray[np.float32] = field(repr=False)
    reduced: Mapping[int, NDArray[np.float32]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PhotoVerdict:
    """What was found about a photograph that was not taken, kept so that it need not be looked at again.

    student: whose it is by its file's name, so that it goes when they are erased; "" where the name says nobody.
    """

    photo_sha256: bytes
    model_id: str
    reason: str
    student: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A student seen in one picture of a course. box: left, top, right, bottom in pixels of that picture."""

    student: str
    course: str
    day: date
    hour: int
    taken_at: datetime
    box: tuple[int, int, int, int]
    distance: float
    model_id: str
    device: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """What `erase` removed from the store, counted."""

    student: str
    templates: int
    sightings: int
    photo_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Durability:
    """Whether what is acknowledged is on disk. problems: sentences that say what to set; empty when all is well."""

    database: str
    problems: tuple[str, ...]


class Store(Protocol):
    """The database as the services see it."""

    # -- schema and health
    def upgrade(self) -> tuple[str, str]:
        """Bring the tables to the newest version; revision before ("" for an empty database) and after."""

    def check_schema(self) -> None:
        """Raise SetupProblem with what to run where the tables are missing or of another version."""

    def durability(self) -> Durability:
        """The database's name and version, and what of its settings could lose acknowledged marks."""

    def now(self) -> datetime:
        """The database's own clock."""

    def check_key(self) -> bool:
        """Whether anything is sealed yet; raises SetupProblem where the key file is missing or not the right one."""

    def close(self) -> None:
        """Give back every connection."""

    # -- rosters
    def import_roster(
        self, rows: Sequence[RosterRow], *, at: datetime, by: str, begins: date | None = None
    ) -> RosterChange:
        """Add students, courses and enrolments and take over new names; nothing is removed.

        begins: the first day of new enrolments; None: not known, so that marks of any day before now are taken too.
        """

    def roster(self, course: str, day: date) -> list[RosterEntry]:
        """Students enrolled in the course on that day, by student number. Raises UnknownCourse."""

    def students_of(self, course: str, day: date) -> frozenset[str]:
        """Numbers of the students enrolled in the course on that day. Raises UnknownCourse."""

    def names(self, students: Collection[str]) -> dict[str, str]:
        """Names by student number, of those that exist."""

    # -- marks
    def record(self, requests: Sequence[MarkRequest], *, now: datetime) -> list[MarkOutcome]:
        """Record several independent requests in one transaction; the outcomes in their order.

        A request is refused whole (UnknownStudent, UnknownCourse, NotEnrolled; BadRequest for a key that was used
        for other content) without touching the others. A key that is known gives the first answer again. Each
        mark is one atomic upsert (the later decision stands) and leaves a line of history.
        """

    # -- sightings
    def add_sightings(self, sightings: Sequence[Sighting], *, now: datetime) -> int:
        """Keep sightings; how many were new (one for each student, course and moment of a picture)."""

    # -- templates
    def template_revision(self) -> int:
        """A number that grows with every change to the templates: cheap to ask before each picture."""

    def templates(self, model_id: str) -> list[Template]:
        """All templates of that model, decrypted, by student and photograph. Raises SetupProblem: wrong key."""

    def templates_of_other_models(self, model_id: str) -> int:
        """How many templates there are of any other model."""

    def verdicts(self, model_id: str) -> dict[bytes, str]:
        """Photographs that were refused under that model: hash -> reason."""

    def add_templates(self, templates: Sequence[Template], verdicts: Sequence[PhotoVerdict], *, at: datetime) -> None:
        """Keep templates and refusals of photographs, replacing those of the same photograph, student and model.

        The students need not be in a roster yet. Templates of erased students are left out, whatever was read before:
        an erasure may have come in between.
        """

    def remove_templates(self, photo_sha256s: Collection[bytes]) -> int:
        """Remove the templates made from these photographs, of every model; how many there were."""

    def remove_all_templates(self) -> int:
        """Remove every template and refusal, of every model, without the key; how many templates there were."""

    def photographs(self, student: str) -> dict[bytes, str]:
        """Hash -> name of the photographs that the student's templates of any model were made from, without the key."""

    def erase(self, student: str, *, at: datetime, by: str) -> Erasure:
        """Remove a student's templates, sightings and refusals, and remember that they may not come back unasked.

        Marks stay: they are the university's record. Raises UnknownStudent where nothing at all is known of them.
        """

    def erased(self) -> frozenset[str]:
        """Students whose photographs are refused because they were erased."""

    def permit_again(self, student: str, *, at: datetime, by: str) -> bool:
        """Take an erased student's photographs again; False where they were not erased."""
