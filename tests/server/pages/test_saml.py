"""Signing in by SAML, through Debian's SimpleSAMLphp and mod_auth_mellon, as a campus has them in front."""

import re
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import pytest

from server.clock import utc_now
from server.http.credentials import COOKIE
from server.services.sign_on.sign_on_file import AccountRules, ProxySettings, SignOnSettings
from tests.server.classroom import classroom
from tests.server.http.campus import Http, http_of
from tests.server.pages.saml_campus import NUMBER, PASSWORD, USER, saml_proxy

pytestmark = pytest.mark.slow
SECRET = "the secret of the campus's proxy"
ACCOUNTS = AccountRules(account="X-Remote-User", student="X-Student-Number")


class Browser:
    """Follows redirects and keeps cookies, of each server its own."""

    def __init__(self) -> None:
        self.cookies: dict[str, dict[str, str]] = {}

    def go(self, url: str, form: dict[str, str] | None = None, **headers: str) -> tuple[str, int, str]:
        """Where it ended, with status and page; a form is posted as the page of its own server does."""
        for _ in range(12):
            status, location, page = self._once(url, form, headers)
            if location is None:
                return url, status, page
            url, form = urljoin(url, location), None
        raise AssertionError(f"redirected without end, last to {url}")

    def _once(self, url: str, form: dict[str, str] | None, headers: dict[str, str]) -> tuple[int, str | None, str]:
        parts = urlsplit(url)
        own = self.cookies.setdefault(parts.netloc, {})
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in own.items()), **headers}
        body = urlencode(form) if form is not None else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection(parts.netloc, timeout=60)
        connection.request("GET" if body is None else "POST", parts._replace(scheme="", netloc="").geturl(), body, sent)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, kept = value.partition(";")[0].partition("=")
                own[key] = kept
        page = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, answer.getheader("location"), page


def form_of(page: str, url: str) -> tuple[str, dict[str, str]]:
    """Where the first form of a page goes, and its fields."""
    action = re.search(r'<form[^>]*action="([^"]*)"', page)
    assert action, page
    fields = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    return urljoin(url, unescape(action[1])), {name: unescape(value) for name, value in fields}


def signed_in_at(browser: Browser, url: str) -> tuple[str, int, str]:
    """Through the provider's form and back by the form that carries its answer."""
    where, status, page = browser.go(url)
    assert status == 200, page
    action, fields = form_of(page, where)
    where, status, page = browser.go(action, {**fields, "username": USER, "password": PASSWORD})
    assert "SAMLResponse" in page, page
    action, fields = form_of(page, where)
    return browser.go(action, fields)


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Http]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.now = utc_now()
        proxy = ProxySettings(
            label="SAML",
            user_header="x-remote-user",
            secret_header="x-rollcall-proxy",
            secret=SECRET,
            accounts=ACCOUNTS,
        )
        proxies = (ip_network("127.0.0.1"),)
        settings = SignOnSettings(proxy=proxy)
        with http_of(room, tmp_path / "knowns", signed_in=True, sign_on=settings, proxies=proxies) as speaking:
            yield speaking


def test_whom_saml_signs_in_has_their_account_and_nobody_else(http: Http) -> None:
    room = http.room
    room.store.accounts.add(USER, at=room.now, by="test")
    with saml_proxy(http.port, SECRET) as proxy:
        browser = Browser()
        _, status, _ = signed_in_at(browser, f"{proxy}/auth/proxy?following=/help")
        assert status == 200
        session = browser.cookies[urlsplit(proxy).netloc][COOKIE]
        assert room.services.web_sessions.find(session, room.now)[0].user.name == USER
        stranger = Browser()
        forged = {"X-Remote-User": USER, "X-Rollcall-Proxy": SECRET, "X-Student-Number": NUMBER}
        where, _, page = stranger.go(f"{proxy}/auth/proxy", **forged)
        assert urlsplit(where).netloc != urlsplit(proxy).netloc, "they have to sign in there"
        assert "password" in page
        _, _, page = stranger.go(f"{proxy}/", **forged)
        assert COOKIE not in stranger.cookies[urlsplit(proxy).netloc]
        action, _ = form_of(signed_page(Browser(), proxy), proxy)
        where, status, _ = stranger.go(action, {"SAMLResponse": "PHNhbWxwOlJlc3BvbnNlLz4=", "RelayState": "/"})
        assert status >= 400, "an answer that nobody signed"
        assert COOKIE not in stranger.cookies[urlsplit(proxy).netloc]


def signed_page(browser: Browser, proxy: str) -> str:
    """The page that carries the provider's answer."""
    where, _, page = browser.go(f"{proxy}/auth/proxy")
    action, fields = form_of(page, where)
    return browser.go(action, {**fields, "username": USER, "password": PASSWORD})[2]


def test_a_student_is_known_by_the_number_that_the_campus_says(http: Http) -> None:
    room = http.room
    room.store.accounts.add("student.sky", student=NUMBER, at=room.now, by="test")
    with saml_proxy(http.port, SECRET) as proxy:
        browser = Browser()
        signed_in_at(browser, f"{proxy}/auth/proxy")
        session = browser.cookies[urlsplit(proxy).netloc][COOKIE]
        assert room.services.web_sessions.find(session, room.now)[1].student == NUMBER
