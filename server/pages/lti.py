"""Take launches of a learning platform, which come from its own pages and open in a window of their own."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.response import Redirect

from server.access import Action, courses_for
from server.errors import Unauthorised
from server.http.application import exchange_of
from server.http.problems import HttpProblem
from server.pages.sign_in import signed_in
from server.pages.sign_on import NO_PROVIDER, agent_of, once, told
from server.pages.visit import AnyRequest, Form, Pages, to
from server.services.sign_on.lti import LtiLaunches
from server.services.sign_on.openid_sign_on import LOGIN_LASTS

# Of the browser in which a launch has begun: the platform's page posts the rest, so it has to come from there too.
LAUNCH_COOKIE: Final = "__Host-launch"


def lti_routes(pages: Pages) -> list[Any]:
    """They are asked for by a platform's pages, and change nothing but who is signed in."""

    @get("/lti/login", sync_to_thread=True)
    def login(request: AnyRequest) -> Redirect:
        return _begun(pages, request, once(request))

    @post("/lti/login", sync_to_thread=True)
    def login_by_form(request: AnyRequest, data: Form) -> Redirect:
        return _begun(pages, request, data)

    @post("/lti/launch", sync_to_thread=True)
    def launch(request: AnyRequest, data: Form) -> Redirect:
        visit, address = pages.visit(request, "/lti/launch"), exchange_of(request).address
        kept = request.cookies.get(LAUNCH_COOKIE)
        try:
            found, course = _launches(pages).finish(data, kept, address=address, agent=agent_of(request), now=visit.now)
        except Unauthorised as refused:
            raise told(refused) from refused
        _, principal = pages.services.web_sessions.find(found.token, visit.now)
        theirs = course in courses_for(principal, Action.READ_REPORT)
        return signed_in(found, f"/report?{urlencode({'course': course})}" if theirs else "/")

    @get("/lti/jwks", sync_to_thread=True)
    def keys(request: AnyRequest) -> Response[dict[str, Any]]:
        pages.visit(request, "/lti/jwks")
        if pages.sign_on.lti_rosters is None:
            raise HttpProblem(404, NO_PROVIDER)
        return Response(pages.sign_on.lti_rosters.public_keys(), media_type="application/json")

    return [login, login_by_form, launch, keys]


def _begun(pages: Pages, request: AnyRequest, asked: Mapping[str, str]) -> Redirect:
    visit, address = pages.visit(request, "/lti/login"), exchange_of(request).address
    try:
        begun = _launches(pages).begin(asked, request.cookies.get(LAUNCH_COOKIE), address=address, now=visit.now)
    except Unauthorised as refused:
        raise told(refused) from refused
    answer = to(begun.url)
    lasts = int(LOGIN_LASTS.total_seconds())
    answer.set_cookie(
        LAUNCH_COOKIE, begun.browser, max_age=lasts, path="/", secure=True, httponly=True, samesite="none"
    )
    return answer


def _launches(pages: Pages) -> LtiLaunches:
    if pages.sign_on.lti is None:
        raise HttpProblem(404, NO_PROVIDER)
    return pages.sign_on.lti
