"""Accounts that sign in to the pages, and how they do."""

from playwright.sync_api import Page

from server.access import Role
from server.services.identity.passwords import Passwords
from server.store import StaffEntry
from tests.server.classroom import Classroom

PASSWORD = "a long enough password"


def add_account(room: Classroom, name: str, **more: str) -> None:
    """more: role, student, full_name."""
    room.store.accounts.add(name, at=room.now, by="test", **more)  # type: ignore[arg-type]
    room.store.accounts.set_password(name, Passwords().hash(PASSWORD), at=room.now, by="test")


def add_professor(room: Classroom, name: str, *courses: str) -> None:
    add_account(room, name)
    for course in courses:
        entry = StaffEntry(course, name, Role.PROFESSOR, frozenset(), room.now.date(), None)
        room.store.accounts.add_staff(entry, at=room.now, by="test")


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """In Korean."""
    page.get_by_label("사용자 이름").fill(name)
    page.get_by_label("비밀번호").fill(password)
    page.get_by_role("button", name="로그인").click()
