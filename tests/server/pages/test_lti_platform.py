"""A launch by lti1p3platform, a library of learning platforms, from its first redirect to its last form."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc.jwk import RSAKey
from lti1p3platform.registration import Registration

from server.clock import utc_now
from server.http.credentials import COOKIE
from server.services.sign_on.sign_on_file import AccountRules, LtiSettings, SignOnSettings
from tests.server.classroom import Classroom, classroom
from tests.server.http.campus import OWN_URL, Http, http_of
from tests.server.http.listening import Answer
from tests.server.pages.identity_provider import CLIENT, identity_provider, new_key
from tests.server.pages.learning_platform import LEARNER, Platform, PlatformLaunch, PlatformLogin, PlatformRequest

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}


class Campus:
    def __init__(self, room: Classroom, http: Http, platform: Platform) -> None:
        self.room = room
        self.http = http
        self.platform = platform

    def launch(self, user: str, number: str) -> tuple[Answer, dict[str, str], str]:
        """What we answer to a launch, the form that was posted for it, and the browser's cookie."""
        login = PlatformLogin(None, self.platform)
        login.set_lti_message_hint(hint="link 1")
        announced = urlsplit(login.initiate_login(user))
        began = self.http.ask("GET", f"{announced.path}?{announced.query}")
        assert began.status == 303, began.body
        asked = dict(parse_qsl(urlsplit(began.headers["location"]).query))
        launch = PlatformLaunch(PlatformRequest(asked), self.platform)
        launch.set_user_data(user, [LEARNER], full_name="Somebody")
        launch.set_resource_link_claim("link 1")
        launch.set_launch_context_claim("course 42")
        launch.set_custom_parameters_claim({"student_number": number})
        form = launch.lti_launch()
        assert form.pop("launch_url") == f"{OWN_URL}/lti/launch"
        cookie = began.headers["set-cookie"].partition(";")[0]
        return self.post(form, cookie), form, cookie

    def post(self, form: dict[str, str], cookie: str) -> Answer:
        return self.http.ask("POST", "/lti/launch", urlencode(form).encode(), {**FORM, "Cookie": cookie})


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[Campus]:
    key = new_key()
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room, identity_provider() as keys:
        room.now = utc_now()  # the platform's clock is this machine's
        registration = Registration().set_iss(keys.issuer).set_client_id(CLIENT).set_deployment_id("1")
        registration.set_launch_url(f"{OWN_URL}/lti/launch").set_oidc_login_url(f"{OWN_URL}/lti/login")
        registration.set_platform_private_key(key.as_pem(private=True).decode())
        registration.set_platform_public_key(key.as_pem(private=False).decode())
        platform = Platform(registration=registration)
        keys.keys = [RSAKey.import_key(json.loads(json.dumps(each))) for each in platform.get_jwks()["keys"]]
        lti = LtiSettings(
            label="LMS",
            issuer=keys.issuer,
            client_id=CLIENT,
            deployments=frozenset({"1"}),
            login_url=f"{keys.issuer}/auth",
            jwks_url=f"{keys.issuer}/jwks",
            accounts=AccountRules(student="custom.student_number"),
        )
        with http_of(room, tmp_path / "knowns", signed_in=True, sign_on=SignOnSettings(lti=(lti,))) as http:
            yield Campus(room, http, platform)


def test_a_student_of_a_platforms_course_is_signed_in_once_a_launch(campus: Campus) -> None:
    room, number = campus.room, campus.room.students[0]
    room.store.accounts.add("sky", student=number, at=room.now, by="test")
    answer, form, cookie = campus.launch("user 7", number)
    assert answer.status == 303, answer.body
    session = answer.headers["set-cookie"].partition(";")[0].removeprefix(f"{COOKIE}=")
    assert room.services.web_sessions.find(session, room.now)[1].student == number
    assert campus.post(form, cookie).status == 403, "a launch counts once"
    stranger, _, _ = campus.launch("user 8", room.students[1])
    assert stranger.status == 403
    room.now += timedelta(minutes=7)
    late, _, _ = campus.launch("user 7", number)
    assert late.status == 403, "it ran out by our clock"
