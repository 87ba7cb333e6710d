"""Sign people in by OpenID Connect, and end their sessions when the provider says so."""

import hashlib
import logging
import re
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from protocol.error_texts import ServerText
from server.errors import Busy, Unauthorised, Unavailable
from server.services.identity.attempts import FailureLimit
from server.services.identity.secrets import hash_of, new_secret
from server.services.identity.web_sessions import SignedIn, WebSessions
from server.services.sign_on.accounts import ProvenAccounts, proven_by
from server.services.sign_on.openid import LOGOUT_LASTS, OpenIdProvider
from server.services.sign_on.outside import OutsideError
from server.services.sign_on.signed_tokens import LEEWAY, TokenRefused, text_claim, texts_claim
from server.store import Login, Store

log = logging.getLogger(__name__)

LOGIN_LASTS: Final = timedelta(minutes=10)
# From one address, which may be a whole campus's.
BEGUN_A_MINUTE: Final = 300
# Requests that wait for the provider at once: while it is slow, others are answered all the same.
AT_ONCE: Final = 4
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ERROR_CODE: Final = re.compile(r"[a-z_]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Begun:
    """url: where the browser goes. browser: a secret that it keeps, so that it alone can come back."""

    url: str = field(repr=False)
    browser: str = field(repr=False)


class OpenIdSignOn:
    """For any thread, and for every server process at the same database."""

    def __init__(self, store: Store, web_sessions: WebSessions, provider: OpenIdProvider) -> None:
        self._store = store
        self._web_sessions = web_sessions
        self._provider = provider
        self._accounts = ProvenAccounts(store, provider.settings.accounts, provider.settings.label)
        self._begun = FailureLimit(BEGUN_A_MINUTE, timedelta(minutes=1))
        self._places = threading.BoundedSemaphore(AT_ONCE)

    @property
    def label(self) -> str:
        return self._provider.settings.label

    def begin(self, following: str, browser: str | None, *, address: str, now: datetime) -> Begun:
        """browser: the secret that it keeps already, of another sign-in. Raises Busy and Unavailable."""
        if self._begun.is_reached(address, now):
            raise Busy(ServerText.SIGN_ON_BUSY)
        self._begun.count(address, now)
        kept = browser if browser and SECRET.fullmatch(browser) else new_secret()
        state, nonce, verifier = new_secret(), secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        with self._asking(address):
            url = self._provider.login_url(state=state, nonce=nonce, verifier=verifier, now=now)
        login = Login(hash_of(kept), nonce, verifier, following[:500])
        self._store.logins.begin(hash_of(state), login, now=now, expires_at=now + LOGIN_LASTS)
        return Begun(url, kept)

    def finish(
        self, answer: Mapping[str, str], browser: str | None, *, address: str, agent: str, now: datetime
    ) -> tuple[SignedIn, str]:
        """What the browser brings back from the provider; the session that begins, and the page to show.

        Raises Unauthorised, Busy and Unavailable.
        """
        state = answer.get("state", "")
        login = self._store.logins.take(hash_of(state), now=now) if SECRET.fullmatch(state) else None
        if login is None or not browser or not secrets.compare_digest(hash_of(browser), login.browser_hash):
            log.warning("%s came back from %s with a sign-in that it has not begun", address, self.label)
            raise Unauthorised(ServerText.SIGN_ON_STALE)
        with self._asking(address):
            self._provider.require_issuer(answer, now)
            if "error" in answer or not answer.get("code"):
                code = answer.get("error", "")
                raise _NotSignedIn(code if _ERROR_CODE.fullmatch(code) else "no code")
            claims = self._provider.person(answer["code"], nonce=login.nonce, verifier=login.verifier, now=now)
        rules, issuer = self._provider.settings.accounts, self._provider.settings.issuer
        # An address of mail is believed once the provider has made sure of it.
        texts = {
            each: text_claim(claims, each) for each in rules.claims if each != "email" or claims.get("email_verified")
        }
        proven = proven_by(rules, issuer, claims["sub"], texts, texts_claim(claims, rules.roles))
        user = self._accounts.account(proven, now)
        sid = _session_of(issuer, text_claim(claims, "sid"))
        begun = self._web_sessions.begin(user, address=address, agent=agent, now=now, idp_sid=sid)
        return begun, login.following

    def end(self, logout_token: str, *, address: str, now: datetime) -> int:
        """End what the provider says has ended; how many sessions that were. Raises Unauthorised and others."""
        with self._asking(address):
            ended = self._provider.ended(logout_token, now)
        issuer = self._provider.settings.issuer
        spent = hash_of(f"logout\0{issuer}\0{ended.token_id}")
        if not self._store.logins.spend(spent, now=now, expires_at=now + LOGOUT_LASTS + 2 * LEEWAY):
            raise Unauthorised(ServerText.SIGN_ON_UNPROVEN, provider=self.label)
        if ended.session:
            return self._store.web_sessions.end_of_provider(_session_of(issuer, ended.session))
        user = self._store.logins.user_of(issuer, ended.subject)
        return 0 if user is None else self._store.web_sessions.end_of_user(user.id, at=now, by=user.name)

    def leaving(self, back: str, *, address: str, now: datetime) -> str:
        """Where the browser ends the provider's own session; "": the provider has no such place."""
        with self._asking(address):
            return self._provider.logout_url(back, now)

    @contextmanager
    def _asking(self, address: str) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Busy(ServerText.SIGN_ON_BUSY)
        try:
            yield
        except OutsideError as error:
            log.warning("the identity provider %s cannot be asked: %s", self._provider.settings.issuer, error)
            raise Unavailable(ServerText.SIGN_ON_AWAY, provider=self.label) from error
        except TokenRefused as error:
            log.warning("a token of %s that %s brought is refused: %s", self.label, address, error)
            raise Unauthorised(ServerText.SIGN_ON_UNPROVEN, provider=self.label) from error
        except _NotSignedIn as error:
            log.info("%s did not sign in who came from %s: %s", self.label, address, error)
            raise Unauthorised(ServerText.SIGN_ON_NOT_DONE, provider=self.label) from error
        finally:
            self._places.release()


class _NotSignedIn(Exception):
    """The provider has refused, or the person has; by a code of OAuth."""


def _session_of(issuer: str, sid: str) -> str:
    """How a provider's number of a session is kept: two providers may use the same."""
    return hashlib.sha256(f"{issuer}\0{sid}".encode()).hexdigest() if sid else ""
