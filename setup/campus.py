"""The people around the class of the documents' pictures: accounts of every role, two weeks of marks, and what waits.

Names are invented; nobody has a face.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from server.access import Role
from server.bootstrap.store import store_of
from server.config import Settings
from server.domain.attendance import Mark, Source, State
from server.domain.calendar import Holiday, Term
from server.domain.ledger import MarkRequest
from server.domain.sessions import SessionState
from server.services.class_day.courses import Courses
from server.services.identity.devices import Devices
from server.services.identity.passwords import Passwords
from server.services.identity.principals import Principals
from server.services.identity.web_sessions import WebSessions
from server.store import NamedCamera, StaffEntry, Store
from setup.morning import CAMPUS_OFFSET_H, COURSE, NUMBERS, UTC_NOW, ZONE

PROFESSOR, ASSISTANT, STUDENT = "kang", "yoon", "student"
OFFICE, ADMIN, PRIVACY = "haksa", "jeonsan", "privacy"
ROLES: Final = (PROFESSOR, STUDENT, OFFICE, ADMIN, PRIVACY)
"""Who looks at the pages, by account."""
WEEKS: Final = 2
NEAR_F: Final = NUMBERS[9]


def populate(folder: Path) -> dict[str, str]:
    """Everything around `fill` of setup/morning.py; the token of each account that is signed in."""
    settings = Settings(database=str(folder / "rollcall.sqlite"), key_file=folder / "key", timezone=ZONE, family="dlib")
    today = (UTC_NOW + timedelta(hours=CAMPUS_OFFSET_H)).date()
    with store_of(settings) as store:
        courses = Courses(store, settings.zone)
        _calendar(store, today)
        _earlier_weeks(store, today)
        _accounts(store, today)
        Devices(store).add("front-b101", "공학관 B101", at=UTC_NOW, by=ADMIN)
        store.cameras.put(NamedCamera("b101", "http://10.0.3.8/snapshot", "camera", "of nobody"), at=UTC_NOW, by=ADMIN)
        principals = Principals(store, courses)
        sessions = WebSessions(store, principals, Passwords())
        accounts = {each.name: each for each in store.accounts.listed()}
        return {
            name: sessions.begin(accounts[name], address="10.0.7.21", agent="Chromium", now=datetime.now(UTC)).token
            for name in ROLES
        }


def _calendar(store: Store, today: date) -> None:
    term = Term("2026-2", today - timedelta(weeks=WEEKS + 1), today + timedelta(weeks=12))
    holiday = Holiday(today + timedelta(days=3), today + timedelta(days=3), "개교기념일")
    store.courses.set_calendar(term, [holiday], [], at=UTC_NOW, by=OFFICE)


def _earlier_weeks(store: Store, today: date) -> None:
    """Most were there; one was absent often enough to be near F."""
    for week in range(WEEKS, 0, -1):
        day, at = today - timedelta(weeks=week), UTC_NOW - timedelta(weeks=week)
        marks = tuple(
            Mark(student, COURSE, day, hour, _state(place, week, student), at, PROFESSOR, Source.PROFESSOR)
            for hour in (2, 3)
            for place, student in enumerate(NUMBERS)
        )
        outcome = store.marks.record([MarkRequest(marks)], now=at)[0]
        if isinstance(outcome, Exception):
            raise outcome
        for held in store.sessions.listed(COURSE, day, day):
            store.sessions.set_state(held.id, SessionState.SUBMITTED, at=at, by=PROFESSOR, why="")


def _state(place: int, week: int, student: str) -> State:
    if student == NEAR_F:
        return State.ABSENT
    return (State.PRESENT, State.PRESENT, State.PRESENT, State.LATE, State.ABSENT)[(place * 3 + week) % 5]


def _accounts(store: Store, today: date) -> None:
    for name, more in {
        PROFESSOR: {"full_name": "강가람"},
        ASSISTANT: {"full_name": "윤슬"},
        STUDENT: {"full_name": "", "student": NEAR_F},
        OFFICE: {"full_name": "학사팀", "role": Role.OFFICE.value},
        ADMIN: {"full_name": "전산팀", "role": Role.ADMIN.value},
        PRIVACY: {"full_name": "개인정보 보호책임자", "role": Role.PRIVACY_OFFICER.value},
    }.items():
        store.accounts.add(name, at=UTC_NOW, by="system", **more)
    for name, role in ((PROFESSOR, Role.PROFESSOR), (ASSISTANT, Role.ASSISTANT)):
        entry = StaffEntry(COURSE, name, role, frozenset(), today - timedelta(weeks=WEEKS + 1), None)
        store.accounts.add_staff(entry, at=UTC_NOW, by=ADMIN)
