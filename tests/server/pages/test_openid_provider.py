"""Signing in by npm's oidc-provider, a certified provider: there, back, out at both ends."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from server.http.credentials import COOKIE
from server.services.sign_on.sign_on_file import AccountRules, OpenIdSettings, SignOnSettings
from tests.server.classroom import Classroom, classroom
from tests.server.http.campus import OWN_URL, Http, http_of

pytestmark = pytest.mark.slow

SCRIPTS = Path(__file__).parent / "openid_provider"
SECRET = "a secret between the two"
ACCOUNTS = AccountRules(
    account="preferred_username", roles="groups", role_values={"office": frozenset({"academic-affairs"})}
)
FETCH_TIMEOUT_S = 120
MOST_STEPS = 12


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider, fetched in the versions and with the hashes of its lock file."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("no Node and npm, which the OpenID provider needs")
    folder = tmp_path_factory.mktemp("provider") / "scripts"
    shutil.copytree(SCRIPTS, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S, check=False)
    if done.returncode:
        pytest.skip(f"npm could not fetch the OpenID provider ({done.stderr.strip()[:80]})")
    return folder


class ProviderProcess:
    def __init__(self, scripts: Path) -> None:
        self._process = subprocess.Popen(
            ["node", "provider.mjs"],
            cwd=scripts,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.issuer = self._line()

    def configure(self, http: Http) -> None:
        assert self._process.stdin is not None
        here = f"http://127.0.0.1:{http.port}"
        self._process.stdin.write(json.dumps({"url": OWN_URL, "here": here, "secret": SECRET}) + "\n")
        self._process.stdin.flush()
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Browser:
    """Follows redirections and answers the provider's forms, with cookies for each of the two."""

    def __init__(self, http: Http, issuer: str) -> None:
        self._ours = httpx2.Client(base_url=f"http://127.0.0.1:{http.port}", trust_env=False)
        self._theirs = httpx2.Client(base_url=issuer, trust_env=False)
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        self._ours.close()
        self._theirs.close()

    def ours(self, path: str) -> Any:
        # Our cookies are for HTTPS and this machine; the client here knows HTTPS alone.
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = self._ours.get(path, headers={"Cookie": cookies} if cookies else {})
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer

    @property
    def session(self) -> str:
        return self._cookies.get(COOKIE, "")

    def walk(self, url: str, name: str) -> str:
        """Through the provider's pages, until it sends the browser back to our server: to which path."""
        answer = self._theirs.get(url)
        for _ in range(MOST_STEPS):
            if answer.status_code in {302, 303}:
                to = answer.headers["location"]
                if to.startswith(f"{OWN_URL}/"):
                    return to.removeprefix(OWN_URL)
                answer = self._theirs.get(to)
            else:
                assert answer.status_code == 200, answer.text
                action, form = _form(answer.text, name)
                answer = self._theirs.post(action, data=form)
        raise AssertionError("it does not come to an end")


def _form(html: str, name: str) -> tuple[str, dict[str, str]]:
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    if "/session/end" in html:
        form["logout"] = "yes"
    elif form.get("prompt") == "login":
        form |= {"login": name, "password": "any"}
    found = re.search(r'action="([^"]+)"', html)
    assert found is not None, html
    return found[1].replace("&amp;", "&"), form


@pytest.fixture
def campus(tmp_path: Path, scripts: Path) -> Iterator[tuple[Classroom, Browser]]:
    provider = ProviderProcess(scripts)
    try:
        with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
            room.now = _now()  # the provider's clock is this machine's
            room.store.accounts.add("kim", at=room.now, by="test")
            openid = OpenIdSettings(
                label="Campus login",
                issuer=provider.issuer,
                client_id="rollcall",
                client_secret=SECRET,
                scope="openid profile",
                accounts=ACCOUNTS,
            )
            settings = SignOnSettings(openid=openid)
            with http_of(room, tmp_path / "knowns", signed_in=True, sign_on=settings) as http:
                provider.configure(http)
                browser = Browser(http, provider.issuer)
                yield room, browser
                browser.close()
    finally:
        provider.close()


def _now() -> Any:
    from server.clock import utc_now

    return utc_now()


def test_somebody_signs_in_and_out_at_a_real_provider(campus: tuple[Classroom, Browser]) -> None:
    room, browser = campus
    login = browser.ours("/auth/login?following=/pair").headers["location"]
    assert parse_qs(urlsplit(login).query)["code_challenge_method"] == ["S256"]
    answer = browser.ours(browser.walk(login, "kim"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/pair")
    session, principal = room.services.web_sessions.find(browser.session, room.now)
    assert (principal.name, session.user.role) == ("kim", "office")
    assert browser.ours("/pair").status_code == 200

    # Signed out there, they are signed out here: it says so by the back channel before the browser comes back.
    leaving = browser.ours("/auth/logout").headers["location"]
    assert browser.walk(leaving, "kim") == "/sign-in"
    assert room.store.web_sessions.of_user(principal.id) == []
    assert browser.ours("/pair").status_code == 303


def test_a_code_that_was_used_is_not_used_again(campus: tuple[Classroom, Browser]) -> None:
    _, browser = campus
    back = browser.walk(browser.ours("/auth/login").headers["location"], "kim")
    assert browser.ours(back).status_code == 303
    before = browser.session
    assert browser.ours(back).status_code == 403
    assert browser.session == before
    state = parse_qs(urlsplit(browser.ours("/auth/login").headers["location"]).query)["state"][0]
    code, issuer = (parse_qs(urlsplit(back).query)[name][0] for name in ("code", "iss"))
    assert browser.ours(f"/auth/callback?state={state}&code={code}&iss={issuer}").status_code == 503


def test_somebody_without_an_account_is_told_so(campus: tuple[Classroom, Browser]) -> None:
    _, browser = campus
    answer = browser.ours(browser.walk(browser.ours("/auth/login").headers["location"], "nobody"))
    assert answer.status_code == 403
    assert "you have no account here" in answer.text
    assert browser.session == ""
