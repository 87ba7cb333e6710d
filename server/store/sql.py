"""The Store on SQLAlchemy Core, for SQLite and MySQL: each method one transaction of the topic's module."""

import threading
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.domain.board import MarkStanding
from server.domain.calendar import Calendar, Holiday, MakeUp, Term
from server.domain.evidence import Proposal
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour
from server.store import answers, durability, erasures, marks, rosters, schema
from server.store import sightings as sighting_rows
from server.store import templates as template_rows
from server.store.base import (
    Course,
    CourseRecord,
    Durability,
    Enrolment,
    Erasure,
    HistoryLine,
    MarkOutcome,
    MarkRequest,
    OneSighting,
    PhotoVerdict,
    Picture,
    RosterChange,
    RosterEntry,
    RosterRow,
    Session,
    SessionChange,
    Sighting,
    Template,
)
from server.store.key_room import KeyRoom
from server.store.transactions import Database, T, Work

FORGET_EVERY: Final = timedelta(hours=1)
"""How often one process looks for keys that were kept for long enough."""


def open_store(url: str, *, key_file: Path | None) -> "SqlStore":
    """A store on a file's path, `sqlite:///PATH` or `mysql://USER:PASSWORD@HOST:PORT/NAME`.

    Nothing is asked of a MySQL server before the first method, and nothing of the key file before templates are
    needed. Raises SetupProblem for a URL that cannot be understood or a file that cannot be made.
    """
    return SqlStore(Database(url), KeyRoom(key_file))


class SqlStore:
    """See Store for what the methods promise. Any thread may call any of them."""

    def __init__(self, database: Database, keys: KeyRoom) -> None:
        self._database = database
        self._keys = keys
        self._forgotten_at: datetime | None = None
        self._forgetting = threading.Lock()

    # -- schema and health
    def upgrade(self) -> tuple[str, str]:
        return schema.upgrade(self._database)

    def check_schema(self) -> None:
        schema.check(self._database)

    def durability(self) -> Durability:
        return durability.durability(self._database)

    def now(self) -> datetime:
        return self._database.read(durability.now)

    def check_key(self) -> bool:
        return self._database.read(self._keys.fits)

    def close(self) -> None:
        self._database.close()

    # -- rosters
    def import_roster(
        self, rows: Sequence[RosterRow], *, at: datetime, by: str, begins: date | None = None
    ) -> RosterChange:
        return self._database.write(lambda c: rosters.import_roster(c, rows, at=at, by=by, begins=begins))

    def roster(self, course: str, day: date) -> list[RosterEntry]:
        return self._database.read(lambda c: rosters.roster(c, course, day))

    def students_of(self, course: str, day: date) -> frozenset[str]:
        return self._database.read(lambda c: rosters.students_of(c, course, day))

    def names(self, students: Collection[str]) -> dict[str, str]:
        return self._database.read(lambda c: rosters.names(c, students))

    # -- marks
    def record(self, requests: Sequence[MarkRequest], *, now: datetime) -> list[MarkOutcome]:
        if self._time_to_forget(now):
            self._database.write(lambda c: answers.forget_old(c, now=now))
        return self._database.write(lambda c: marks.record(c, requests, now=now))

    def _time_to_forget(self, now: datetime) -> bool:
        with self._forgetting:
            due = self._forgotten_at is None or now - self._forgotten_at >= FORGET_EVERY
            if due:
                self._forgotten_at = now
            return due

    # -- sightings
    def add_sightings(self, sightings: Sequence[OneSighting], *, now: datetime) -> int:
        return self._database.write(lambda c: sighting_rows.add(c, sightings, now=now))

    # -- templates
    def template_revision(self) -> int:
        return self._database.read(template_rows.revision)

    def templates(self, model_id: str) -> list[Template]:
        return self._database.read(lambda c: template_rows.read(c, model_id, self._keys))

    def templates_of_other_models(self, model_id: str) -> int:
        return self._database.read(lambda c: template_rows.count_of_other_models(c, model_id))

    def verdicts(self, model_id: str) -> dict[bytes, str]:
        return self._database.read(lambda c: template_rows.verdicts_of(c, model_id))

    def add_templates(self, templates: Sequence[Template], verdicts: Sequence[PhotoVerdict], *, at: datetime) -> None:
        self._database.write(lambda c: template_rows.add(c, templates, verdicts, self._keys, at=at))

    def remove_templates(self, photo_sha256s: Collection[bytes]) -> int:
        return self._remove(lambda c: template_rows.remove_of_photographs(c, photo_sha256s))

    def remove_all_templates(self) -> int:
        return self._remove(lambda c: template_rows.remove_all(c, self._keys))

    def photographs(self, student: str) -> dict[bytes, str]:
        return self._database.read(lambda c: template_rows.photographs(c, student))

    def erase(self, student: str, *, at: datetime, by: str) -> Erasure:
        return self._remove(lambda c: erasures.erase(c, student, at=at, by=by))

    def erased(self) -> frozenset[str]:
        return self._database.read(template_rows.erased)

    def permit_again(self, student: str, *, at: datetime, by: str) -> bool:
        return self._database.write(lambda c: erasures.permit_again(c, student, at=at, by=by))

    def _remove(self, work: Work[T]) -> T:
        removed = self._database.write(work)
        self._database.purge()
        return removed

    # -- not there yet
    def change_roster(
        self, rows: Sequence[RosterRow], ends: Sequence[tuple[str, str]], *, at: datetime, by: str, day: date
    ) -> RosterChange:
        raise NotImplementedError

    def enrolled(self, course: str) -> list[Enrolment]:
        raise NotImplementedError

    def set_course(self, course: Course, *, at: datetime, by: str) -> None:
        raise NotImplementedError

    def course(self, code: str) -> Course:
        raise NotImplementedError

    def courses(self) -> list[Course]:
        raise NotImplementedError

    def courses_of_device(self, device: str) -> list[Course]:
        raise NotImplementedError

    def set_calendar(
        self, term: Term, holidays: Sequence[Holiday], makeups: Sequence[MakeUp], *, at: datetime, by: str
    ) -> None:
        raise NotImplementedError

    def calendar(self) -> Calendar:
        raise NotImplementedError

    def open_session(
        self, course: str, day: date, hours: Sequence[PlannedHour], *, closes_at: datetime | None, makeup: bool,
        at: datetime, by: str,
    ) -> Session:
        raise NotImplementedError

    def session(self, session: int) -> Session:
        raise NotImplementedError

    def session_on(self, course: str, day: date) -> Session | None:
        raise NotImplementedError

    def sessions(self, course: str | None, since: date | None, until: date | None) -> list[Session]:
        raise NotImplementedError

    def set_session_state(
        self, session: int, new: SessionState, *, at: datetime, by: str, why: str,
        proposals: Sequence[Proposal] = (),
    ) -> Session:
        raise NotImplementedError

    def keep_proposals(self, session: int, proposals: Sequence[Proposal], *, at: datetime) -> None:
        raise NotImplementedError

    def standing(self, session: int) -> dict[tuple[str, int], MarkStanding]:
        raise NotImplementedError

    def history(self, session: int, student: str | None = None) -> list[HistoryLine]:
        raise NotImplementedError

    def session_history(self, session: int) -> list[SessionChange]:
        raise NotImplementedError

    def course_states(self, course: str, since: date | None, until: date | None) -> CourseRecord:
        raise NotImplementedError

    def course_proposals(
        self, course: str, since: date | None, until: date | None
    ) -> dict[tuple[date, int], dict[str, Proposal]]:
        raise NotImplementedError

    def add_picture(self, picture: Picture, sightings: Sequence[Sighting], *, now: datetime) -> int:
        raise NotImplementedError

    def pictures(self, course: str, day: date) -> list[tuple[Picture, tuple[Sighting, ...]]]:
        raise NotImplementedError

    def picture_revision(self, course: str, day: date) -> tuple[int, datetime | None]:
        raise NotImplementedError

    def forget_sightings(self, before: datetime) -> int:
        raise NotImplementedError

    def confirmed_sightings(self, course: str, model_id: str) -> list[tuple[str, NDArray[np.float32], int]]:
        raise NotImplementedError

    def set_calibration(
        self, course: str, model_id: str, shift: float, *, students: int, sightings: int, at: datetime, by: str
    ) -> None:
        raise NotImplementedError

    def calibration(self, course: str, model_id: str) -> float:
        raise NotImplementedError
