"""Sign in by an identity provider: go there, come back, and end here what ended there."""

from collections import defaultdict
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from server.dispatch.replies import error_reply
from server.errors import RollcallError, Unauthorised
from server.http.application import exchange_of
from server.http.problems import HttpProblem
from server.pages.sign_in import MOST_AGENT, signed_in
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, own_path, text_of, to
from server.services.sign_on.openid_sign_on import LOGIN_LASTS, OpenIdSignOn

# Of the browser that has begun to sign in. Lax: it comes back from another site.
LOGIN_COOKIE: Final = "__Host-login"
NO_PROVIDER: Final = "Nobody signs in that way here."


def sign_on_routes(pages: Pages) -> list[Any]:
    @get("/auth/login", sync_to_thread=True)
    def login(request: AnyRequest, following: FromQuery[str] = "/") -> Redirect:
        visit = pages.visit(request, "/auth/login")
        kept = request.cookies.get(LOGIN_COOKIE)
        address = exchange_of(request).address
        begun = _openid(pages).begin(own_path(following), kept, address=address, now=visit.now)
        answer = to(begun.url)
        lasts = int(LOGIN_LASTS.total_seconds())
        answer.set_cookie(
            LOGIN_COOKIE, begun.browser, max_age=lasts, path="/", secure=True, httponly=True, samesite="lax"
        )
        return answer

    @get("/auth/callback", sync_to_thread=True)
    def callback(request: AnyRequest) -> Redirect:
        visit = pages.visit(request, "/auth/callback")
        try:
            found, following = _openid(pages).finish(
                once(request),
                request.cookies.get(LOGIN_COOKIE),
                address=exchange_of(request).address,
                agent=agent_of(request),
                now=visit.now,
            )
        except Unauthorised as refused:
            raise told(refused) from refused
        return signed_in(found, following)

    @get("/auth/logout", sync_to_thread=True)
    def logout(request: AnyRequest) -> Redirect:
        visit, address = pages.visit(request, "/auth/logout"), exchange_of(request).address
        back = f"{pages.sign_on.url}/sign-in"
        return to(_openid(pages).leaving(back, address=address, now=visit.now) or "/sign-in")

    @get("/auth/proxy", sync_to_thread=True)
    def by_proxy(request: AnyRequest, following: FromQuery[str] = "/") -> Redirect:
        visit, exchange = pages.visit(request, "/auth/proxy"), exchange_of(request)
        if pages.sign_on.proxy is None:
            raise HttpProblem(404, NO_PROVIDER)
        headers: dict[str, list[str]] = defaultdict(list)
        for name, value in request.headers.multi_items():
            headers[name].append(value)
        try:
            found = pages.sign_on.proxy.sign_in(
                headers, by_proxy=exchange.by_proxy, address=exchange.address, agent=agent_of(request), now=visit.now
            )
        except Unauthorised as refused:
            raise told(refused) from refused
        return signed_in(found, following)

    return [login, callback, logout, by_proxy]


def provider_routes(pages: Pages) -> list[Any]:
    """What a provider itself asks for: no page of this server, so none of its cookies counts."""

    @post("/auth/backchannel-logout", sync_to_thread=True, status_code=200)
    def end(request: AnyRequest, data: Form) -> Response[bytes]:
        exchange = exchange_of(request)
        exchange.route = "/auth/backchannel-logout"
        try:
            _openid(pages).end(text_of(data, "logout_token"), address=exchange.address, now=pages.clock())
        except Unauthorised as refused:
            raise HttpProblem(400, refused.text) from refused
        return Response(b"")

    return [end]


def _openid(pages: Pages) -> OpenIdSignOn:
    if pages.sign_on.openid is None:
        raise HttpProblem(404, NO_PROVIDER)
    return pages.sign_on.openid


def told(refused: RollcallError) -> PageProblem:
    """A refusal on a page that does not ask to sign in: that would begin the same again."""
    return PageProblem(msgspec.structs.replace(error_reply(refused), code="forbidden"), back="/sign-in")


def once(request: AnyRequest) -> dict[str, str]:
    """The query, of which nothing may come twice: two readers would take different ones."""
    pairs = [(name, str(value)) for name, value in request.query_params.multi_items()]
    found = dict(pairs)
    if len(found) != len(pairs):
        raise HttpProblem(400, "The request cannot be understood.")
    return found


def agent_of(request: AnyRequest) -> str:
    """What the browser calls itself."""
    return request.headers.get("user-agent", "")[:MOST_AGENT]
