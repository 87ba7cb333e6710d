"""Write an hour's marks as Moodle's Attendance module imports them for one of its sessions."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

from server.domain.attendance import State
from server.domain.tally import Key
from server.errors import BadRequest
from server.services.reports.report import AttendanceReport

# mod_attendance: "Import marks" (user, status).
COLUMNS: Final = ("idnumber", "status")
# What each state is among the four of mod_attendance's default status set; other states say nothing. Who left early
# gets what Moodle has for half an hour.
STATES: Final = {
    State.PRESENT: State.PRESENT,
    State.LATE: State.LATE,
    State.LEFT_EARLY: State.LATE,
    State.ABSENT: State.ABSENT,
    State.EXCUSED: State.EXCUSED,
    State.EXCUSED_ABSENCE: State.EXCUSED,
}
# In the order of the set, and its acronyms by the language in which it was made (the strings Pacronym, Lacronym, … of
# mod_attendance's language packs).
ORDER: Final = (State.PRESENT, State.LATE, State.EXCUSED, State.ABSENT)
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "P,L,E,A",
    "es": "P,R,E,A",
    "fr": "P,R,E,A",
    "id": "P,L,E,A",
    "sv": "N,S,GF,F",
    "tr": "K,G,İ,Y",
}
MOST_LETTERS: Final = 2  # of an acronym, in Moodle's tables


def read_acronyms(text: str) -> dict[State, str]:
    """Of a language, or of four acronyms as `P,L,E,A`, or of some states as `late=R,absent=F`. Raises BadRequest."""
    parts = [part.strip() for part in LANGUAGES.get(text.strip(), text).split(",")]
    if all("=" in part for part in parts):
        four = dict(zip(ORDER, LANGUAGES["en"].split(","), strict=True)) | dict(map(_pair, parts))
    elif len(parts) == len(ORDER):
        four = dict(zip(ORDER, parts, strict=True))
    else:
        raise BadRequest(
            f"--moodle-states {text!r} is neither a language ({', '.join(LANGUAGES)}) nor the four acronyms of "
            f"{', '.join(ORDER)}, such as P,L,E,A, nor some of them, such as late=R,absent=F."
        )
    if wrong := [each for each in four.values() if not 1 <= len(each) <= MOST_LETTERS or not each.isprintable()]:
        raise BadRequest(f"--moodle-states has the acronym {wrong[0]!r}; Moodle's have one letter or two.")
    if len(set(four.values())) < len(four):
        raise BadRequest(f"--moodle-states {text!r} gives two states one acronym: Moodle could not tell them apart.")
    return {state: four[moodles] for state, moodles in STATES.items()}


def _pair(part: str) -> tuple[State, str]:
    name, _, acronym = part.partition("=")
    state = next((each for each in ORDER if each == name.strip()), None)
    if state is None:
        raise BadRequest(f"--moodle-states names {name.strip()!r}; there are {', '.join(ORDER)}.")
    return state, acronym.strip()


ACRONYMS: Final = read_acronyms("en")


def moodle_rows(report: AttendanceReport, hour: Key, acronyms: Mapping[State, str] = ACRONYMS) -> list[tuple[str, str]]:
    """Student numbers and acronyms; who has no state in that hour is left out, never absent."""
    states = ((row.student, row.tally.hours.get(hour)) for row in report.rows)
    return [(student, acronyms[state]) for student, state in states if state is not None and state in acronyms]


def moodle_file(rows: Sequence[Sequence[str]]) -> str:
    # Numbers stand as they are: Moodle reads it, and no spreadsheet.
    text = io.StringIO(newline="")
    csv.writer(text).writerows([COLUMNS, *rows])
    return text.getvalue()
