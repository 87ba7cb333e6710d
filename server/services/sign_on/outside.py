"""Ask an identity provider over HTTP, in bounded time and without following it anywhere else."""

import logging
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import msgspec

from server.errors import SetupProblem

DEADLINE_S: Final = 10.0
MOST_BYTES: Final = 1024 * 1024
# They log every URL that is asked for.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class OutsideError(Exception):
    """No answer that can be used; the text says why, for the log, and repeats nothing of what was sent or came."""


class Outside:
    """For any thread. ca_file: who has signed the provider's certificate, where that is no public authority."""

    def __init__(self, ca_file: Path | None = None) -> None:
        try:
            verify = ssl.create_default_context(cafile=ca_file)
        except OSError as error:
            raise SetupProblem(f"The certificates in {ca_file} cannot be read: {error}.") from error
        # A connection for each: they are few, and nobody has to close what is kept.
        kept = httpx2.Limits(max_keepalive_connections=0)
        self._client = httpx2.Client(
            verify=verify, trust_env=False, timeout=DEADLINE_S, follow_redirects=False, limits=kept
        )

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A JSON object. Raises OutsideError."""
        return self._asked("GET", url, headers=headers)[0]

    def page(self, url: str, headers: Mapping[str, str]) -> tuple[dict[str, Any], str | None]:
        """A JSON object, with the URL of the page behind it (RFC 8288). Raises OutsideError."""
        return self._asked("GET", url, headers=headers)

    def post(
        self, url: str, form: Mapping[str, str], auth: tuple[str, str] | None = None, accept: str = "application/json"
    ) -> dict[str, Any]:
        """The JSON object that answers a form. auth: name and password. Raises OutsideError."""
        return self._asked("POST", url, data=dict(form), auth=auth, headers={"Accept": accept})[0]

    def _asked(self, method: str, url: str, **how: Any) -> tuple[dict[str, Any], str | None]:
        deadline = time.monotonic() + DEADLINE_S
        try:
            with self._client.stream(method, url, **how) as answer:
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES or time.monotonic() > deadline:
                        raise OutsideError("it answers too much, or too slowly")
            if answer.status_code != 200:
                raise OutsideError(f"it answered with status {answer.status_code}")
            following = answer.links.get("next", {}).get("url")
            found = msgspec.json.decode(body)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            raise OutsideError(f"it does not answer ({type(error).__name__})") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise OutsideError("its answer is no JSON") from error
        if not isinstance(found, dict):
            raise OutsideError("its answer is no JSON object")
        return found, following


def is_safe(url: object) -> bool:
    """Whether a URL may be asked for or sent to a browser: https, or http on this machine."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None or not url.isascii() or not url.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
