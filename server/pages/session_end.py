"""Say when the session of somebody who is signed in ends, and put the end off where they ask for it."""

from dataclasses import dataclass
from typing import Any

from litestar import get, post

from server.errors import Unauthorised
from server.http.application import exchange_of
from server.http.credentials import COOKIE
from server.pages.visit import AnyRequest, Pages


@dataclass(frozen=True, slots=True)
class Left:
    """Seconds until the session ends if nothing is done, and until it ends in any case; 0: it is over."""

    left_s: int
    most_s: int


def session_end_routes(pages: Pages) -> list[Any]:
    @get("/session-end", sync_to_thread=True)
    def left(request: AnyRequest) -> Left:
        """Asking does not put it off: a page asks by itself."""
        exchange_of(request).route = "/session-end"
        return _left(pages, request)

    @post("/session-end", sync_to_thread=True, status_code=200)
    def put_off(request: AnyRequest) -> Left:
        pages.visit(request, "/session-end")  # whoever visits is seen
        return _left(pages, request)

    return [left, put_off]


def _left(pages: Pages, request: AnyRequest) -> Left:
    try:
        end = pages.services.web_sessions.end_of(request.cookies.get(COOKIE, ""), pages.clock())
    except Unauthorised:
        return Left(0, 0)
    now = pages.clock()
    return Left(int((end.idle_at - now).total_seconds()), int((end.longest_at - now).total_seconds()))
