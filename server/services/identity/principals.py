"""Say who somebody is just now: their roles, what they teach today, and the room that they stand in."""

from datetime import datetime

from server.access import Kind, Principal, Role, Teaching
from server.domain.calendar import campus_day
from server.services.class_day.courses import Courses
from server.store import Device, Store, Token, User

_CAMPUS_ROLES = {each.value: each for each in (Role.OFFICE, Role.ADMIN, Role.PRIVACY_OFFICER)}


class Principals:
    """Makes principals of what the store knows; for any thread."""

    def __init__(self, store: Store, courses: Courses, legacy_course: str | None = None) -> None:
        """legacy_course: of the clients of 2019 that stand in no room."""
        self._store = store
        self._courses = courses
        self._legacy_course = legacy_course

    def of_user(self, user: User, now: datetime, *, expires: datetime | None = None) -> Principal:
        """Somebody who is signed in to the pages."""
        roles = {_CAMPUS_ROLES[user.role]} if user.role in _CAMPUS_ROLES else set()
        if user.student is not None:
            roles.add(Role.STUDENT)
        return Principal(
            kind=Kind.USER,
            id=user.id,
            name=user.name,
            roles=frozenset(roles),
            teaches=self._teaches(user, now),
            student=user.student,
            expires=expires,
        )

    def of_address(self, address: str, now: datetime, *, name: str) -> Principal:
        """A client of 2019, by where it stands: a course's plan or `device add` names its address as a device."""
        other = frozenset({self._legacy_course} if self._legacy_course else ())
        return Principal(
            kind=Kind.LEGACY,
            name=name,
            roles=frozenset({Role.LEGACY}),
            room_courses=self._room_courses(address) or other,
            course_now=self._courses.in_room(address, now),
        )

    def of_device(self, device: Device, now: datetime, *, token: Token | None = None) -> Principal:
        courses = self._room_courses(device.name)
        return Principal(
            kind=Kind.DEVICE,
            id=device.id,
            name=device.name,
            roles=frozenset({Role.DEVICE}),
            device=device.name,
            room=device.room,
            room_courses=courses,
            course_now=self._courses.in_room(device.name, now),
            token=str(token.id) if token else "",
            expires=token.expires_at if token else None,
        )

    def on_window(self, user: User, device: Device, token: Token, now: datetime) -> Principal:
        """Somebody who signed in on a classroom's window: there they teach, and are nothing else."""
        over = token.expires_at if token.expires_at is not None and token.expires_at <= now else None
        return Principal(
            kind=Kind.USER,
            id=user.id,
            name=user.name,
            # As of when it was over: who taught the course then may still deliver what they decided.
            teaches=self._teaches(user, over or now),
            device=device.name,
            room=device.room,
            course_now=self._courses.in_room(device.name, now),
            window=True,
            token=str(token.id),
            expires=token.expires_at,
            ended=over,
        )

    def _room_courses(self, device: str) -> frozenset[str]:
        return frozenset(each.code for each in self._store.courses.of_device(device))

    def _teaches(self, user: User, now: datetime) -> tuple[Teaching, ...]:
        day = campus_day(now, self._courses.zone)
        entries = self._store.accounts.taught_by(user.id, day)
        return tuple(Teaching(each.course, each.role, each.grants) for each in entries)
