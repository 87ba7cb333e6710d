"""What services ask of a store, in their words. Knows no SQL; the values are in server.store.values.

Every method is one transaction: when it returns, what it did is on disk; when it raises, nothing was changed.
Times in and out are UTC-aware; days are the campus's calendar days, and both ends of a span of days are included.
Everything raises Unavailable while the database is away. A store may be used from any thread.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.domain.board import MarkStanding
from server.domain.calendar import Calendar, Holiday, MakeUp, Term
from server.domain.evidence import Proposal
from server.domain.ledger import MarkOutcome, MarkRequest
from server.domain.sessions import SessionState
from server.domain.timetable import PlannedHour
from server.store.values import (
    Course,
    CourseRecord,
    Durability,
    Enrolment,
    Erasure,
    HistoryLine,
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

__all__ = [
    "Course",
    "CourseRecord",
    "Durability",
    "Enrolment",
    "Erasure",
    "HistoryLine",
    "Once",
    "PhotoVerdict",
    "Picture",
    "RosterChange",
    "RosterEntry",
    "RosterRow",
    "Session",
    "SessionChange",
    "Sighting",
    "Store",
    "Template",
]


class Health(Protocol):
    """The database itself."""

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


class Rosters(Protocol):
    """Students, and who takes which course when."""

    def change_roster(
        self, rows: Sequence[RosterRow], ends: Sequence[tuple[str, str]] = (), *, at: datetime, by: str, day: date
    ) -> RosterChange:
        """Add students, courses and enrolments, take over new names and days; nothing is removed.

        ends: course and student of enrolments that end: they hold until before `day`, the campus's today, and those
        that begin no earlier go; who is not on the list is left out. Raises BadRequest for an enrolment that would end
        before it begins.
        """

    def roster(self, course: str, day: date) -> list[RosterEntry]:
        """Students enrolled in the course on that day, by student number. Raises UnknownCourse."""

    def enrolled(self, course: str) -> list[Enrolment]:
        """Everybody who is, was or will be on the course's list, by number and begin. Raises UnknownCourse."""

    def students_of(self, course: str, day: date) -> frozenset[str]:
        """Numbers of the students enrolled in the course on that day. Raises UnknownCourse."""

    def names(self, students: Collection[str]) -> dict[str, str]:
        """Names by student number, of those that exist."""


class Courses(Protocol):
    """Courses with their plans and rooms, and the campus's calendar."""

    def set_course(self, course: Course, *, at: datetime, by: str) -> None:
        """Make the course, or replace its title, room and plan.

        devices: now stand in that room, and no others do; none named: the room's stay as they are. Raises BadRequest
        for devices without a room.
        """

    def course(self, code: str) -> Course:
        """The course. Raises UnknownCourse."""

    def courses(self) -> list[Course]:
        """Every course, by code."""

    def courses_of_device(self, device: str) -> list[Course]:
        """The courses in the room where this device stands, by code."""

    def set_calendar(
        self, term: Term, holidays: Sequence[Holiday], makeups: Sequence[MakeUp], *, at: datetime, by: str
    ) -> None:
        """Replace what the calendar says of that term's days, and the term of that name, or of the same days.

        Raises BadRequest for a holiday or make-up day outside the term, and for one day twice made up.
        """

    def calendar(self) -> Calendar:
        """Terms, holidays and make-up days, by day."""


class Sessions(Protocol):
    """Sessions with their hours, and what stands in them."""

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
        """The course's session of that day with these hours, made a draft where there is none.

        One that is there (made by a mark, perhaps) gains the hours, and the times that it lacks. Raises UnknownCourse.
        """

    def session(self, session: int) -> Session:
        """The session. Raises NoSession."""

    def session_on(self, course: str, day: date) -> Session | None:
        """The course's session of that day."""

    def sessions(self, course: str | None, since: date | None, until: date | None) -> list[Session]:
        """Sessions of these days, newest first; None: of every course, of any day."""

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
        """Change the state, which leaves a line of history, and keep the proposals; the session as it then stands.

        Nothing is done where the state is that already, was changed by a decision later than `at`, or where `once` was
        done before. Raises NoSession, and BadRequest for a step that is not allowed (domain.sessions.allowed) from the
        state that stands by then, and for a key that was used for other content.
        """

    def was_done(self, once: Once) -> bool:
        """Whether it was done before. Raises BadRequest for a key that was used for other content."""

    def discard_session(self, session: int, *, at: datetime, by: str, why: str) -> Session:
        """Remove a session that was opened by mistake, with its hours and the history of its state; what it was.

        A line of the access log stays. Raises NoSession, and BadRequest where it holds a mark, a decision about one, a
        proposal or a picture.
        """

    def keep_proposals(self, session: int, proposals: Sequence[Proposal], *, at: datetime) -> None:
        """Keep what the camera proposes, in place of what was kept of the same student and hour.

        NOT_TAKEN says nothing and is not kept, so that pictures which were removed since take no proposal with them.
        Proposals for erased students are left out. Raises NoSession.
        """

    def standing(self, session: int) -> dict[tuple[str, int], MarkStanding]:
        """What stands in the session: (student, hour) -> mark."""

    def history(self, session: int, student: str | None = None) -> list[HistoryLine]:
        """Every decision that came for the session, in the order of arrival."""

    def session_history(self, session: int) -> list[SessionChange]:
        """The changes of the session's state, in their order."""

    def course_states(self, course: str, since: date | None, until: date | None) -> CourseRecord:
        """All that stands of the course on these days; None: any. Takes time by the course, not by the university."""

    def course_proposals(
        self, course: str, since: date | None, until: date | None
    ) -> dict[tuple[date, int], dict[str, Proposal]]:
        """The proposals that were kept: (day, hour) -> student -> proposal."""


class Marks(Protocol):
    """Decisions of people."""

    def record(self, requests: Sequence[MarkRequest], *, now: datetime) -> list[MarkOutcome]:
        """Record several independent requests in one transaction; the outcomes in their order.

        A request is refused whole (UnknownStudent, UnknownCourse, NotEnrolled, SessionClosed; BadRequest for a key
        that was used for other content), with a problem for every wrong row, without touching the others; one that is
        `partial` is recorded without its wrong rows. A key that is known gives the first answer again. Each mark is
        one atomic upsert (domain.attendance.stands_over says what stands) and leaves a line of history.
        """


class Pictures(Protocol):
    """Recorded pictures, and the faces in them that may be students'. Embeddings are sealed."""

    def add_picture(self, picture: Picture, sightings: Sequence[Sighting], *, now: datetime) -> int:
        """Keep a picture with its sightings; how many: 0 where that course, device and moment is there already.

        Erased students are left out, among the candidates too. Raises UnknownCourse, UnknownStudent, SetupProblem.
        """

    def pictures(
        self, course: str, day: date, *, hour: int | None = None, after: datetime | None = None
    ) -> list[tuple[Picture, tuple[Sighting, ...]]]:
        """The pictures of a day with their sightings, by time; of one hour, or taken after a moment, where it is said.

        Raises SetupProblem: wrong key.
        """

    def picture_counts(self, course: str, day: date) -> dict[int, tuple[int, int]]:
        """By hour, how many pictures and sightings there are; changes whenever `pictures` would."""

    def forget_sightings(self, before: datetime) -> int:
        """Remove pictures taken before, with their sightings; how many sightings. Proposals that were kept stay."""

    def confirmed_sightings(self, course: str, model_id: str) -> list[tuple[str, NDArray[np.float32], int]]:
        """Student, embedding and height of the face in pixels, of sightings by that model whose student was there.

        A mark that stands in that hour says so: present, late or left early.
        """

    def set_calibration(
        self, course: str, model_id: str, shift: float, *, students: int, sightings: int, at: datetime, by: str
    ) -> None:
        """Keep by how much the course's threshold is shifted, and from how much that is known. Raises UnknownCourse."""

    def calibration(self, course: str, model_id: str) -> float:
        """The course's shift; 0.0: none."""


class Templates(Protocol):
    """Embeddings of photographs, sealed; and erasure."""

    def template_revision(self) -> int:
        """A number that grows with every change to the templates: cheap to ask before each picture."""

    def templates(self, model_id: str) -> list[Template]:
        """All templates of that model, decrypted, by student and photograph. Raises SetupProblem: wrong key."""

    def known_to_other_models(self, model_id: str) -> int:
        """How many students have templates, but none of this model, so that it cannot recognise them."""

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
        """Remove a student's templates, sightings, proposals and refusals, and remember not to take them unasked.

        Marks stay: they are the university's record. Raises UnknownStudent where nothing at all is known of them.
        """

    def erased(self) -> frozenset[str]:
        """Students whose photographs are refused because they were erased."""

    def permit_again(self, student: str, *, at: datetime, by: str) -> bool:
        """Take an erased student's photographs again; False where they were not erased."""


class Store(Health, Rosters, Courses, Sessions, Marks, Pictures, Templates, Protocol):
    """The database as the services see it."""
