"""A server where everybody has to say who they are, and people who are signed in to it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.programs import running_server
from server.clock import utc_now
from server.http.credentials import COOKIE
from server.services.class_day.courses import Courses
from server.services.identity.passwords import Passwords
from server.services.identity.principals import Principals
from server.services.identity.web_sessions import WebSessions
from server.store import Store, open_store


@dataclass(frozen=True, slots=True)
class SignedInServer:
    """cookies: by account."""

    http_port: int
    cookies: dict[str, str]


@contextmanager
def signed_in_server(
    fill: Callable[[Path], object], people: Callable[[Store], list[str]], *flags: str
) -> Iterator[SignedInServer]:
    """fill: makes the database `rollcall.sqlite` of a folder. people: makes accounts, and names whom to sign in."""
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        folder = Path(name)
        (folder / "knowns").mkdir()
        fill(folder)
        with closing(open_store(str(folder / "rollcall.sqlite"), key_file=folder / "key")) as store:
            cookies = _cookies(store, people(store))
        asked = ("--authentication", "required", "--http-port", "0", "--tls", "off", *flags)
        with running_server(folder, *asked) as server:
            assert server.process.stdout is not None
            line = server.process.stdout.readline()
            assert line.startswith("http on "), line
            yield SignedInServer(int(line.rsplit(":", 1)[1]), cookies)


def _cookies(store: Store, names: list[str]) -> dict[str, str]:
    principals = Principals(store, Courses(store, ZoneInfo("UTC")))
    sessions, now = WebSessions(store, principals, Passwords()), utc_now()
    accounts = {each.name: each for each in store.accounts.listed()}
    return {
        name: f"{COOKIE}={sessions.begin(accounts[name], address='127.0.0.1', agent='bench', now=now).token}"
        for name in names
    }
