"""Read a term's calendar from a TOML file: its days, holidays (휴강) and make-up days (보강)."""

from dataclasses import dataclass
from typing import Final

from server.domain.calendar import Holiday, MakeUp, Term
from server.domain.identifiers import normal
from server.errors import BadRequest
from server.services.plans.timetable_file import DAY_KEYS
from server.services.plans.toml_section import Section, read_section

MOST_NAME: Final = 100
MOST_CODE: Final = 32
NO_WEEKDAY: Final = "it must be the weekday whose classes are held: {known}."


@dataclass(frozen=True, slots=True)
class TermCalendar:
    """A term, and the days in it that differ from the timetable."""

    term: Term
    holidays: tuple[Holiday, ...]
    makeups: tuple[MakeUp, ...]

    @property
    def courses(self) -> frozenset[str]:
        days: tuple[Holiday | MakeUp, ...] = (*self.holidays, *self.makeups)
        return frozenset({each.course for each in days} - {""})


def read_term_toml(data: bytes, name: str = "The file") -> TermCalendar:
    """Raises BadRequest that names the key, and one like it that is known; TooLarge. name: the file's, for errors."""
    top = read_section(data, name, ("name", "begins", "ends", "holidays", "makeups"))
    try:
        term = Term(top.text("name", most=MOST_NAME, needed=True), top.day("begins"), top.day("ends"))
        holidays = tuple(map(_holiday, top.tables("holidays", ("begins", "ends", "day", "name", "course"))))
        makeups = tuple(map(_makeup, top.tables("makeups", ("day", "follows", "name", "course"))))
    except ValueError as error:
        raise BadRequest("{file}: {why}", file=name, why=str(error)) from error
    _require_inside(term, holidays, makeups, name)
    _require_once(makeups, name)
    return TermCalendar(term, holidays, makeups)


def _holiday(section: Section) -> Holiday:
    begins = section.day("begins", section.get("day"))
    ends = section.day("ends", begins)
    return Holiday(begins, ends, section.text("name", most=MOST_NAME), _course(section))


def _makeup(section: Section) -> MakeUp:
    follows = section.text("follows", most=20, needed=True).lower()
    if follows not in DAY_KEYS:
        raise section.wrong("follows", NO_WEEKDAY, known=", ".join(DAY_KEYS))
    name = section.text("name", most=MOST_NAME)
    return MakeUp(section.day("day"), DAY_KEYS.index(follows), name, _course(section))


def _course(section: Section) -> str:
    return normal(section.text("course", most=MOST_CODE))


def _require_inside(term: Term, holidays: tuple[Holiday, ...], makeups: tuple[MakeUp, ...], name: str) -> None:
    spans = [(each.begins, each.ends) for each in holidays] + [(each.day, each.day) for each in makeups]
    for begins, ends in spans:
        if begins < term.begins or ends > term.ends:
            raise BadRequest(
                "{file} has a day outside the term, {day}: the term {term} is from {begins} to {ends}.",
                file=name,
                day=begins if begins < term.begins else ends,
                term=term.name,
                begins=term.begins,
                ends=term.ends,
            )


def _require_once(makeups: tuple[MakeUp, ...], name: str) -> None:
    seen: set[tuple[object, str]] = set()
    for each in makeups:
        if (each.day, each.course) in seen:
            raise BadRequest(
                "{file} makes up twice on {day}; a day follows one weekday for a course.", file=name, day=each.day
            )
        seen.add((each.day, each.course))
