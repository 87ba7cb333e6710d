"""Terms, holidays and make-up days. Runs inside its caller's transaction."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, or_, select

from server.domain.calendar import Calendar, Holiday, MakeUp, Term
from server.errors import BadRequest
from server.store import access_log
from server.store.database.columns import WHO_LENGTH
from server.store.database.tables import holidays, makeups, terms
from server.store.identifiers import require_identifier, require_text

Days = tuple[date, date]


def replace(
    connection: Connection, term: Term, free: Sequence[Holiday], made_up: Sequence[MakeUp], *, at: datetime, by: str
) -> None:
    """Replace what is known of the term's days; see Store.set_calendar."""
    _require_storable(term, free, made_up)
    for begins, ends in [*_days_so_far(connection, term.name), (term.begins, term.ends)]:
        connection.execute(delete(holidays).where(holidays.c.begins <= ends, holidays.c.ends >= begins))
        connection.execute(delete(makeups).where(makeups.c.day.between(begins, ends)))
    table = terms.c
    same_days = (table.begins == term.begins) & (table.ends == term.ends)
    connection.execute(delete(terms).where(or_(table.name == term.name, same_days)))
    connection.execute(insert(terms), [{"name": term.name, "begins": term.begins, "ends": term.ends}])
    if free:
        connection.execute(insert(holidays), [_holiday_row(each) for each in free])
    if made_up:
        connection.execute(insert(makeups), [_makeup_row(each) for each in made_up])
    counted = f"term {term.name}: {len(free)} holidays, {len(made_up)} make-up days"
    access_log.write(connection, at, by, "set_calendar", detail=counted)


def _days_so_far(connection: Connection, name: str) -> list[Days]:
    query = select(terms.c.begins, terms.c.ends).where(terms.c.name == name)
    return [(row.begins, row.ends) for row in connection.execute(query)]


def _require_storable(term: Term, free: Sequence[Holiday], made_up: Sequence[MakeUp]) -> None:
    require_text(term.name, WHO_LENGTH, "name of the term")
    for name, course in [*((each.name, each.course) for each in free), *((each.name, each.course) for each in made_up)]:
        require_text(name, WHO_LENGTH, "name of the day")
        if course:
            require_identifier(course, "course code")
    outside = [each.begins for each in free if each.ends < term.begins or term.ends < each.begins]
    outside += [each.day for each in made_up if not term.begins <= each.day <= term.ends]
    if outside:
        raise BadRequest(
            f"{min(outside)} is not in the term {term.name!r}, which lasts from {term.begins} to {term.ends}: "
            "name holidays and make-up days with the term that they are in."
        )
    days = [(each.day, each.course) for each in made_up]
    if twice := {each for each in days if days.count(each) > 1}:
        raise BadRequest(f"{min(twice)[0]} is made up twice: a day follows the timetable of one weekday.")


def _holiday_row(each: Holiday) -> dict[str, object]:
    return {"begins": each.begins, "ends": each.ends, "name": each.name, "course": each.course}


def _makeup_row(each: MakeUp) -> dict[str, object]:
    return {"day": each.day, "weekday": each.weekday, "name": each.name, "course": each.course}


def read(connection: Connection) -> Calendar:
    """Terms, holidays and make-up days, by day."""
    all_terms = connection.execute(select(terms).order_by(terms.c.begins))
    free = connection.execute(select(holidays).order_by(holidays.c.begins, holidays.c.id))
    made_up = connection.execute(select(makeups).order_by(makeups.c.day, makeups.c.course))
    return Calendar(
        tuple(Term(row.name, row.begins, row.ends) for row in all_terms),
        tuple(Holiday(row.begins, row.ends, row.name, row.course) for row in free),
        tuple(MakeUp(row.day, row.weekday, row.name, row.course) for row in made_up),
    )
