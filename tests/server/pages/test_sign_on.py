"""Signing in by an identity provider or a proxy, through the server's own HTTP: who is let in, and what is refused."""

import base64
import hashlib
import hmac
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from server.http.credentials import COOKIE
from server.pages.sign_on import LOGIN_COOKIE
from server.services.sign_on.openid import LOGOUT_EVENT
from server.services.sign_on.sign_on_file import AccountRules, OpenIdSettings, ProxySettings, SignOnSettings
from tests.server.classroom import Classroom, classroom
from tests.server.http.campus import OWN_URL, Http, http_of
from tests.server.http.listening import Answer
from tests.server.pages.identity_provider import CLIENT, IdentityProvider, identity_provider, new_key

ROOT = Path(__file__).resolve().parents[3]
SECRET = "a secret between the two"
PROXY_SECRET = "a secret of the proxy alone"
ROLES = AccountRules(
    address="email",
    account="account",
    student="student_number",
    name="name",
    roles="groups",
    role_values={"admin": frozenset({"it"}), "office": frozenset({"staff-office"})},
)
PROXY_ACCOUNTS = AccountRules(account="X-Remote-User", roles="X-Remote-Groups", role_values=ROLES.role_values)


@dataclass
class SignOnTest:
    room: Classroom
    http: Http
    provider: IdentityProvider

    def get(self, path: str, cookies: str = "", **headers: str) -> Answer:
        return self.http.ask("GET", path, headers={**({"Cookie": cookies} if cookies else {}), **headers})

    def begin(self, following: str = "/") -> tuple[str, str]:
        """Where the browser is sent, and the cookie that it keeps."""
        answer = self.get(f"/auth/login?{urlencode({'following': following})}")
        assert answer.status == 303, answer.body
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"{LOGIN_COOKIE}=")
        assert "HttpOnly" in cookie
        return answer.headers["location"], cookie.partition(";")[0]

    def come_back(self, url: str, cookie: str, code: str, **more: str) -> Answer:
        query = {"state": sent(url)["state"], "code": code, "iss": self.provider.issuer} | more
        return self.get(f"/auth/callback?{urlencode(query)}", cookie)

    def try_(self, **claims: Any) -> Answer:
        """Sign in with such claims."""
        url, cookie = self.begin()
        token = self.provider.signed(self.provider.claims(url, self.room.now, **claims))
        return self.come_back(url, cookie, self.provider.code_for(token))

    def try_token(self, make: Any) -> Answer:
        """Sign in with the token that `make` makes of right claims."""
        url, cookie = self.begin()
        return self.come_back(url, cookie, self.provider.code_for(make(self.provider.claims(url, self.room.now))))

    def who(self, answer: Answer) -> str | None:
        """Whose session an answer has begun."""
        cookie = answer.headers.get("set-cookie", "")
        if not cookie.startswith(f"{COOKIE}="):
            return None
        session = self.room.services.web_sessions.find(cookie.partition(";")[0].partition("=")[2], self.room.now)
        return session[0].user.name

    def sessions(self, name: str) -> int:
        return len(self.room.store.web_sessions.of_user(self.room.store.accounts.get(name).id))

    def logout_token(self, **more: Any) -> str:
        now = self.room.now.timestamp()
        claims = {"iss": self.provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "jti": "j1", "sid": "s1"}
        claims |= {"events": {LOGOUT_EVENT: {}}} | more
        return self.provider.signed({name: value for name, value in claims.items() if value is not None})

    def log_out(self, token: str) -> int:
        form = urlencode({"logout_token": token}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
        return self.http.ask("POST", "/auth/backchannel-logout", form, kind).status


def sent(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[SignOnTest]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room, identity_provider() as provider:
        room.store.accounts.add("kim", at=room.now, by="test")
        openid = OpenIdSettings(
            label="Campus login", issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET, accounts=ROLES
        )
        proxy = ProxySettings(
            label="Shibboleth",
            user_header="x-remote-user",
            secret_header="x-proxy-secret",
            secret=PROXY_SECRET,
            accounts=PROXY_ACCOUNTS,
        )
        settings = SignOnSettings(openid=openid, proxy=proxy)
        proxies = (ip_network("127.0.0.1"),)
        with http_of(room, tmp_path / "knowns", signed_in=True, sign_on=settings, proxies=proxies) as http:
            yield SignOnTest(room, http, provider)


def test_who_signs_in_there_is_signed_in_here_and_sees_the_page_they_wanted(campus: SignOnTest) -> None:
    url, cookie = campus.begin("/report?course=ea0017_1")
    asked = sent(url)
    assert url.startswith(f"{campus.provider.issuer}/authorize?")
    assert asked["code_challenge_method"] == "S256"
    token = campus.provider.signed(campus.provider.claims(url, campus.room.now))
    answer = campus.come_back(url, cookie, campus.provider.code_for(token))
    assert (answer.status, answer.headers["location"]) == (303, "/report?course=ea0017_1")
    assert campus.who(answer) == "kim"
    form = next(form for path, form in campus.provider.asked if path == "/token")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
    assert challenge.decode() == asked["code_challenge"]
    assert form["redirect_uri"] == asked["redirect_uri"] == f"{OWN_URL}/auth/callback"


def test_a_page_of_another_site_is_never_shown_afterwards(campus: SignOnTest) -> None:
    for wrong in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        url, cookie = campus.begin(wrong)
        token = campus.provider.signed(campus.provider.claims(url, campus.room.now))
        assert campus.come_back(url, cookie, campus.provider.code_for(token)).headers["location"] == "/"


def test_a_key_on_an_elliptic_curve_signs_as_well(campus: SignOnTest) -> None:
    key = ECKey.generate_key("P-256", {"kid": "curve"})
    campus.provider.keys.append(key)
    answer = campus.try_token(lambda claims: campus.provider.signed(claims, key=key, algorithm="ES256"))
    assert campus.who(answer) == "kim"


def test_new_keys_of_the_provider_are_asked_for_once_and_not_by_everybody_who_makes_some_up(campus: SignOnTest) -> None:
    assert campus.who(campus.try_()) == "kim"
    campus.provider.keys = [new_key()]
    assert campus.try_().status == 403, "asked a moment ago"
    campus.room.now += timedelta(seconds=31)
    assert campus.who(campus.try_()) == "kim"
    stranger = new_key()
    for _ in range(5):
        assert campus.try_token(lambda claims: campus.provider.signed(claims, key=stranger)).status == 403
    assert [path for path, _ in campus.provider.asked].count("/jwks") == 2


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "others"},
    "no audience": {"aud": None},
    "two audiences without a party": {"aud": [CLIENT, "others"]},
    "given to another party": {"aud": [CLIENT, "others"], "azp": "others"},
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "an issuer with a slash": {"iss": "/"},
    "the nonce of another sign-in": {"nonce": "x" * 43},
    "no nonce": {"nonce": None},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "9999999999"},
    "an end that never comes": {"exp": float("inf")},
    "an end that compares with nothing": {"exp": float("nan")},
    "no beginning": {"iat": None},
    "nobody": {"sub": ""},
    "a subject that is no text": {"sub": 1},
    "no subject": {"sub": None},
    "a subject of many lines": {"sub": "a\nb"},
}


def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(campus: SignOnTest) -> None:
    for what, claims in WRONG_CLAIMS.items():
        answer = campus.try_(**claims)
        assert (answer.status, campus.who(answer)) == (403, None), what
    assert campus.sessions("kim") == 0


def test_the_clocks_may_differ_by_a_minute(campus: SignOnTest) -> None:
    bounds = [("exp", -59, 303), ("exp", -61, 403), ("iat", 59, 303), ("iat", 61, 403), ("nbf", 61, 403)]
    for claim, seconds, status in bounds:
        moment = campus.room.now.timestamp() + seconds
        assert campus.try_(**{claim: moment}).status == status, (claim, seconds)


def test_a_token_without_a_signature_of_the_providers_key_lets_nobody_in(campus: SignOnTest) -> None:
    provider = campus.provider
    public = provider.keys[0].as_pem(private=False)

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    def unsigned(name: str) -> Any:
        return lambda claims: f"{part({'alg': name, 'kid': provider.keys[0].kid})}.{part(claims)}."

    def by_public_key(claims: dict[str, Any]) -> str:
        signed = f"{part({'alg': 'HS256', 'kid': provider.keys[0].kid})}.{part(claims)}"
        mac = hmac.digest(public, signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def cut(claims: dict[str, Any]) -> str:
        return provider.signed(claims)[:-8]

    def changed(claims: dict[str, Any]) -> str:
        head, _, signature = provider.signed(claims).split(".")
        return f"{head}.{part(claims | {'sub': '0002'})}.{signature}"

    def with_own_key(claims: dict[str, Any]) -> str:
        key = new_key()
        header = {"alg": "RS256", "jwk": key.as_dict(private=False), "kid": key.kid}
        return jws.serialize_compact(header, json.dumps(claims), key, algorithms=["RS256"])

    other = lambda claims: provider.signed(claims, algorithm="PS256")  # noqa: E731
    for make in (
        unsigned("none"),
        unsigned("None"),
        unsigned("RS256"),
        by_public_key,
        cut,
        changed,
        with_own_key,
        other,
    ):
        answer = campus.try_token(make)
        assert (answer.status, campus.who(answer)) == (403, None)
    for text in ("", "a.b.c", "é" * 5, "x" * 20_000, "." * 500):
        assert campus.try_token(lambda _, text=text: text).status == 403
    assert campus.sessions("kim") == 0


def test_a_sign_in_counts_once_and_in_the_browser_that_has_begun_it(campus: SignOnTest) -> None:
    url, cookie = campus.begin()
    provider = campus.provider
    token = provider.signed(provider.claims(url, campus.room.now))
    _, other = campus.begin()
    assert campus.come_back(url, other, provider.code_for(token)).status == 403, "another browser's"
    assert campus.come_back(url, cookie, provider.code_for(token)).status == 403, "it was over with that"
    url, cookie = campus.begin()
    token = provider.signed(provider.claims(url, campus.room.now))
    assert campus.come_back(url, "", provider.code_for(token)).status == 403, "without a cookie"
    url, cookie = campus.begin()
    token = provider.signed(provider.claims(url, campus.room.now))
    assert campus.who(campus.come_back(url, cookie, provider.code_for(token))) == "kim"
    assert campus.come_back(url, cookie, provider.code_for(token)).status == 403, "again"


def test_a_code_that_the_provider_does_not_take_lets_nobody_in(campus: SignOnTest) -> None:
    url, cookie = campus.begin()
    assert campus.come_back(url, cookie, "made-up").status == 503
    url, cookie = campus.begin()
    answer = campus.get(f"/auth/callback?{urlencode({'state': sent(url)['state'], 'error': 'access_denied'})}", cookie)
    assert answer.status == 403


def test_two_sign_ins_of_one_browser_do_not_end_each_other(campus: SignOnTest) -> None:
    first, cookie = campus.begin()
    again = campus.get("/auth/login", cookie)
    assert again.headers["set-cookie"].partition(";")[0] == cookie
    for url in (first, again.headers["location"]):
        token = campus.provider.signed(campus.provider.claims(url, campus.room.now))
        assert campus.who(campus.come_back(url, cookie, campus.provider.code_for(token))) == "kim"


def test_a_sign_in_that_takes_too_long_is_begun_again(campus: SignOnTest) -> None:
    url, cookie = campus.begin()
    campus.room.now += timedelta(minutes=10)
    token = campus.provider.signed(campus.provider.claims(url, campus.room.now))
    assert campus.come_back(url, cookie, campus.provider.code_for(token)).status == 403


def test_the_answer_of_another_provider_is_not_taken_for_this_ones(campus: SignOnTest) -> None:
    asked = len(campus.provider.asked)
    for wrong in ("http://127.0.0.1:1", ""):
        url, cookie = campus.begin()
        token = campus.provider.signed(campus.provider.claims(url, campus.room.now))
        assert campus.come_back(url, cookie, campus.provider.code_for(token), iss=wrong).status == 403
    url, cookie = campus.begin()
    query = urlencode({"state": sent(url)["state"], "code": "any"})
    assert campus.get(f"/auth/callback?{query}", cookie).status == 403, "it says that it always names itself"
    assert "/token" not in [path for path, _ in campus.provider.asked[asked:]], "its code goes nowhere"


def test_a_parameter_twice_is_refused(campus: SignOnTest) -> None:
    url, cookie = campus.begin()
    assert campus.get(f"/auth/callback?state={sent(url)['state']}&code=a&code=b", cookie).status == 400


def test_a_provider_that_is_away_or_answers_nonsense_stops_nobody_else(campus: SignOnTest) -> None:
    right = campus.provider.metadata
    for wrong in (
        {**right, "issuer": "https://elsewhere.example"},
        {**right, "token_endpoint": "http://elsewhere.example/token"},
        {**right, "jwks_uri": None},
        {**right, "padding": "x" * 2_000_000},
    ):
        campus.provider.metadata = wrong
        assert campus.get("/auth/login").status == 503
        assert campus.get("/sign-in").status == 200
    campus.provider.metadata = right
    campus.begin()


def test_whom_the_provider_knows_keeps_their_account_though_their_name_changes(campus: SignOnTest) -> None:
    assert campus.who(campus.try_()) == "kim"
    assert campus.who(campus.try_(account="lee")) == "kim"
    answer = campus.try_(sub="0002")
    assert (answer.status, campus.who(answer)) == (403, None), "a name that was given to somebody else"
    campus.room.store.logins.unlink(campus.room.store.accounts.get("kim"), at=campus.room.now, by="test")
    assert campus.sessions("kim") == 0
    assert campus.who(campus.try_(sub="0002")) == "kim"
    assert campus.try_().status == 403, "who was known before"
    campus.room.store.logins.unlink(campus.room.store.accounts.get("kim"), at=campus.room.now, by="test")
    assert campus.who(campus.try_()) == "kim"
    assert campus.try_(sub="0003", account="nobody").status == 403
    campus.room.store.accounts.disable("kim", at=campus.room.now, by="test")
    assert campus.try_().status == 403


def test_a_student_is_known_by_the_number_that_the_provider_is_believed(campus: SignOnTest) -> None:
    number = campus.room.students[0]
    campus.room.store.accounts.add("sky", student=number, at=campus.room.now, by="test")
    assert campus.who(campus.try_(sub="1", account=None, student_number=int(number))) == "sky"
    answer = campus.try_(sub="2", account="sky", student_number=campus.room.students[1])
    assert answer.status == 403


def test_the_first_sign_in_brings_an_address_that_the_provider_has_verified(campus: SignOnTest) -> None:
    accounts, now = campus.room.store.accounts, campus.room.now

    def address(name: str) -> str:
        return accounts.get(name).email

    for number, (email, verified) in enumerate((("a@b.kr", False), ("a@b.kr\nBcc: c@d.kr", True), ("none", True))):
        accounts.add(f"p{number}", at=now, by="test")
        answer = campus.try_(sub=f"n{number}", account=f"p{number}", email=email, email_verified=verified)
        assert (campus.who(answer), address(f"p{number}")) == (f"p{number}", "")
    mail = {"email": "kim@example.ac.kr", "email_verified": True}
    campus.try_(**mail)
    assert address("kim") == "kim@example.ac.kr"
    accounts.set_address("kim", "", at=now, by="kim")
    campus.try_(**mail)
    assert address("kim") == "", "who took it away does not find it there again"


def test_roles_come_from_the_claim_and_go_with_it(campus: SignOnTest) -> None:
    for groups, role in ((["it", "other"], "admin"), ("staff-office", "office"), (None, "member"), ([1, {}], "member")):
        campus.try_(groups=groups)
        assert campus.room.store.accounts.get("kim").role == role
    campus.room.store.accounts.set_role("kim", "privacy_officer", at=campus.room.now, by="test")
    campus.try_()
    assert campus.room.store.accounts.get("kim").role == "privacy_officer", "not the provider's to decide"


def test_what_userinfo_says_counts_where_it_is_of_the_same_person(campus: SignOnTest) -> None:
    campus.provider.metadata["userinfo_endpoint"] = f"{campus.provider.issuer}/userinfo"
    campus.provider.userinfo = {"sub": "0001", "account": "kim"}
    assert campus.who(campus.try_(account=None)) == "kim"
    campus.provider.userinfo = {"sub": "0002", "account": "kim"}
    assert campus.try_(account=None).status == 403


def test_the_provider_ends_what_it_has_begun_and_nothing_else(campus: SignOnTest) -> None:
    campus.try_()
    campus.try_(sid="s2")
    for wrong in (
        {"aud": "others"},
        {"nonce": "n"},
        {"events": {}},
        {"events": {LOGOUT_EVENT: 1}},
        {"jti": None},
        {"sid": None},
        {"iat": campus.room.now.timestamp() - 301},
        {"iss": "http://127.0.0.1:1"},
    ):
        assert campus.log_out(campus.logout_token(**wrong)) == 400
    assert campus.sessions("kim") == 2
    token = campus.logout_token()
    assert campus.log_out(token) == 200
    assert campus.sessions("kim") == 1
    assert campus.log_out(token) == 400, "it counts once"
    assert campus.log_out(campus.logout_token(jti="j2", sid=None, sub="0001")) == 200
    assert campus.sessions("kim") == 0


def test_who_signs_out_here_may_sign_out_there(campus: SignOnTest) -> None:
    page = campus.get("/sign-in?left=yes").body.decode()
    assert "/auth/logout" in page
    answer = campus.get("/auth/logout")
    assert answer.headers["location"].startswith(f"{campus.provider.issuer}/leave?")
    assert sent(answer.headers["location"])["post_logout_redirect_uri"] == f"{OWN_URL}/sign-in"


def test_no_secret_and_no_token_stands_in_the_log(campus: SignOnTest, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    url, cookie = campus.begin()
    token = campus.provider.signed(campus.provider.claims(url, campus.room.now))
    campus.come_back(url, cookie, campus.provider.code_for(token))
    campus.try_(aud="others")
    said = "\n".join([*caplog.messages, repr(campus.room.services.web_sessions)])
    for secret in (SECRET, token, token.split(".")[2], sent(url)["state"], sent(url)["nonce"], cookie.split("=")[1]):
        assert secret not in said
    assert SECRET not in repr(OpenIdSettings(label="", issuer="", client_id="", client_secret=SECRET))


# -- a proxy


def by_proxy(campus: SignOnTest, user: str = "kim", secret: str = PROXY_SECRET, **more: str) -> Answer:
    headers = {"X-Remote-User": user, "X-Proxy-Secret": secret, **more}
    return campus.get("/auth/proxy?following=/pair", **headers)


def test_whom_the_proxy_names_is_signed_in(campus: SignOnTest) -> None:
    answer = by_proxy(campus)
    assert (campus.who(answer), answer.headers["location"]) == ("kim", "/pair")
    groups = {"X-Remote-Groups": "a;it"}
    assert campus.who(by_proxy(campus, **groups)) == "kim"
    assert campus.room.store.accounts.get("kim").role == "admin"
    assert by_proxy(campus, "nobody").status == 403
    assert by_proxy(campus, "").status == 403


def test_the_proxys_headers_from_anybody_else_are_ignored_and_logged(
    campus: SignOnTest, caplog: pytest.LogCaptureFixture
) -> None:
    for secret in ("", "wrong", PROXY_SECRET + " ", PROXY_SECRET[:-1]):
        assert by_proxy(campus, secret=secret).status == (303 if secret.strip() == PROXY_SECRET else 403)
    assert "sent the headers of a sign-in and is not the proxy" in caplog.text
    assert PROXY_SECRET not in caplog.text
    headers = {"X-Remote-User": "kim", "X-Proxy-Secret": PROXY_SECRET}
    assert campus.get("/report?course=ea0017_1", **headers).status == 303, "on every other page they mean nothing"


def test_an_address_that_is_no_trusted_proxy_signs_nobody_in(tmp_path: Path) -> None:
    proxy = ProxySettings(label="S", user_header="x-remote-user", secret_header="x-proxy-secret", secret=PROXY_SECRET)
    proxy = replace(proxy, accounts=PROXY_ACCOUNTS)
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        room.store.accounts.add("kim", at=room.now, by="test")
        settings = SignOnSettings(proxy=proxy)
        with http_of(room, tmp_path / "knowns", signed_in=True, sign_on=settings) as http:
            headers = {"X-Remote-User": "kim", "X-Proxy-Secret": PROXY_SECRET, "X-Forwarded-For": "127.0.0.1"}
            assert http.ask("GET", "/auth/proxy", headers=headers).status == 403
            assert http.ask("GET", "/auth/login").status == 400


def test_a_real_proxy_in_front_signs_in_whom_it_has_signed_in_and_nobody_who_says_so(campus: SignOnTest) -> None:
    command = [sys.executable, "-m", "tests.server.pages.reverse_proxy", str(campus.http.port), PROXY_SECRET]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as proxy:
        try:
            assert proxy.stdout is not None
            client = http.client.HTTPConnection("127.0.0.1", int(proxy.stdout.readline()), timeout=20)

            def through(path: str, **headers: str) -> Answer:
                client.request("GET", path, headers={"Host": "localhost", **headers})
                found = client.getresponse()
                return Answer(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())

            kim = {"Authorization": "Basic " + base64.b64encode(b"kim:any").decode()}
            assert campus.who(through("/auth/proxy", **kim)) == "kim"
            assert campus.who(through("/auth/proxy", **kim, **{"X-Remote-User": "admin"})) == "kim", "a browser's own"
            assert through("/auth/proxy", **{"X-Remote-User": "kim"}).status == 401
            forged = {"X-Remote-User": "kim", "X-Proxy-Secret": PROXY_SECRET, "Cookie": ""}
            assert through("/report?course=ea0017_1", **forged).headers["location"].startswith("/sign-in")
            assert campus.get("/auth/proxy", **{"X-Remote-User": "kim"}).status == 403, "past the proxy"
            client.close()
        finally:
            proxy.kill()
