"""Sign in whom a proxy has signed in, by the headers that it alone may send."""

import hmac
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from protocol.error_texts import ServerText
from server.errors import Unauthorised
from server.services.identity.web_sessions import SignedIn, WebSessions
from server.services.sign_on.accounts import Proven, ProvenAccounts, proven_by
from server.services.sign_on.sign_on_file import ProxySettings
from server.store import Store

log = logging.getLogger(__name__)

ISSUER: Final = "proxy"
# Shibboleth puts a semicolon between several values of an attribute, others a comma.
_BETWEEN: Final = re.compile(r"[;,]")


class ProxySignOn:
    """For any thread."""

    def __init__(self, store: Store, web_sessions: WebSessions, settings: ProxySettings) -> None:
        self._web_sessions = web_sessions
        self._settings = settings
        self._accounts = ProvenAccounts(store, settings.accounts, settings.label)

    @property
    def label(self) -> str:
        return self._settings.label

    def sign_in(
        self, headers: Mapping[str, Sequence[str]], *, by_proxy: bool, address: str, agent: str, now: datetime
    ) -> SignedIn:
        """headers: by names in small letters. by_proxy: the connection is of a trusted proxy. Raises Unauthorised."""
        user, secret = headers.get(self._settings.user_header, ()), headers.get(self._settings.secret_header, ())
        trusted = len(secret) == 1 and hmac.compare_digest(secret[0].encode(), self._settings.secret.encode())
        if not by_proxy or not trusted:
            if user or secret:
                log.warning("%s sent the headers of a sign-in and is not the proxy: they are ignored", address)
            raise Unauthorised(ServerText.SIGN_ON_NOT_BY_PROXY)
        if len(user) != 1 or not (subject := _text(user[0])):
            log.warning("the proxy sent %s here without saying who they are", address)
            raise Unauthorised(ServerText.SIGN_ON_NOT_DONE, provider=self.label)
        account = self._accounts.account(self._proven(subject, headers), now)
        return self._web_sessions.begin(account, address=address, agent=agent, now=now)

    def _proven(self, subject: str, headers: Mapping[str, Sequence[str]]) -> Proven:
        rules = self._settings.accounts
        texts = {name: _one(headers.get(name.lower(), ())) for name in rules.claims}
        values = [_text(each) for whole in headers.get(rules.roles.lower(), ()) for each in _BETWEEN.split(whole)]
        return proven_by(rules, ISSUER, subject, texts, frozenset(each for each in values if each))


def _one(values: Sequence[str]) -> str:
    return _text(values[0]) if len(values) == 1 else ""


def _text(value: str) -> str:
    """A header as it was meant: servers put UTF-8 where HTTP reads Latin-1."""
    try:
        text = value.encode("latin-1").decode().strip()
    except UnicodeError:
        text = value.strip()
    return text if len(text) <= 255 and text.isprintable() else ""
