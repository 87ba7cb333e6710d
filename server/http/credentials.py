"""Read who a request says to be, and refuse what a page of another site could have sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from litestar import Request

from server.access import LOCAL, Principal
from server.http.gate import host_name
from server.http.problems import HttpProblem

COOKIE: Final = "__Host-rollcall"
# A page of another site can send neither this header nor JSON without being asked first, and nobody is (no CORS).
OWN_HEADER: Final = "Rollcall"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_TOKEN: Final = 512


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential as it came, not looked at yet: at most one of the two. by_itself: a page asks without a person who
    does anything, which is no use of a session.
    """

    token: str | None = None
    session: str | None = None
    by_itself: bool = False


# Who comes with this from that address, at that moment. Raises Unauthorised; asks the database.
Identify = Callable[[Presented, str, datetime], Principal]


def nobody_is_asked(presented: Presented, address: str, now: datetime) -> Principal:  # noqa: ARG001
    """Where no authentication is asked, everybody is who may use this machine."""
    return LOCAL


def presented(request: Request[Any, Any, Any]) -> Presented:
    """Raises HttpProblem: two at once, one that cannot be read, or a change that another site may have sent."""
    headers = request.headers.getall("authorization", [])
    session = request.cookies.get(COOKIE)
    if len(headers) > 1 or (headers and session):
        raise HttpProblem(400, "A request comes with one credential: a token or a signed-in session, not both.")
    token = _bearer(headers[0]) if headers else None
    if token is None:
        _require_own_page(request)
    return Presented(token, session)


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= MOST_TOKEN or not token.isascii():
        raise HttpProblem(401, "The credential is none of this server: send Authorization: Bearer and a token.")
    return token


def _require_own_page(request: Request[Any, Any, Any]) -> None:
    """What a browser sends by itself, a cookie or the way from this machine, counts from our own pages only."""
    site = request.headers.get("sec-fetch-site", "none")
    origin = request.headers.get("origin")
    foreign = site not in {"none", "same-origin"} or (origin is not None and not _is_own(origin, request))
    if request.method not in SAFE_METHODS and (foreign or request.headers.get(OWN_HEADER) != "1"):
        raise HttpProblem(
            403,
            "A change needs a token, or the header Rollcall: 1 from a page of this server.",
            "unauthorised",
        )


def _is_own(origin: str, request: Request[Any, Any, Any]) -> bool:
    """Its host is the one that was asked, port included; the scheme a proxy may have changed."""
    scheme, _, rest = origin.partition("://")
    host = request.headers.get("host", "")
    return scheme in {"http", "https"} and rest.lower() == host.lower() and bool(host_name(rest))
