"""A class in which every text that somebody can write is hostile, and everybody's pages of it."""

import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from server.access import Kind, Principal, Role, Teaching
from server.domain.attendance import State
from server.domain.calendar import Holiday, Term
from server.services.class_day.live_pictures import LivePictures
from server.services.plans.term_file import TermCalendar
from server.store import AccessLine, RosterLine
from tests.server.classroom import COURSE, Classroom, classroom, seoul
from tests.server.http.campus import Http, http_of

# A tag, an attribute in either quote, a template, what turns the reading direction and what has no width.
MARKED = "\"><img src=x onerror=alert(1) data-evil=1><script>window.evil=1</script>' onclick='alert(2) {{7*7}}{% raw %}"
TURNED = f"\u202e{MARKED}\u202c\u2066\u200b\u200f"
NAME = f"</title></svg>{MARKED}"[:190]
LONG = (TURNED + "🙂" * 4000)[:4000]
DAY = date(2026, 3, 2)
WHO = f"{MARKED}"[:90]
# Columns whose text services check or make, but that an older version, an import or a hand may have filled otherwise.
FILLED = {
    "marks": ("who", "why"),
    "mark_history": ("who", "why", "origin"),
    "sessions": ("opened_by", "changed_by"),
    "session_history": ("who", "why", "origin"),
    "pictures": ("device",),
    "templates": ("photo_name",),
    "photo_verdicts": ("reason",),
    "consents": ("who",),
    "appeals": ("noted_by", "answered_by"),
    "absences": ("answered_by",),
    "vetoes": ("who",),
    "zones": ("camera",),
    "users": ("full_name",),
    "rooms": ("name",),
    "devices": ("name",),
    "cameras": ("name",),
    "holidays": ("name",),
    "terms": ("name",),
    "erasures": ("who",),
}


@contextmanager
def hostile_class(folder: Path) -> Iterator[Http]:
    with classroom(str(folder / "a.sqlite"), folder) as room:
        live = LivePictures(60.0, lambda data: data)
        room.services = replace(room.services, live=live)
        room.dispatcher._services = room.services
        room.set_course()
        _history(room, folder)
        with http_of(room, folder / "knowns") as http:
            yield http


def _history(room: Classroom, folder: Path) -> None:
    store, me = room.store, room.students[0]
    lines = [RosterLine(each, NAME, COURSE) for each in room.students]
    store.rosters.change(lines, at=room.now, by=WHO, day=DAY)
    holidays = (Holiday(DAY + timedelta(1), DAY + timedelta(1), NAME[:90]),)
    term = TermCalendar(Term("2026-1", DAY, DAY + timedelta(100)), holidays, ())
    room.class_day.courses.import_term(term, at=room.now, by="office")
    for minute in range(31, 50, 4):
        room.look(f"10:{minute}", 0, 1, 2, 9)
    room.mark(1, "excused", hour=3, why="because")
    room.mark(0, "absent", hour=3, why="because")
    room.services.vetoes.veto(1, room.students[2], 3, now=room.now, by=WHO)
    students = room.services.students
    appeal = students.appeals.file(me, 1, 3, LONG, now=room.now, by="s0")
    students.appeals.prepare(appeal, LONG, now=room.now, by="ta")
    students.appeals.answer(appeal, State.LATE, LONG, now=room.now, by="kim")
    students.appeals.file(room.students[1], 1, 3, LONG, now=room.now, by="s1")
    request = students.absences.file(me, COURSE, DAY, DAY, LONG[:1000], b"", now=room.now, by="s0")
    students.absences.answer(request, None, LONG[:1000], now=room.now, by="kim")
    students.absences.file(room.students[1], COURSE, DAY, DAY, LONG[:1000], b"", now=room.now, by="s1")
    store.accounts.add("prof.kim", full_name=NAME, role="office", at=room.now, by="admin")
    store.access_log.write(AccessLine(room.now, WHO, "read_board", me, MARKED, WHO, WHO, COURSE, 1, MARKED))
    store.access_log.write(AccessLine(room.now, WHO, "erase", "", MARKED, WHO, WHO, COURSE, 1, MARKED))
    with closing(sqlite3.connect(folder / "a.sqlite")) as connection, connection:
        for table, columns in FILLED.items():
            for column in columns:
                given = {"text": NAME if column in {"full_name", "photo_name"} else WHO}
                connection.execute(f"UPDATE {table} SET {column} = :text || rowid", given)
        connection.execute("UPDATE courses SET title = :text", {"text": NAME})
        connection.execute("UPDATE plans SET title = :text", {"text": NAME})
    room.now = seoul("10:50")


def people(room: Classroom) -> dict[str, Principal]:
    """One of each role; their own names are hostile too."""
    found = {
        each.value: Principal(kind=Kind.USER, id=50 + place, name=WHO, roles=frozenset({each}))
        for place, each in enumerate((Role.OFFICE, Role.ADMIN, Role.PRIVACY_OFFICER))
    }
    for role in (Role.PROFESSOR, Role.ASSISTANT):
        found[role.value] = Principal(kind=Kind.USER, id=60, name=WHO, teaches=(Teaching(COURSE, role),))
    me = room.students[0]
    found["student"] = Principal(kind=Kind.USER, id=70, name=WHO, roles=frozenset({Role.STUDENT}), student=me)
    return found


def paths(http: Http) -> list[str]:
    """Every page that can be asked for, each with what it may be asked with; numbers that somebody guesses too."""
    me, other = http.room.students[:2]
    live = http.room.services.live.newest(1)
    asked = {
        "/sessions/{number:int}/student": [f"student={each}&hour=3" for each in (me, other)],
        "/sessions/{number:int}/live/face": [f"picture={live.number if live else 1}&face={each}" for each in (0, 3)],
        "/report": [f"course={COURSE}"],
        "/office/course": [f"course={COURSE}"],
        "/consents": ["", f"course={COURSE}"],
        "/agreement": ["", f"course={COURSE}"],
        "/downloads": ["", f"course={COURSE}"],
        "/my/course": [f"course={COURSE}"],
        "/my/hour": ["session=1&hour=3", "session=2&hour=3"],
        "/my/consent": ["", "done=template"],
        "/my/data": ["", "file=json"],
        "/access-log": ["", urlencode({"who": MARKED}), urlencode({"course": MARKED, "student": MARKED})],
        "/access-log/month": ["of=2026-03"],
        "/breach": [urlencode({"since": "2026-01-01", "who": MARKED}), "since=2026-01-01&whole=yes"],
        "/sign-in": [urlencode({"next_page": f"/{MARKED}"})],
        "/pair": ["", urlencode({"code": MARKED})],
    }
    found = []
    for route, methods in http.routes:
        if "GET" in methods and not route.startswith(("/v1", "/static", "/healthz", "/readyz", "/lti", "/auth")):
            for number in ("1", "2") if "{" in route else ("",):
                path = re.sub(r"\{\w+:\w+\}", number, route)
                found += [f"{path}?{query}".removesuffix("?") for query in asked.get(route, [""])]
    return found


class Markup(HTMLParser):
    """What stands in a page: its tags and attributes, and its text as a person reads it."""

    VOID = frozenset({"script", "style"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def made_from_data(self) -> list[Any]:
        """Elements and attributes that no template has."""
        return [
            (tag, attributes)
            for tag, attributes in self.tags
            if any(name.startswith("on") or name in {"style", "data-evil", "srcdoc"} for name in attributes)
            or (tag == "script" and not (attributes.get("src") or "").startswith("/static/"))
            or (tag in {"img", "iframe", "object", "embed", "base", "form"} and not _is_ours(tag, attributes))
            or (attributes.get("href") or "/").strip().lower().startswith(("javascript:", "data:", "//"))
        ]

    @property
    def text(self) -> str:
        return html.unescape(" ".join(self.texts))


def _is_ours(tag: str, attributes: dict[str, str | None]) -> bool:
    target = attributes.get("src") or attributes.get("action") or "/"
    return tag in {"img", "form"} and target.startswith(("/", "blob:")) and not target.startswith("//")
