"""Tell a student all that is stored of them, and who looked at it; to read, and to take away."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

from server.domain.absences import AbsenceRequest
from server.domain.appeals import Appeal
from server.domain.consents import Consent
from server.domain.notices import Notice
from server.domain.vetoes import Veto
from server.services.student.attendance import StudentAttendance
from server.services.student.photographs import HELD
from server.store import HistoryLine, OwnAnswer, Store

MOST_LINES: Final = 1000
# What shows of a whole class, and so of them too.
_OF_CLASSES: Final = frozenset(
    {"read_board", "read_roster", "read_report", "download", "read_history", "send_picture", "see_picture"}
)


@dataclass(frozen=True, slots=True)
class Looked:
    """That somebody saw or changed something of theirs. role: what they are, never who; "": not known."""

    at: datetime
    role: str
    action: str
    course: str
    alone: bool  # of this student alone; False: of the whole class


@dataclass(frozen=True, slots=True)
class StoredEnrolment:
    course: str
    begins: date
    ends: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """photographs: of which features are kept, by name. sightings: faces in class pictures taken for theirs.

    both_there: where the camera took them and another for one, and a person said that both were there.
    """

    student: str
    name: str
    courses: tuple[StoredEnrolment, ...]
    photographs: tuple[str, ...]
    photographs_destroyed: int  # of those, which are not kept themselves
    sightings: int
    consents: tuple[Consent, ...]
    appeals: tuple[Appeal, ...]
    absences: tuple[AbsenceRequest, ...]
    both_there: tuple[OwnAnswer, ...]
    addresses: tuple[str, ...]  # of their accounts, for mail
    notices: tuple[tuple[date, Notice], ...]  # what those were told by mail, and on which day
    decisions: tuple[tuple[str, date, HistoryLine], ...]  # course, day and what was decided
    looked: tuple[Looked, ...]
    vetoes: tuple[Veto, ...]  # of faces that are not theirs

    def record(self) -> dict[str, Any]:
        """The same for programs; what was decided without who decided it."""
        found = {
            name: getattr(self, name)
            for name in ("student", "name", "photographs", "photographs_destroyed", "sightings")
        }
        lists: Sequence[str] = ("courses", "consents", "appeals", "absences", "both_there", "looked", "vetoes")
        found |= {name: [_plain(asdict(each)) for each in getattr(self, name)] for name in lists}
        found["addresses"] = list(self.addresses)
        found["notices"] = [
            {"day": day.isoformat(), "kind": each.kind.value, **each.blanks} for day, each in self.notices
        ]
        found["decisions"] = [
            {
                "course": course,
                "day": day.isoformat(),
                "hour": line.hour,
                "state": line.new.value,
                "stood": line.stood,
                "source": line.source.value,
                "at": line.decided_at.isoformat(timespec="seconds"),
            }
            for course, day, line in self.decisions
        ]
        return found


@dataclass(frozen=True, slots=True)
class StoredData:
    """For any thread. knowns: the folder of photographs; None: another machine keeps them."""

    store: Store
    attendance: StudentAttendance
    knowns: Path | None

    def of(self, student: str) -> Stored:
        store = self.store
        codes = store.rosters.courses_of(student)
        spans = [(code, each) for code in codes for each in store.rosters.enrolled(code) if each.student == student]
        return Stored(
            student=student,
            name=store.rosters.names([student]).get(student, ""),
            courses=tuple(StoredEnrolment(code, each.begins, each.ends) for code, each in spans),
            photographs=tuple(sorted(store.templates.photographs(student).values())),
            photographs_destroyed=len(store.templates.photographs(student).keys() & store.templates.destroyed()),
            sightings=store.pictures.sightings_of(student),
            consents=tuple(store.consents.of_student(student)),
            appeals=tuple(store.appeals.of_student(student)),
            absences=tuple(store.absences.of_student(student)),
            both_there=tuple(store.submissions.answers_of(student)),
            addresses=tuple(each.email for each in store.accounts.of_student(student) if each.email),
            notices=tuple(store.mails.of_student(student)),
            decisions=tuple(self._decisions(student, codes)),
            looked=tuple(self.looked(student)),
            vetoes=tuple(store.vetoes.listed(student=student)),
        )

    def archive(self, student: str) -> bytes:
        """A ZIP of the record as JSON and of the photographs that are kept."""
        stored, packed = self.of(student), io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            text = json.dumps(stored.record(), ensure_ascii=False, indent=1)
            archive.writestr("my-data.json", text)
            for number, name in enumerate(stored.photographs, start=1):
                if (data := self._photograph(name)) is not None:
                    archive.writestr(f"photograph-{number}{Path(name).suffix}", data)
        return packed.getvalue()

    def _photograph(self, name: str) -> bytes | None:
        if self.knowns is None:
            return None
        path = self.knowns / name
        try:
            inside = path.resolve().is_relative_to(self.knowns.resolve())
            return path.read_bytes() if inside and path.is_file() else None
        except OSError:
            return None

    def _decisions(self, student: str, codes: Sequence[str]) -> list[tuple[str, date, HistoryLine]]:
        return [
            (code, session.day, line)
            for code in codes
            for session in reversed(self.store.sessions.listed(code, None, None))
            for line in self.store.marks.history(session.id, student)
        ]

    def looked(self, student: str) -> list[Looked]:
        """Who saw or changed something of theirs: the last so many, newest first."""
        codes = self.store.rosters.courses_of(student)
        alone = self.store.access_log.lines(student=student, limit=MOST_LINES)
        of_class = self.store.access_log.lines(courses=codes, limit=MOST_LINES) if codes else []
        found = [(each, True) for each in alone if each.action != HELD]
        found += [(each, False) for each in of_class if not each.subject and each.action in _OF_CLASSES]
        roles: dict[tuple[str, str, date], str] = {}
        looked = []
        for line, own in sorted(found, key=lambda each: each[0].at, reverse=True)[:MOST_LINES]:
            key = (line.who, line.course, line.at.date())
            if key not in roles:
                role = self.attendance.role(*key, student=student)
                roles[key] = role.value if role else ""
            looked.append(Looked(line.at, roles[key], line.action, line.course, own))
        return looked


def _plain(value: Any) -> Any:
    """For JSON; names of staff are left out."""
    if isinstance(value, dict):
        hidden = {"who", "answered_by", "noted_by", "note"}
        return {name: _plain(each) for name, each in value.items() if name not in hidden}
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
