"""Speak OpenID Connect with one provider: the authorization code flow with PKCE, and its ends."""
# OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0, Back-Channel Logout 1.0; RFC 7636, RFC 9207.

import base64
import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from server.services.sign_on.outside import Outside, OutsideError, is_safe
from server.services.sign_on.sign_on_file import OpenIdSettings
from server.services.sign_on.signed_tokens import Claims, SigningKeys, TokenRefused, require_claims

KEEP_METADATA: Final = timedelta(hours=1)
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
# Of a logout token: it is sent at once, and remembered until then so that it counts once.
LOGOUT_LASTS: Final = timedelta(minutes=5)
_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_POSSIBLE: Final = ("userinfo_endpoint", "end_session_endpoint")


@dataclass(frozen=True, slots=True)
class Ended:
    """What a provider says has ended: one of its sessions ("": all of that person's)."""

    session: str
    subject: str
    token_id: str


class OpenIdProvider:
    """For any thread. redirect_uri: where browsers come back to."""

    def __init__(self, settings: OpenIdSettings, redirect_uri: str) -> None:
        self.settings: Final = settings
        self._redirect_uri = redirect_uri
        self._outside = Outside(settings.ca_file)
        self._lock = threading.Lock()
        self._known: tuple[datetime, dict[str, Any]] | None = None
        self._keys = SigningKeys(lambda: self._outside.get(self._known_metadata["jwks_uri"]))

    def login_url(self, *, state: str, nonce: str, verifier: str, now: datetime) -> str:
        """Where the browser is sent. Raises OutsideError."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": self.settings.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return _with_query(self._metadata(now)["authorization_endpoint"], query)

    def logout_url(self, back: str, now: datetime) -> str:
        """Where the browser is sent to end the provider's own session; "": nowhere. Raises OutsideError."""
        endpoint = self._metadata(now).get("end_session_endpoint")
        query = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return _with_query(endpoint, query) if endpoint else ""

    def require_issuer(self, answer: Mapping[str, str], now: datetime) -> None:
        """Raises TokenRefused where the browser brings the answer of another provider."""
        says = self._metadata(now).get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", None if says else self.settings.issuer) != self.settings.issuer:
            raise TokenRefused("the answer is another provider's")

    def person(self, code: str, *, nonce: str, verifier: str, now: datetime) -> Claims:
        """Who comes with this code: the claims of the ID token, and of UserInfo where it says more.

        Raises TokenRefused and OutsideError.
        """
        metadata = self._metadata(now)
        answer = self._exchanged(metadata, code, verifier)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise TokenRefused("there is none")
        claims = self._keys.claims(token, now)
        require_claims(claims, issuer=self.settings.issuer, client_id=self.settings.client_id, now=now)
        if claims.get("nonce") != nonce:
            raise TokenRefused("it is the answer to another sign-in")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
            raise TokenRefused("it names nobody")
        return {**self._more(metadata, answer, subject), **claims}

    def ended(self, logout_token: str, now: datetime) -> Ended:
        """What a logout token says. Raises TokenRefused and OutsideError."""
        self._metadata(now)
        claims = self._keys.claims(logout_token, now)
        require_claims(claims, issuer=self.settings.issuer, client_id=self.settings.client_id, now=now)
        if (now - LOGOUT_LASTS).timestamp() > claims["iat"]:
            raise TokenRefused("it is too old")
        events, token_id = claims.get("events"), claims.get("jti")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict) or "nonce" in claims:
            raise TokenRefused("it is no logout token")
        session, subject = claims.get("sid", ""), claims.get("sub", "")
        if not all(isinstance(each, str) for each in (session, subject, token_id)) or not (session or subject):
            raise TokenRefused("it names no session and nobody")
        return Ended(session, subject, str(token_id))

    def _exchanged(self, metadata: Mapping[str, Any], code: str, verifier: str) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect_uri}
        form["code_verifier"] = verifier
        ours, secret = self.settings.client_id, self.settings.client_secret
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in methods:
            # RFC 6749, 2.3.1: each is form-encoded first.
            return self._outside.post(metadata["token_endpoint"], form, (quote(ours, ""), quote(secret, "")))
        return self._outside.post(metadata["token_endpoint"], form | {"client_id": ours, "client_secret": secret})

    def _more(self, metadata: Mapping[str, Any], answer: Mapping[str, Any], subject: str) -> Claims:
        endpoint, token = metadata.get("userinfo_endpoint"), answer.get("access_token")
        if not endpoint or not isinstance(token, str) or not token.isascii() or not token.isprintable():
            return {}
        claims = self._outside.get(endpoint, {"Authorization": f"Bearer {token}"})
        if claims.get("sub") != subject:
            raise TokenRefused("UserInfo is of somebody else")
        return claims

    @property
    def _known_metadata(self) -> dict[str, Any]:
        assert self._known is not None  # noqa: S101 - every method begins with _metadata
        return self._known[1]

    def _metadata(self, now: datetime) -> dict[str, Any]:
        with self._lock:
            if self._known is None or now - self._known[0] >= KEEP_METADATA:
                self._known = (now, self._discovered())
            return self._known[1]

    def _discovered(self) -> dict[str, Any]:
        found = self._outside.get(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.settings.issuer:
            raise OutsideError("it calls itself by another issuer than the file does")
        needed = [*_NEEDED, *(each for each in _POSSIBLE if found.get(each) is not None)]
        if wrong := [each for each in needed if not is_safe(found.get(each))]:
            raise OutsideError(f"its {wrong[0]} is missing, or is no https address")
        return found


def _with_query(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
