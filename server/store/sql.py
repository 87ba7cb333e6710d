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
from server.store import (
    answers,
    calendars,
    calibrations,
    course_records,
    discards,
    erasures,
    marks,
    rosters,
)
from server.store import courses as course_rows
from server.store import pictures as picture_rows
from server.store import proposals as kept_proposals
from server.store import sessions as session_rows
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
    Once,
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
from server.store.database import durability, schema
from server.store.database.key_room import KeyRoom
from server.store.database.transactions import Database, T, Work

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
        return self._read(durability.now)

    def check_key(self) -> bool:
        return self._read(self._keys.fits)

    def close(self) -> None:
        self._database.close()

    # -- rosters
    def change_roster(
        self, rows: Sequence[RosterRow], ends: Sequence[tuple[str, str]] = (), *, at: datetime, by: str, day: date
    ) -> RosterChange:
        return self._write(lambda c: rosters.change_roster(c, rows, ends, at=at, by=by, day=day))

    def roster(self, course: str, day: date) -> list[RosterEntry]:
        return self._read(lambda c: rosters.roster(c, course, day))

    def enrolled(self, course: str) -> list[Enrolment]:
        return self._read(lambda c: rosters.enrolled(c, course))

    def students_of(self, course: str, day: date) -> frozenset[str]:
        return self._read(lambda c: rosters.students_of(c, course, day))

    def names(self, students: Collection[str]) -> dict[str, str]:
        return self._read(lambda c: rosters.names(c, students))

    # -- courses
    def set_course(self, course: Course, *, at: datetime, by: str) -> None:
        self._write(lambda c: course_rows.keep(c, course, at=at, by=by))

    def course(self, code: str) -> Course:
        return self._read(lambda c: course_rows.one(c, code))

    def courses(self) -> list[Course]:
        return self._read(course_rows.listed)

    def courses_of_device(self, device: str) -> list[Course]:
        return self._read(lambda c: course_rows.of_device(c, device))

    def set_calendar(
        self, term: Term, holidays: Sequence[Holiday], makeups: Sequence[MakeUp], *, at: datetime, by: str
    ) -> None:
        self._write(lambda c: calendars.replace(c, term, holidays, makeups, at=at, by=by))

    def calendar(self) -> Calendar:
        return self._read(calendars.read)

    # -- sessions
    def open_session(
        self,
        course: str,
        day: date,
        hours: Sequence[PlannedHour],
        *,
        closes_at: datetime | None,
        makeup: bool,
        at: datetime,
        by: str,
    ) -> Session:
        return self._write(
            lambda c: session_rows.open_session(c, course, day, hours, closes_at=closes_at, makeup=makeup, at=at, by=by)
        )

    def session(self, session: int) -> Session:
        return self._read(lambda c: session_rows.one(c, session))

    def session_on(self, course: str, day: date) -> Session | None:
        return self._read(lambda c: session_rows.on_day(c, course, day))

    def sessions(self, course: str | None, since: date | None, until: date | None) -> list[Session]:
        return self._read(lambda c: session_rows.listed(c, course, since, until))

    def set_session_state(
        self,
        session: int,
        new: SessionState,
        *,
        at: datetime,
        by: str,
        why: str,
        proposals: Sequence[Proposal] = (),
        once: Once | None = None,
    ) -> Session:
        return self._write(
            lambda c: session_rows.set_state(c, session, new, at=at, by=by, why=why, proposals=proposals, once=once)
        )

    def was_done(self, once: Once) -> bool:
        return self._read(lambda c: answers.was_done(c, once))

    def discard_session(self, session: int, *, at: datetime, by: str, why: str) -> Session:
        return self._write(lambda c: discards.discard(c, session, at=at, by=by, why=why))

    def keep_proposals(self, session: int, proposals: Sequence[Proposal], *, at: datetime) -> None:
        self._write(lambda c: kept_proposals.keep(c, session, proposals, at=at))

    def standing(self, session: int) -> dict[tuple[str, int], MarkStanding]:
        return self._read(lambda c: session_rows.standing(c, session))

    def history(self, session: int, student: str | None = None) -> list[HistoryLine]:
        return self._read(lambda c: session_rows.history(c, session, student))

    def session_history(self, session: int) -> list[SessionChange]:
        return self._read(lambda c: session_rows.changes(c, session))

    def course_states(self, course: str, since: date | None, until: date | None) -> CourseRecord:
        return self._read(lambda c: course_records.states(c, course, since, until))

    def course_proposals(
        self, course: str, since: date | None, until: date | None
    ) -> dict[tuple[date, int], dict[str, Proposal]]:
        return self._read(lambda c: course_records.kept_proposals(c, course, since, until))

    # -- marks
    def record(self, requests: Sequence[MarkRequest], *, now: datetime) -> list[MarkOutcome]:
        if self._time_to_forget(now):
            self._write(lambda c: answers.forget_old(c, now=now))
        return self._write(lambda c: marks.record(c, requests, now=now))

    def _time_to_forget(self, now: datetime) -> bool:
        with self._forgetting:
            due = self._forgotten_at is None or now - self._forgotten_at >= FORGET_EVERY
            if due:
                self._forgotten_at = now
            return due

    # -- pictures
    def add_picture(self, picture: Picture, sightings: Sequence[Sighting], *, now: datetime) -> int:
        return self._write(lambda c: picture_rows.add(c, picture, sightings, self._keys, now=now))

    def pictures(
        self, course: str, day: date, *, hour: int | None = None, after: datetime | None = None
    ) -> list[tuple[Picture, tuple[Sighting, ...]]]:
        return self._read(lambda c: picture_rows.read(c, course, day, self._keys, hour=hour, after=after))

    def picture_counts(self, course: str, day: date) -> dict[int, tuple[int, int]]:
        return self._read(lambda c: picture_rows.counts(c, course, day))

    def forget_sightings(self, before: datetime) -> int:
        return self._remove(lambda c: picture_rows.forget(c, before))

    def confirmed_sightings(self, course: str, model_id: str) -> list[tuple[str, NDArray[np.float32], int]]:
        return self._read(lambda c: picture_rows.confirmed(c, course, model_id, self._keys))

    def set_calibration(
        self, course: str, model_id: str, shift: float, *, students: int, sightings: int, at: datetime, by: str
    ) -> None:
        self._write(
            lambda c: calibrations.keep(
                c, course, model_id, shift, students=students, sightings=sightings, at=at, by=by
            )
        )

    def calibration(self, course: str, model_id: str) -> float:
        return self._read(lambda c: calibrations.shift_of(c, course, model_id))

    # -- templates
    def template_revision(self) -> int:
        return self._read(template_rows.revision)

    def templates(self, model_id: str) -> list[Template]:
        return self._read(lambda c: template_rows.read(c, model_id, self._keys))

    def known_to_other_models(self, model_id: str) -> int:
        return self._read(lambda c: template_rows.known_to_other_models(c, model_id))

    def verdicts(self, model_id: str) -> dict[bytes, str]:
        return self._read(lambda c: template_rows.verdicts_of(c, model_id))

    def add_templates(self, templates: Sequence[Template], verdicts: Sequence[PhotoVerdict], *, at: datetime) -> None:
        self._write(lambda c: template_rows.add(c, templates, verdicts, self._keys, at=at))

    def remove_templates(self, photo_sha256s: Collection[bytes]) -> int:
        return self._remove(lambda c: template_rows.remove_of_photographs(c, photo_sha256s))

    def remove_all_templates(self) -> int:
        return self._remove(lambda c: template_rows.remove_all(c, self._keys))

    def photographs(self, student: str) -> dict[bytes, str]:
        return self._read(lambda c: template_rows.photographs(c, student))

    def erase(self, student: str, *, at: datetime, by: str) -> Erasure:
        return self._remove(lambda c: erasures.erase(c, student, at=at, by=by))

    def erased(self) -> frozenset[str]:
        return self._read(template_rows.erased)

    def permit_again(self, student: str, *, at: datetime, by: str) -> bool:
        return self._write(lambda c: erasures.permit_again(c, student, at=at, by=by))

    def _read(self, work: Work[T]) -> T:
        return self._database.read(work)

    def _write(self, work: Work[T]) -> T:
        return self._database.write(work)

    def _remove(self, work: Work[T]) -> T:
        removed = self._write(work)
        self._database.purge()
        return removed
