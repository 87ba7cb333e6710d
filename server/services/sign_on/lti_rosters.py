"""Ask a learning platform who is on a course's list: Names and Role Provisioning Services of LTI."""
# LTI NRPS 2.0, 2; the right to ask by a signed assertion: 1EdTech Security Framework 1.0, 4.1.

import logging
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from server.errors import BadRequest, SetupProblem, TooLarge, Unavailable
from server.services.rosters.memberships import Membership, packed
from server.services.sign_on.outside import Outside, OutsideError, is_safe
from server.services.sign_on.sign_on_file import LtiSettings
from server.services.sign_on.signed_tokens import Claims, text_claim
from server.store import CoursePlace, Store

log = logging.getLogger(__name__)

SERVICE: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SCOPE: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CONTAINER: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINK: Final = "https://purl.imsglobal.org/spec/lti/claim/resource_link"
CUSTOM: Final = "https://purl.imsglobal.org/spec/lti/claim/custom"
LEARNER: Final = "Learner"
ASSERTION_LASTS: Final = timedelta(minutes=1)
MOST_PAGES: Final = 100
MOST_MEMBERS: Final = 5000
MOST_URL: Final = 1000
# Of all pages together: somebody waits for them in front of a browser.
PATIENCE_S: Final = 30.0
KEY_BITS: Final = 2048


class _Platform:
    """A platform whose rosters may be read."""

    def __init__(self, settings: LtiSettings) -> None:
        self.settings: Final = settings
        self.outside: Final = Outside(settings.ca_file)
        urls = (settings.issuer, settings.login_url, settings.jwks_url, settings.token_url)
        self._hosts = {urlsplit(url).hostname for url in urls} | ({settings.roster_host} - {""})

    @cached_property
    def key(self) -> RSAKey:
        """Ours, by which the platform knows us. Raises SetupProblem."""
        return read_key(self.settings.key_file)

    def is_own(self, url: object) -> bool:
        """Whether a URL is one of this platform's, and may be asked."""
        return is_safe(url) and len(str(url)) <= MOST_URL and urlsplit(str(url)).hostname in self._hosts


class LtiRosters:
    """For any thread. A course's list can be asked for once somebody has launched from its place there."""

    def __init__(self, store: Store, platforms: Sequence[LtiSettings]) -> None:
        self._store = store
        self._platforms = {each.id: _Platform(each) for each in platforms if each.token_url}

    def public_keys(self) -> dict[str, Any]:
        """Our keys, as platforms read them (JWKS). Raises SetupProblem."""
        keys = {each.key.kid: each.key.as_dict(private=False) for each in self._platforms.values()}
        return {"keys": [{**key, "alg": "RS256", "use": "sig"} for key in keys.values()]}

    def keep_place(self, course: str, platform: LtiSettings, claims: Claims, now: datetime) -> None:
        """Keep where a launch that was proven says that the list of its course is."""
        service = claims.get(SERVICE)
        url = service.get("context_memberships_url") if isinstance(service, dict) else None
        known = self._platforms.get(platform.id)
        if url is None or known is None:
            return
        if not known.is_own(url):
            log.warning("a launch of %s names a roster at a host that is not the platform's", platform.label)
            return
        link = claims.get(LINK)
        place = CoursePlace(course, platform.id, str(url), text_claim(link, "id") if isinstance(link, dict) else "")
        self._store.logins.keep_place(place, at=now)

    def courses(self) -> list[str]:
        """Of which the list can be asked for."""
        return [each.course for each in self._store.logins.places() if each.platform in self._platforms]

    def fetch(self, course: str, *, now: datetime, by: str) -> tuple[str, bytes]:
        """The platform's name with what it answers, to be read as a file is.

        Raises BadRequest, TooLarge, Unavailable and SetupProblem (our key).
        """
        place = self._store.logins.place(course, at=now, by=by)
        platform = None if place is None else self._platforms.get(place.platform)
        if place is None or platform is None:
            raise BadRequest(
                f"Nobody has come to the course {course!r} from a learning platform whose lists may be read: open "
                "Rollcall once from the course there."
            )
        label = platform.settings.label
        try:
            members = list(_members(platform, place, now))
        except OutsideError as error:
            log.warning("the list of a course at %s could not be read: %s", label, error)
            raise Unavailable(f"The learning platform {label} did not give the list: {error}.") from error
        return label, packed(members)


def new_key(file: Path) -> None:
    """Make a key that platforms know us by. Raises SetupProblem where the file is there, or cannot be written."""
    try:
        with file.open("xb") as kept:
            file.chmod(0o600)
            kept.write(RSAKey.generate_key(KEY_BITS).as_pem(private=True))
    except FileExistsError as error:
        raise SetupProblem(f"{file} is there already, and platforms may know it: give another name.") from error
    except OSError as error:
        raise SetupProblem(f"The key {file} cannot be written: {error.strerror}.") from error


def read_key(file: Path | None) -> RSAKey:
    """Raises SetupProblem."""
    try:
        found = RSAKey.import_key(file.read_bytes() if file else b"")
        if not found.is_private:
            raise ValueError("it has no private part")
    except (OSError, JoseError, ValueError, TypeError) as error:
        raise SetupProblem(f"The key {file} of a learning platform cannot be read: make one by `lti key`.") from error
    found.ensure_kid()
    return found


def _members(platform: _Platform, place: CoursePlace, now: datetime) -> Iterator[Membership]:
    until = time.monotonic() + PATIENCE_S
    headers = {"Authorization": f"Bearer {_token(platform, now)}", "Accept": CONTAINER}
    url: str | None = _asked_url(platform.settings, place)
    count = 0
    for _ in range(MOST_PAGES):
        if url is None:
            return
        if not platform.is_own(url):
            raise OutsideError("it leads to a page that is not its own")
        if time.monotonic() > until:
            raise OutsideError("it answers too slowly")
        page, url = platform.outside.page(url, headers)
        members = page.get("members")
        if not isinstance(members, list):
            raise OutsideError("its answer names no members")
        count += len(members)
        if count > MOST_MEMBERS:
            break
        yield from (found for each in members if (found := _member(platform.settings, each)) is not None)
    if url is not None:
        raise TooLarge(f"The list has more than {MOST_MEMBERS} people, or {MOST_PAGES} pages: import it as a file.")


def _token(platform: _Platform, now: datetime) -> str:
    settings, key = platform.settings, platform.key
    claims = {"iss": settings.client_id, "sub": settings.client_id, "aud": settings.token_url}
    moments = {"iat": int(now.timestamp()), "exp": int((now + ASSERTION_LASTS).timestamp())}
    signed = jwt.encode({"alg": "RS256", "kid": key.kid}, {**claims, **moments, "jti": secrets.token_urlsafe(16)}, key)
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION}
    answer = platform.outside.post(settings.token_url, {**form, "client_assertion": signed, "scope": SCOPE})
    token = answer.get("access_token")
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise OutsideError("it gave no right to read lists")
    return token


def _asked_url(settings: LtiSettings, place: CoursePlace) -> str:
    """What a link's own parameters are for each person is said only where the link is named (NRPS 2.0, 3.2)."""
    if not settings.accounts.student.startswith("custom.") or not place.link:
        return place.url
    parts = urlsplit(place.url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("rlid", place.link)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _member(settings: LtiSettings, member: object) -> Membership | None:
    """None: they are no student there."""
    if not isinstance(member, dict):
        raise OutsideError("its answer holds what is no member")
    roles = member.get("roles")
    if not isinstance(roles, list) or not any(_is_learner(role) for role in roles):
        return None
    said = {"lis": {"person_sourcedid": member.get("lis_person_sourcedid")}, "custom": _custom(member)}
    name = text_claim(member, "name") or _joined_name(member)
    return Membership(
        who=f"person {text_claim(member, 'user_id')[:60]}",
        student=text_claim({**member, **said}, settings.accounts.student or "lis.person_sourcedid"),
        name=name,
        gone=member.get("status", "Active") != "Active",
    )


def _is_learner(role: object) -> bool:
    """LTI Core 1.3, A.2.2: a URI, of which the short form may stand alone; of the course, not of the institution."""
    return role == LEARNER or (isinstance(role, str) and role.endswith(f"/membership#{LEARNER}"))


def _custom(member: Mapping[str, Any]) -> object:
    messages = member.get("message")
    first = messages[0] if isinstance(messages, list) and messages else messages
    return first.get(CUSTOM) if isinstance(first, dict) else None


def _joined_name(member: Mapping[str, Any]) -> str:
    """Korean names are written without a space, family name first."""
    family, given = text_claim(member, "family_name"), text_claim(member, "given_name")
    if (family + given).isascii():
        return f"{given} {family}".strip()
    return family + given
