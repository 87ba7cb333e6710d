"""Take launches of a learning platform: LTI 1.3, which is OpenID Connect that the platform begins."""
# 1EdTech Security Framework 1.0, 5.1.1; LTI Core 1.3.

import logging
import secrets
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from protocol.error_texts import ServerText
from server.errors import Busy, Unauthorised, Unavailable
from server.services.identity.attempts import FailureLimit
from server.services.identity.secrets import hash_of, new_secret
from server.services.identity.web_sessions import SignedIn, WebSessions
from server.services.sign_on.accounts import ProvenAccounts, proven_by
from server.services.sign_on.lti_rosters import LtiRosters
from server.services.sign_on.openid_sign_on import AT_ONCE, BEGUN_A_MINUTE, LOGIN_LASTS, SECRET, Begun
from server.services.sign_on.outside import Outside, OutsideError
from server.services.sign_on.sign_on_file import LtiSettings
from server.services.sign_on.signed_tokens import Claims, SigningKeys, TokenRefused, require_claims, text_claim
from server.store import Login, Store

log = logging.getLogger(__name__)

CLAIM: Final = "https://purl.imsglobal.org/spec/lti/claim/"
LAUNCH: Final = "LtiResourceLinkRequest"
VERSION: Final = "1.3.0"
MOST_HINT: Final = 2000


class _Platform:
    """One registered platform, with its keys."""

    def __init__(self, settings: LtiSettings, store: Store) -> None:
        self.settings: Final = settings
        outside = Outside(settings.ca_file)
        self.keys: Final = SigningKeys(lambda: outside.get(settings.jwks_url))
        self.accounts: Final = ProvenAccounts(store, settings.accounts, settings.label)


class LtiLaunches:
    """For any thread, and for every server process at the same database. launch_url: where platforms launch to."""

    def __init__(
        self,
        store: Store,
        web_sessions: WebSessions,
        platforms: Sequence[LtiSettings],
        launch_url: str,
        rosters: LtiRosters,
    ) -> None:
        self._store = store
        self._web_sessions = web_sessions
        self._platforms = [_Platform(each, store) for each in platforms]
        self._launch_url = launch_url
        self._rosters = rosters
        self._begun = FailureLimit(BEGUN_A_MINUTE, timedelta(minutes=1))
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def begin(self, asked: Mapping[str, str], browser: str | None, *, address: str, now: datetime) -> Begun:
        """A platform announces a launch: where the browser goes. Raises Unauthorised for one that is not registered."""
        if self._begun.is_reached(address, now):
            raise Busy(ServerText.SIGN_ON_BUSY)
        self._begun.count(address, now)
        platform = self._announced(asked.get("iss", ""), asked.get("client_id", ""))
        hint, message = asked.get("login_hint", ""), asked.get("lti_message_hint", "")
        if platform is None or not hint or len(hint) > MOST_HINT or len(message) > MOST_HINT:
            log.warning("%s was sent here to launch from a platform that is not registered", address)
            raise Unauthorised(ServerText.LTI_NOT_REGISTERED)
        kept = browser if browser and SECRET.fullmatch(browser) else new_secret()
        state, nonce = new_secret(), secrets.token_urlsafe(32)
        login = Login(hash_of(kept), nonce, "", platform.settings.id)
        self._store.logins.begin(hash_of(state), login, now=now, expires_at=now + LOGIN_LASTS)
        query = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none"}
        query |= {"client_id": platform.settings.client_id, "redirect_uri": self._launch_url}
        query |= {"login_hint": hint, "state": state, "nonce": nonce}
        query |= {"lti_message_hint": message} if message else {}
        url = platform.settings.login_url
        return Begun(f"{url}{'&' if '?' in url else '?'}{urlencode(query)}", kept)

    def finish(
        self, answer: Mapping[str, str], browser: str | None, *, address: str, agent: str, now: datetime
    ) -> tuple[SignedIn, str]:
        """A launch: the session that begins, and the course that the place of the link is here; "": none is said.

        Raises Unauthorised, Busy and Unavailable.
        """
        state = answer.get("state", "")
        login = self._store.logins.take(hash_of(state), now=now) if SECRET.fullmatch(state) else None
        if login is None or not browser or not secrets.compare_digest(hash_of(browser), login.browser_hash):
            log.warning("%s came with a launch that it has not begun", address)
            raise Unauthorised(ServerText.SIGN_ON_STALE)
        platform = next((each for each in self._platforms if each.settings.id == login.following), None)
        if platform is None:  # no longer, or it was another kind of sign-in
            raise Unauthorised(ServerText.LTI_NOT_REGISTERED)
        settings = platform.settings
        claims = self._checked(platform, answer.get("id_token", ""), login.nonce, address, now)
        rules = settings.accounts
        texts = {each: text_claim(claims, each) for each in rules.claims}
        proven = proven_by(rules, settings.issuer, claims["sub"], texts, frozenset())
        user = platform.accounts.account(proven, now)
        begun = self._web_sessions.begin(user, address=address, agent=agent, now=now)
        course = settings.courses.get(text_claim(claims, "context.id"), "")
        if course:
            self._rosters.keep_place(course, settings, claims, now)
        return begun, course

    def _announced(self, issuer: str, client_id: str) -> _Platform | None:
        found = [
            each
            for each in self._platforms
            if each.settings.issuer == issuer and client_id in {"", each.settings.client_id}
        ]
        return found[0] if len(found) == 1 else None

    def _checked(self, platform: _Platform, token: str, nonce: str, address: str, now: datetime) -> Claims:
        if not self._places.acquire(blocking=False):
            raise Busy(ServerText.SIGN_ON_BUSY)
        settings = platform.settings
        try:
            claims = platform.keys.claims(token, now)
            require_claims(claims, issuer=settings.issuer, client_id=settings.client_id, now=now)
            _require_launch(claims, nonce, settings)
        except OutsideError as error:
            log.warning("the learning platform %s cannot be asked: %s", settings.issuer, error)
            raise Unavailable(ServerText.SIGN_ON_AWAY, provider=settings.label) from error
        except TokenRefused as error:
            log.warning("a launch of %s that %s brought is refused: %s", settings.label, address, error)
            raise Unauthorised(ServerText.SIGN_ON_UNPROVEN, provider=settings.label) from error
        finally:
            self._places.release()
        # Under the short names by which the file calls them.
        return {name: claims.get(CLAIM + name) for name in ("lis", "custom", "context", "ext")} | claims


def _require_launch(claims: Mapping[str, Any], nonce: str, settings: LtiSettings) -> None:
    subject = claims.get("sub")
    if claims.get("nonce") != nonce:
        raise TokenRefused("it is the answer to another launch")
    if claims.get(CLAIM + "deployment_id") not in settings.deployments:
        raise TokenRefused("its deployment is not registered")
    if claims.get(CLAIM + "message_type") != LAUNCH or claims.get(CLAIM + "version") != VERSION:
        raise TokenRefused("it is no launch of a link by LTI 1.3")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise TokenRefused("it names nobody")
