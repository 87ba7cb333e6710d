"""An identity provider on a free port that says whatever a test wants it to say."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT = "rollcall"
Key = RSAKey | ECKey


class IdentityProvider:
    """keys: those that it publishes; the first signs. answers: what its token endpoint gives for a code."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.keys: list[Key] = [first_key()]
        self.metadata: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/leave",
            "authorization_response_iss_parameter_supported": True,
        }
        self.answers: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.userinfo: dict[str, Any] = {}

    def signed(self, claims: dict[str, Any], *, key: Key | None = None, algorithm: str = "RS256") -> str:
        key = key or self.keys[0]
        return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])

    def claims(self, login_url: str, now: datetime, **more: Any) -> dict[str, Any]:
        """Of an ID token that is right. more: claims instead of these, or beside them; None: without."""
        sent = dict(parse_qsl(urlsplit(login_url).query))
        made = {"iss": self.issuer, "aud": CLIENT, "sub": "0001", "nonce": sent["nonce"]}
        made |= {"iat": now.timestamp(), "exp": now.timestamp() + 300, "account": "kim", "sid": "s1"} | more
        return {name: value for name, value in made.items() if value is not None}

    def code_for(self, id_token: str) -> str:
        code = secrets.token_urlsafe(8)
        self.answers[code] = {"id_token": id_token, "access_token": "at", "token_type": "Bearer"}
        return code

    def answer(self, method: str, path: str, body: str) -> dict[str, Any] | None:
        self.asked.append((path, {name: values[0] for name, values in parse_qs(body).items()}))
        if path == "/.well-known/openid-configuration":
            return self.metadata
        if path == "/jwks":
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        if path == "/userinfo":
            return self.userinfo
        return self.answers.pop(self.asked[-1][1].get("code", ""), None) if method == "POST" else None


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})


first_key = cache(new_key)


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", "")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, method: str, body: str) -> None:
            found = provider.answer(method, self.path, body)
            data = json.dumps(found or {"error": "invalid_grant"}).encode()
            self.send_response(200 if found is not None else 400)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = IdentityProvider(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
