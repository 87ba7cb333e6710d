"""Launches of a learning platform by LTI 1.3: who is let in, and what is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from server.access import Role
from server.http.credentials import COOKIE
from server.pages.lti import LAUNCH_COOKIE
from server.services.sign_on.lti import CLAIM
from server.services.sign_on.sign_on_file import AccountRules, LtiSettings, SignOnSettings
from server.store import StaffEntry
from tests.server.classroom import COURSE, Classroom, classroom
from tests.server.http.campus import OWN_URL, Http, http_of
from tests.server.http.listening import Answer
from tests.server.pages.identity_provider import CLIENT, IdentityProvider, identity_provider, new_key

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


@dataclass
class LtiTest:
    room: Classroom
    http: Http
    platform: IdentityProvider

    def begin(self, **more: str) -> tuple[Answer, dict[str, str]]:
        """What the platform's page sends first; the answer, and what is asked of the platform."""
        asked = {"iss": self.platform.issuer, "client_id": CLIENT, "login_hint": "7", "lti_message_hint": "m"} | more
        form = urlencode({**asked, "target_link_uri": f"{OWN_URL}/"}).encode()
        answer = self.http.ask("POST", "/lti/login", form, FORM)
        return answer, dict(parse_qsl(urlsplit(answer.headers.get("location", "")).query))

    def claims(self, asked_nonce: str, **more: Any) -> dict[str, Any]:
        now = self.room.now.timestamp()
        made: dict[str, Any] = {
            "iss": self.platform.issuer,
            "aud": CLIENT,
            "sub": "7",
            "nonce": asked_nonce,
            "iat": now,
            "exp": now + 60,
            "login": "kim",
            CLAIM + "deployment_id": "1",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "version": "1.3.0",
            CLAIM + "context": {"id": "course 42"},
            CLAIM + "roles": [INSTRUCTOR],
        }
        return {name: value for name, value in (made | more).items() if value is not None}

    def launch(self, id_token: str, state: str, cookie: str) -> Answer:
        form = urlencode({"id_token": id_token, "state": state}).encode()
        return self.http.ask("POST", "/lti/launch", form, {**FORM, **({"Cookie": cookie} if cookie else {})})

    def try_(self, key: Any = None, **claims: Any) -> Answer:
        answer, asked = self.begin()
        token = self.platform.signed(self.claims(asked["nonce"], **claims), key=key)
        return self.launch(token, asked["state"], cookie_of(answer))

    def who(self, answer: Answer) -> str | None:
        cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        if not cookie.startswith(f"{COOKIE}="):
            return None
        return self.room.services.web_sessions.find(cookie.partition("=")[2], self.room.now)[0].user.name


def cookie_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[LtiTest]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room, identity_provider() as platform:
        room.store.accounts.add("kim", at=room.now, by="test")
        entry = StaffEntry(COURSE, "kim", Role.PROFESSOR, frozenset(), room.now.date(), None)
        room.store.accounts.add_staff(entry, at=room.now, by="test")
        lti = LtiSettings(
            label="LMS",
            issuer=platform.issuer,
            client_id=CLIENT,
            deployments=frozenset({"1"}),
            login_url=f"{platform.issuer}/auth",
            jwks_url=f"{platform.issuer}/jwks",
            courses={"course 42": COURSE},
            accounts=AccountRules(account="login", student="custom.student_number"),
        )
        settings = SignOnSettings(lti=(lti,))
        with http_of(room, tmp_path / "knowns", signed_in=True, sign_on=settings) as http:
            yield LtiTest(room, http, platform)


def test_a_professor_comes_from_the_platform_to_their_course(campus: LtiTest) -> None:
    answer, asked = campus.begin()
    assert answer.status == 303
    assert answer.headers["location"].startswith(f"{campus.platform.issuer}/auth?")
    assert (asked["response_mode"], asked["prompt"], asked["login_hint"], asked["lti_message_hint"]) == (
        "form_post",
        "none",
        "7",
        "m",
    )
    assert asked["redirect_uri"] == f"{OWN_URL}/lti/launch"
    assert "samesite=none" in answer.headers["set-cookie"].lower()
    assert "secure" in answer.headers["set-cookie"].lower()
    token = campus.platform.signed(campus.claims(asked["nonce"]))
    launched = campus.launch(token, asked["state"], cookie_of(answer))
    assert (launched.status, launched.headers["location"]) == (303, f"/report?course={COURSE}")
    assert campus.who(launched) == "kim"
    again = campus.launch(token, asked["state"], cookie_of(answer))
    assert (again.status, campus.who(again)) == (403, None), "a launch counts once"


def test_a_launch_begins_by_a_link_as_well(campus: LtiTest) -> None:
    query = urlencode({"iss": campus.platform.issuer, "login_hint": "7"})
    assert campus.http.ask("GET", f"/lti/login?{query}").status == 303


def test_a_platform_that_is_not_registered_begins_nothing(campus: LtiTest) -> None:
    for wrong in ({"iss": "https://elsewhere.example"}, {"client_id": "others"}, {"login_hint": ""}, {"iss": ""}):
        answer, _ = campus.begin(**wrong)
        assert (answer.status, "set-cookie" in answer.headers) == (403, False)


WRONG: dict[str, dict[str, Any]] = {
    "another deployment": {CLAIM + "deployment_id": "2"},
    "no deployment": {CLAIM + "deployment_id": None},
    "another message": {CLAIM + "message_type": "LtiDeepLinkingRequest"},
    "another version": {CLAIM + "version": "1.1"},
    "another audience": {"aud": "others"},
    "another issuer": {"iss": "https://elsewhere.example"},
    "another nonce": {"nonce": "n" * 43},
    "no nonce": {"nonce": None},
    "it has run out": {"exp": 0},
    "nobody": {"sub": ""},
}


def test_a_launch_that_proves_nothing_lets_nobody_in(campus: LtiTest) -> None:
    for what, claims in WRONG.items():
        answer = campus.try_(**claims)
        assert (answer.status, campus.who(answer)) == (403, None), what
    assert campus.try_(key=new_key()).status == 403
    answer, asked = campus.begin()
    token = campus.platform.signed(campus.claims(asked["nonce"]))
    other, _ = campus.begin()
    assert campus.launch(token, asked["state"], cookie_of(other)).status == 403, "another browser's"
    answer, asked = campus.begin()
    assert campus.launch(token, asked["state"], "").status == 403, "without a cookie"
    answer, asked = campus.begin()
    campus.room.now += timedelta(minutes=10)
    token = campus.platform.signed(campus.claims(asked["nonce"]))
    assert campus.launch(token, asked["state"], cookie_of(answer)).status == 403, "too late"


def test_a_launch_makes_no_account_and_gives_no_right(campus: LtiTest) -> None:
    answer = campus.try_(sub="8", login="stranger")
    assert (answer.status, campus.who(answer)) == (403, None)
    assert [each.name for each in campus.room.store.accounts.listed()] == ["kim"]
    campus.room.store.accounts.add("lee", at=campus.room.now, by="test")
    answer = campus.try_(sub="9", login="lee")
    assert (campus.who(answer), answer.headers["location"]) == ("lee", "/"), "an instructor there teaches nothing here"
    assert campus.room.store.accounts.taught_by(campus.room.store.accounts.get("lee").id, campus.room.now.date()) == []


def test_a_student_is_known_by_the_number_that_the_platform_passes_on(campus: LtiTest) -> None:
    number = campus.room.students[0]
    campus.room.store.accounts.add("sky", student=number, at=campus.room.now, by="test")
    answer = campus.try_(sub="10", login=None, **{CLAIM + "custom": {"student_number": number}})
    assert (campus.who(answer), answer.headers["location"]) == ("sky", "/")


def test_an_address_without_a_platform_says_so(campus: LtiTest) -> None:
    assert campus.http.ask("GET", "/auth/login").status == 400
    assert LAUNCH_COOKIE.startswith("__Host-")
