"""Rosters of a learning platform, whose rights are given by lti1p3platform, and read beside us by pylti1p3next."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from lti1p3platform.registration import Registration
from pylti1p3.exception import LtiException, ToolConfException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.registration import Registration as ToolRegistration
from pylti1p3.service_connector import ServiceConnector
from pylti1p3.tool_config import ToolConfDict

from server.access import Role
from server.clock import utc_now
from server.domain.calendar import campus_day
from server.errors import BadRequest, RollcallError, SetupProblem, TooLarge, Unavailable
from server.pages.office.rosters import NO_PLATFORM
from server.services.rosters.headings import Headings
from server.services.rosters.imports import read_rosters
from server.services.rosters.memberships import NO_NUMBER
from server.services.sign_on import lti_rosters
from server.services.sign_on.lti import CLAIM, LAUNCH
from server.services.sign_on.lti_rosters import CUSTOM, SCOPE, SERVICE, LtiRosters, new_key
from server.services.sign_on.sign_on_file import AccountRules, LtiSettings, SignOnSettings
from server.services.sign_on.signed_tokens import SigningKeys, TokenRefused
from server.store import CoursePlace, StaffEntry
from tests.server.classroom import COURSE, SEOUL, Classroom, classroom
from tests.server.http.campus import OWN_URL, Http, http_of
from tests.server.pages import identity_provider
from tests.server.pages.identity_provider import CLIENT
from tests.server.pages.learning_platform import INSTRUCTOR, LEARNER, Platform

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OWN_FORM = {**FORM, "Sec-Fetch-Site": "same-origin"}


def member(user: str, number: str | None, name: str, *roles: str, **more: Any) -> dict[str, Any]:
    said = {"lis_person_sourcedid": number} if number is not None else {}
    return {"user_id": user, "name": name, "status": "Active", "roles": roles or (LEARNER,), **said, **more}


@dataclass
class Lms:
    """pages: members, page by page. asked: paths with their queries, of members alone."""

    url: str
    key: RSAKey
    registration: Registration
    platform: Platform
    pages: list[list[Any]] = field(default_factory=lambda: [[]])
    asked: list[str] = field(default_factory=list)
    following: str | None = None  # instead of the next page's URL
    body: bytes | None = None
    refuses: bool = False

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        given = dict(self.platform.get_access_token(form))
        # The library gives the scopes that it serves: of rosters it gives none, so this is not looked at below.
        assert form["scope"] == SCOPE
        return given

    def members(self, path: str, authorization: str) -> tuple[dict[str, Any], str | None]:
        self.asked.append(path)
        Registration.decode_and_verify(
            authorization.removeprefix("Bearer "), self.registration.get_platform_public_key()
        )
        query = dict(parse_qsl(urlsplit(path).query))
        page = int(query.get("page", "0"))
        more = page + 1 < len(self.pages)
        found = [self._of_link(each) if "rlid" in query else each for each in self.pages[page]]
        container = {"id": path, "context": {"id": "course 42"}, "members": found}
        return container, self.following or (f"{self.url}/members?page={page + 1}" if more else None)

    def _of_link(self, each: dict[str, Any]) -> dict[str, Any]:
        return {**each, "message": [{CUSTOM: {"student_number": f"2026{each['user_id']}"}}]}


@pytest.fixture
def lms(tmp_path: Path) -> Iterator[Lms]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path
            if path == "/jwks":
                self._answer(200, json.dumps({"keys": [found.key.as_dict(private=False)]}).encode())
                return
            container, following = found.members(path, self.headers["Authorization"])
            body = json.dumps(container).encode() if found.body is None else found.body
            self._answer(200, body, {"Link": f'<{following}>; rel="next"'} if following else {})

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            if found.refuses:
                self._answer(401, b"{}")
                return
            self._answer(200, json.dumps(found.token(form)).encode())

        def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_address[1]}"
    key = identity_provider.first_key()
    registration = Registration().set_iss(url).set_client_id(CLIENT).set_deployment_id("1")
    registration.set_platform_private_key(key.as_pem(private=True).decode())
    registration.set_platform_public_key(key.as_pem(private=False).decode())
    found = Lms(url, key, registration, Platform(registration=registration))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def our_key(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("key") / "lti.pem"
    new_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    return file.read_bytes()


@dataclass
class Campus:
    room: Classroom
    http: Http
    lms: Lms
    settings: LtiSettings
    rosters: LtiRosters

    def launch(self, **more: Any) -> int:
        """The status of a launch from the course, by whoever has the account kim."""
        began = self.http.ask("GET", "/lti/login", iss=self.lms.url, client_id=CLIENT, login_hint="7")
        asked = dict(parse_qsl(urlsplit(began.headers["location"]).query))
        token = self.signed(**{"nonce": asked["nonce"], **more})
        form = urlencode({"id_token": token, "state": asked["state"]}).encode()
        cookie = {"Cookie": began.headers["set-cookie"].partition(";")[0], "Sec-Fetch-Site": "cross-site"}
        return self.http.ask("POST", "/lti/launch", form, {**FORM, **cookie}).status

    def signed(self, **more: Any) -> str:
        now = int(self.room.now.timestamp())
        claims: dict[str, Any] = {
            "iss": self.lms.url,
            "aud": CLIENT,
            "sub": "7",
            "nonce": "n",
            "iat": now,
            "exp": now + 60,
            CLAIM + "deployment_id": "1",
            CLAIM + "message_type": LAUNCH,
            CLAIM + "version": "1.3.0",
            CLAIM + "target_link_uri": f"{OWN_URL}/lti/launch",
            CLAIM + "resource_link": {"id": "link 1"},
            CLAIM + "context": {"id": "course 42"},
            CLAIM + "custom": {"login": "kim"},
            CLAIM + "roles": [INSTRUCTOR],
            SERVICE: {"context_memberships_url": f"{self.lms.url}/members", "service_versions": ["2.0"]},
        } | more
        return jwt.encode({"alg": "RS256", "kid": self.lms.key.kid}, claims, self.lms.key)

    def listed(self, rosters: LtiRosters | None = None) -> Any:
        fetched = (rosters or self.rosters).fetch(COURSE, now=self.room.now, by="office")
        return read_rosters([fetched], Headings(course=COURSE))

    def enrolled(self) -> set[str]:
        return set(self.room.store.rosters.students_of(COURSE, campus_day(self.room.now, SEOUL)))


@pytest.fixture
def campus(tmp_path: Path, lms: Lms, our_key: bytes) -> Iterator[Campus]:
    (tmp_path / "lti.pem").write_bytes(our_key)
    settings = LtiSettings(
        label="LMS",
        issuer=lms.url,
        client_id=CLIENT,
        deployments=frozenset({"1"}),
        login_url=f"{lms.url}/auth",
        jwks_url=f"{lms.url}/jwks",
        token_url=f"{lms.url}/token",
        key_file=tmp_path / "lti.pem",
        courses={"course 42": COURSE},
        accounts=AccountRules(account="custom.login", student="lis.person_sourcedid"),
    )
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.now = utc_now()  # the platform's clock is this machine's
        room.store.accounts.add("kim", role="member", at=room.now, by="test")
        entry = StaffEntry(COURSE, "kim", Role.PROFESSOR, frozenset(), room.now.date() - timedelta(days=1), None)
        room.store.accounts.add_staff(entry, at=room.now, by="test")
        with http_of(room, tmp_path / "knowns", signed_in=True, sign_on=SignOnSettings(lti=(settings,))) as http:
            lms.registration.set_tool_key_set_url(f"http://127.0.0.1:{http.port}/lti/jwks")
            yield Campus(room, http, lms, settings, LtiRosters(room.store, [settings]))


@pytest.fixture
def launched(campus: Campus) -> Campus:
    assert campus.launch() == 303
    return campus


def test_the_list_is_read_page_by_page_by_a_right_that_the_platform_gives(launched: Campus) -> None:
    launched.lms.pages = [
        [member("1", "202610001", "김하늘"), member("2", "202610002", "이바다", INSTRUCTOR)],
        [member("3", " ２０２６10003 ", "박산", "Learner"), member("4", None, "Somebody")],
        [member("5", "202610005", "최강", status="Inactive")],
    ]
    found = launched.listed()
    assert [(row.student, row.name, row.course) for row in found.rows] == [
        ("202610001", "김하늘", COURSE),
        ("202610003", "박산", COURSE),
    ]
    assert found.gone == [(COURSE, "202610005")]
    assert [each for each in found.unread if NO_NUMBER in each and "person 4" in each]
    assert len(launched.lms.asked) == 3


def test_another_library_reads_the_same_list_by_our_key(launched: Campus) -> None:
    launched.lms.pages = [[member("1", "202610001", "김하늘")], [member("2", "202610002", "이바다")]]
    assert launched.settings.key_file is not None
    theirs = ToolRegistration().set_issuer(launched.lms.url).set_client_id(CLIENT)
    theirs.set_auth_token_url(launched.settings.token_url)
    key = RSAKey.import_key(launched.settings.key_file.read_bytes())
    theirs.set_tool_private_key(key.as_pem(private=True).decode())
    theirs.set_tool_public_key(key.as_pem(private=False).decode())

    class Connector(ServiceConnector):
        def _get_cached_access_token(self, scope_key: str) -> None:
            pass

        def _cache_access_token(self, scope_key: str, access_token: str, expires_in: float) -> None:
            pass

        def encode_jwt(self, message: Any, private_key: Any, headers: Any) -> str:
            return str(super().encode_jwt(message, private_key, {**headers, "kid": lti_rosters.read_key(key_file).kid}))

    key_file = launched.settings.key_file
    service = NamesRolesProvisioningService(
        Connector(theirs), {"context_memberships_url": f"{launched.lms.url}/members"}
    )
    assert [each["lis_person_sourcedid"] for each in service.get_members()] == [
        row.student for row in launched.listed().rows
    ]


class TheirRequest:
    def __init__(self, token: str) -> None:
        self.token = token


class TheirLaunch(MessageLaunch[Any, Any, Any, Any]):
    def _get_request_param(self, key: str) -> str:
        return self._request.token if key == "id_token" else ""


def accepted_by_pylti1p3(campus: Campus, token: str) -> bool:
    known = {
        "default": True,
        "client_id": CLIENT,
        "auth_login_url": campus.settings.login_url,
        "auth_token_url": campus.settings.token_url,
        "key_set": {"keys": [{**campus.lms.key.as_dict(private=False), "alg": "RS256"}]},
        "deployment_ids": ["1"],
    }
    services: Any = {"session_service": object(), "cookie_service": object()}
    launch = TheirLaunch(TheirRequest(token), ToolConfDict({campus.lms.url: [known]}), **services)  # type: ignore[list-item]
    launch.set_auto_validation(enable=False)  # state and nonce are ours to keep
    try:
        launch.validate_jwt_format().validate_registration().validate_jwt_signature()
        launch.validate_deployment().validate_message()
    except (LtiException, ToolConfException):
        return False
    return True


LAUNCHES: dict[str, dict[str, Any]] = {
    "right": {},
    "of another issuer": {"iss": "http://127.0.0.1:1"},
    "for another audience": {"aud": "another"},
    "of another deployment": {CLAIM + "deployment_id": "2"},
    "of no kind that we know": {CLAIM + "message_type": "LtiUnknown"},
    "of another version": {CLAIM + "version": "1.1"},
}


def test_another_library_accepts_and_refuses_the_same_launches(campus: Campus) -> None:
    for which, more in LAUNCHES.items():
        ours = campus.launch(**more) == 303
        assert (ours, accepted_by_pylti1p3(campus, campus.signed(**more))) == (which == "right",) * 2, which


def test_neither_takes_a_launch_without_signature_or_one_that_ran_out(campus: Campus) -> None:
    now = int(campus.room.now.timestamp())
    old = {"iat": now - 400, "exp": now - 300}
    assert campus.launch(**old) == 403
    assert not accepted_by_pylti1p3(campus, campus.signed(**old))
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": campus.lms.key.kid}).encode()).rstrip(b"=")
    for header in (unsigned.decode(), campus.signed().split(".")[0]):
        token = ".".join([header, campus.signed().split(".")[1], ""])
        assert not accepted_by_pylti1p3(campus, token)
        with pytest.raises(TokenRefused):
            SigningKeys(lambda: {"keys": [campus.lms.key.as_dict(private=False)]}).claims(token, campus.room.now)


def test_a_links_own_parameter_is_asked_for_with_the_link(launched: Campus) -> None:
    launched.lms.pages = [[member("10001", None, "김하늘")]]
    by_link = replace(launched.settings, accounts=AccountRules(student="custom.student_number"))
    found = launched.listed(LtiRosters(launched.room.store, [by_link]))
    assert [row.student for row in found.rows] == ["202610001"]
    assert "rlid=link+1" in launched.lms.asked[-1]


def test_who_may_asks_and_sees_what_would_change_first(launched: Campus) -> None:
    first, *others = launched.room.students
    launched.room.store.accounts.add("office.lee", role="office", at=launched.room.now, by="test")
    launched.http.principal = principal_of(launched, "office.lee")
    launched.lms.pages = [[member("1", first, "김하늘"), member("2", "202699999", "<b>새 학생</b>")]]
    start = launched.http.ask("GET", "/office/rosters")
    assert "/office/rosters/platform" in start.body.decode()
    shown = launched.http.ask("POST", "/office/rosters/platform", form(course=COURSE, complete="yes"), OWN_FORM)
    page = shown.body.decode()
    assert shown.status == 200, page
    assert "202699999" in page
    assert "<b>새" not in page
    assert launched.enrolled() == set(launched.room.students), "nothing is done yet"
    fields = {name: value for name, value in hidden_fields(page).items() if value}
    done = launched.http.ask("POST", "/office/rosters/apply", form(**fields), OWN_FORM)
    assert done.status == 303, done.body
    assert launched.enrolled() == {first, "202699999"}
    assert others
    lines = launched.room.store.access_log.lines(limit=50)
    assert [each for each in lines if each.action == "ask_platform" and each.who == "office.lee"]


def principal_of(campus: Campus, name: str) -> Any:
    user = campus.room.store.accounts.find(name)
    assert user is not None
    begun = campus.room.services.web_sessions.begin(user, address="", agent="", now=campus.room.now)
    return campus.room.services.web_sessions.find(begun.token, campus.room.now)[1]


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def hidden_fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def test_a_professor_who_may_not_import_is_not_shown_anybody(launched: Campus) -> None:
    launched.http.principal = principal_of(launched, "kim")
    answer = launched.http.ask("POST", "/office/rosters/platform", form(course=COURSE), OWN_FORM)
    assert answer.status == 403
    assert not launched.lms.asked


def test_a_course_from_which_nobody_came_has_no_list(campus: Campus) -> None:
    with pytest.raises(BadRequest, match="Nobody has come"):
        campus.listed()
    assert campus.launch(**{SERVICE: None}) == 303
    assert campus.rosters.courses() == []
    campus.room.store.accounts.add("office.lee", role="office", at=campus.room.now, by="test")
    campus.http.principal = principal_of(campus, "office.lee")
    answer = campus.http.ask("POST", "/office/rosters/platform", form(course=""), OWN_FORM)
    assert NO_PLATFORM in answer.body.decode()


def test_a_list_elsewhere_is_not_kept(campus: Campus) -> None:
    hosts = ("https://evil.example/m", "http://192.0.2.1/m", "file:///etc/passwd", "http://127.0.0.1@evil.example/")
    for url in (*hosts, f"{campus.lms.url}/" + "x" * 2000, 7):
        assert campus.launch(**{SERVICE: {"context_memberships_url": url}}) == 303
        assert campus.rosters.courses() == [], url


def test_a_page_elsewhere_is_not_asked_with_our_right(launched: Campus) -> None:
    launched.lms.following = "https://evil.example/members"
    with pytest.raises(Unavailable, match="not its own"):
        launched.listed()


def test_an_answer_that_is_none_changes_nothing(launched: Campus) -> None:
    whole = b'{"members": []}' + b" " * 2_000_000
    shapes = (b"", b"[]", b"{}", b'{"members": 7}', b'{"members": ["x"]}', b"\xff" * 10, whole, b"[" * 100_000)
    for body in shapes:
        launched.lms.body = body
        with pytest.raises(Unavailable, match="LMS"):
            launched.listed()
    assert launched.enrolled() == set(launched.room.students)


def test_a_platform_that_gives_no_right_or_is_away_is_said_so(launched: Campus) -> None:
    launched.lms.refuses = True
    with pytest.raises(Unavailable, match="401"):
        launched.listed()
    away = replace(launched.settings, token_url="http://127.0.0.1:1/token")
    with pytest.raises(Unavailable, match="does not answer"):
        launched.listed(LtiRosters(launched.room.store, [away]))


def test_a_list_without_end_is_refused(launched: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lti_rosters, "MOST_PAGES", 3)
    launched.lms.pages = [[member("1", "202610001", "김하늘")]]
    launched.lms.following = f"{launched.lms.url}/members?page=0"
    with pytest.raises(TooLarge):
        launched.listed()


def test_a_key_is_made_once_and_a_damaged_one_is_said(campus: Campus, tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match="is there already"):
        new_key(tmp_path / "lti.pem")
    (tmp_path / "lti.pem").write_bytes(b"no key")
    place = CoursePlace(COURSE, campus.settings.id, f"{campus.lms.url}/members", "")
    campus.room.store.logins.keep_place(place, at=campus.room.now)
    with pytest.raises(RollcallError, match="lti key"):
        campus.listed(LtiRosters(campus.room.store, [campus.settings]))
