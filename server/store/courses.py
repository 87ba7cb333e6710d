"""Keep courses with their plans, rooms and thresholds, and the campus's calendar."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, true, update

from server.domain.calendar import Calendar, Holiday, MakeUp, Term
from server.domain.identifiers import unknown_course
from server.errors import BadRequest, Internal
from server.store import access_log, rosters
from server.store.database.columns import MODEL_LENGTH, NAME_LENGTH, WHO_LENGTH
from server.store.database.readable import readable
from server.store.database.statements import insert_new, insert_or_replace
from server.store.database.tables import calibrations, courses, devices, holidays, makeups, plans, rooms, terms
from server.store.identifiers import require_identifier, require_text
from server.store.topic import Topic, reads, writes
from server.store.values import Course, KeptPlan

_PLANS = (
    select(plans, rooms.c.name)
    .join_from(plans, rooms, plans.c.room == rooms.c.id, isouter=True)
    .order_by(plans.c.course, plans.c.begins)
)


class CourseStore(Topic):
    """Courses with their plans, rooms and thresholds, and the campus's calendar."""

    @writes
    def put(self, connection: Connection, code: str, plan: KeptPlan, *, at: datetime, by: str) -> None:
        """Keep a plan from its first day on, instead of one that begins on the same; make the course where it is new.

        devices: now stand in that room, and no others do; none named: the room's stay as they are. Raises BadRequest
        for devices without a room.
        """
        _require_storable(code, plan)
        room = _room(connection, plan.room) if plan.room else None
        if room is not None and plan.devices:
            _stand_in(connection, room, plan.devices, at)
        insert_new(connection, courses, [{"code": code}])
        row = {"title": plan.title, "room": room, "plan": plan.plan or None, "set_at": at, "set_by": by}
        insert_or_replace(connection, plans, [{"course": code, "begins": plan.begins, **row}], *row)
        access_log.write(connection, at, by, "set_course", detail=f"course {code} from {plan.begins}")

    @reads
    def get(self, connection: Connection, code: str) -> Course:
        """The course. Raises UnknownCourse."""
        found = _read(connection, courses.c.code == code, plans.c.course == code)
        if not found:
            raise unknown_course(code)
        return found[0]

    @reads
    def listed(self, connection: Connection) -> list[Course]:
        """Every course, by code."""
        return _read(connection, true(), true())

    @reads
    def of_device(self, connection: Connection, device: str) -> list[Course]:
        """The courses that have, had or will have a plan for the room where this device stands, by code."""
        room = select(devices.c.room).where(devices.c.name == device)
        codes = select(plans.c.course).where(plans.c.room.in_(room))
        return _read(connection, courses.c.code.in_(codes), plans.c.course.in_(codes))

    @writes
    def set_calendar(
        self,
        connection: Connection,
        term: Term,
        free: Sequence[Holiday],
        made_up: Sequence[MakeUp],
        *,
        at: datetime,
        by: str,
    ) -> None:
        """Replace what the calendar says of that term's days, and the term of that name, or of the same days.

        Raises BadRequest for a holiday or make-up day outside the term, and for one day twice made up.
        """
        _require_calendar(term, free, made_up)
        so_far = connection.execute(select(terms.c.begins, terms.c.ends).where(terms.c.name == term.name)).all()
        for begins, ends in [*so_far, (term.begins, term.ends)]:
            connection.execute(delete(holidays).where(holidays.c.begins <= ends, holidays.c.ends >= begins))
            connection.execute(delete(makeups).where(makeups.c.day.between(begins, ends)))
        same_days = (terms.c.begins == term.begins) & (terms.c.ends == term.ends)
        connection.execute(delete(terms).where(or_(terms.c.name == term.name, same_days)))
        for table, rows in ((terms, [term]), (holidays, free), (makeups, made_up)):
            if rows:
                connection.execute(insert(table), [asdict(each) for each in rows])
        counted = f"term {term.name}: {len(free)} holidays, {len(made_up)} make-up days"
        access_log.write(connection, at, by, "set_calendar", detail=counted)

    @reads
    def calendar(self, connection: Connection) -> Calendar:
        """Terms, holidays and make-up days, by day."""
        all_terms = readable(connection, select(terms).order_by(terms.c.begins), terms.c.name)
        free = readable(connection, select(holidays).order_by(holidays.c.begins, holidays.c.id), holidays.c.id)
        made_up = readable(connection, select(makeups).order_by(makeups.c.day, makeups.c.course), *makeups.primary_key)
        return Calendar(
            tuple(Term(row.name, row.begins, row.ends) for row in all_terms),
            tuple(Holiday(row.begins, row.ends, row.name, row.course) for row in free),
            tuple(MakeUp(row.day, row.weekday, row.name, row.course) for row in made_up),
        )

    @writes
    def set_shift(
        self,
        connection: Connection,
        course: str,
        model_id: str,
        shift: float,
        *,
        students: int,
        sightings: int,
        at: datetime,
        by: str,
    ) -> None:
        """Keep by how much the course's threshold is shifted, and from how much that is known. Raises UnknownCourse."""
        require_text(model_id, MODEL_LENGTH, "name of the model")
        require_text(by, WHO_LENGTH, "name of who does this")
        if not math.isfinite(shift):
            raise Internal(f"A threshold cannot be shifted by {shift}.")
        rosters.require_course(connection, course)
        row = {"course": course, "model_id": model_id, "shift": float(shift)}
        basis = {"students": students, "sightings": sightings, "calibrated_at": at, "who": by}
        insert_or_replace(connection, calibrations, [row | basis], "shift", *basis)
        known = f"course {course}: shift {shift:.4f} from {sightings} sightings of {students} students"
        access_log.write(connection, at, by, "recalibrated", detail=known)

    @reads
    def shift_of(self, connection: Connection, course: str, model_id: str) -> float:
        """By how much the course's threshold is shifted for this model; 0.0: it is not."""
        table = calibrations.c
        shift = connection.scalar(select(table.shift).where(table.course == course, table.model_id == model_id))
        return 0.0 if shift is None else shift


def _require_storable(code: str, plan: KeptPlan) -> None:
    require_identifier(code, "course code")
    require_text(plan.title, NAME_LENGTH, "title of the course")
    require_text(plan.room, WHO_LENGTH, "name of the room")
    for device in plan.devices:
        require_text(device, WHO_LENGTH, "name of the device")
    if plan.devices and not plan.room:
        raise BadRequest("The course '{course}' names devices but no room: say in which room they stand.", course=code)


def _room(connection: Connection, name: str) -> int:
    insert_new(connection, rooms, [{"name": name}])
    return int(connection.execute(select(rooms.c.id).where(rooms.c.name == name)).scalar_one())


def _stand_in(connection: Connection, room: int, names: Sequence[str], at: datetime) -> None:
    """Let these devices stand in the room, and no others; those that are registered stay where they were put."""
    registered = devices.c.registered_at.is_not(None)
    connection.execute(update(devices).where(devices.c.room == room, ~registered).values(room=None))
    fixed = set(connection.scalars(select(devices.c.name).where(registered)))
    rows = [{"name": name, "room": room, "added_at": at} for name in dict.fromkeys(names) if name not in fixed]
    insert_or_replace(connection, devices, rows, "room")


def _read(connection: Connection, of_courses: ColumnElement[bool], of_plans: ColumnElement[bool]) -> list[Course]:
    dated = readable(connection, _PLANS.where(of_plans), plans.c.course, plans.c.begins)
    standing = _devices(connection, {row.room for row in dated if row.room is not None})
    kept: dict[str, list[KeptPlan]] = {}
    for row in dated:
        of_room = standing.get(row.room, ())
        plan = KeptPlan(row.begins, row.title, row.name or "", of_room, row.plan or "", row.set_at, row.set_by)
        kept.setdefault(row.course, []).append(plan)
    rows = connection.execute(select(courses).where(of_courses).order_by(courses.c.code))
    return [Course(row.code, row.title, tuple(kept.get(row.code, ()))) for row in rows]


def _devices(connection: Connection, wanted: set[int]) -> dict[int, tuple[str, ...]]:
    """The devices of these rooms by name, room by room."""
    found: dict[int, tuple[str, ...]] = {}
    table = devices.c
    query = select(table.room, table.name).where(table.room.in_(sorted(wanted))).order_by(table.name)
    for row in connection.execute(query) if wanted else ():
        found[row.room] = (*found.get(row.room, ()), row.name)
    return found


def _require_calendar(term: Term, free: Sequence[Holiday], made_up: Sequence[MakeUp]) -> None:
    require_text(term.name, WHO_LENGTH, "name of the term")
    for name, course in [*((each.name, each.course) for each in free), *((each.name, each.course) for each in made_up)]:
        require_text(name, WHO_LENGTH, "name of the day")
        if course:
            require_identifier(course, "course code")
    outside = [each.begins for each in free if each.ends < term.begins or term.ends < each.begins]
    outside += [each.day for each in made_up if not term.begins <= each.day <= term.ends]
    if outside:
        raise BadRequest(
            "{day} is not in the term '{term}', which lasts from {begins} to {ends}: name holidays and make-up days "
            "with the term that they are in.",
            day=min(outside),
            term=term.name,
            begins=term.begins,
            ends=term.ends,
        )
    days = [(each.day, each.course) for each in made_up]
    if twice := {each for each in days if days.count(each) > 1}:
        raise BadRequest("{day} is made up twice: a day follows the timetable of one weekday.", day=min(twice)[0])
