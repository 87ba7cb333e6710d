"""Sign in, sign out, and let a person sign in on a classroom's window by the code that it shows."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from protocol.replies import Error
from server.access import Kind
from server.dispatch.replies import error_reply
from server.errors import BadRequest, Busy, Unauthorised
from server.http.application import exchange_of
from server.http.credentials import COOKIE
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, own_path, text_of, to
from server.services.identity.web_sessions import SignedIn

MOST_AGENT: Final = 200
NO_ACCOUNT: Final = "Only somebody with an account signs in on a window."


def sign_in_routes(pages: Pages) -> list[Any]:
    @get("/sign-in", sync_to_thread=True)
    def form(request: AnyRequest, next_page: FromQuery[str] = "/", left: FromQuery[str] = "") -> Response[str]:
        return _form(pages.visit(request, "/sign-in"), next_page, "", left=bool(left))

    @post("/sign-in", sync_to_thread=True)
    def sign_in(request: AnyRequest, data: Form) -> Response[Any]:
        visit, following = pages.visit(request, "/sign-in"), text_of(data, "next")
        try:
            found = pages.services.web_sessions.sign_in(
                text_of(data, "user"),
                str(data.get("password", "")),
                address=exchange_of(request).address,
                agent=request.headers.get("user-agent", "")[:MOST_AGENT],
                now=visit.now,
                lectern=bool(text_of(data, "lectern")),
            )
        except (Unauthorised, Busy) as refused:
            status = 503 if isinstance(refused, Busy) else 401
            return _form(visit, following, visit.words(error_reply(refused)), text_of(data, "user"), status)
        return signed_in(found, following)

    @post("/sign-out", sync_to_thread=True)
    def sign_out(request: AnyRequest) -> Redirect:
        visit = pages.visit(request, "/sign-out")
        token = request.cookies.get(COOKIE)
        if token:
            pages.services.web_sessions.end(token, visit.now)
        answer = to("/sign-in?left=yes")
        answer.set_cookie(COOKIE, "", path="/", max_age=0, secure=True, httponly=True, samesite="lax")
        answer.headers["Clear-Site-Data"] = '"storage"'
        return answer

    @get("/pair", sync_to_thread=True)
    def pair(request: AnyRequest, code: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, "/pair")
        visit.require_person()
        return _pairing(visit, code)

    @post("/pair", sync_to_thread=True)
    def approve(request: AnyRequest, data: Form) -> Response[str]:
        visit = pages.visit(request, "/pair")
        visit.require_person()
        if visit.principal.kind is not Kind.USER:
            raise PageProblem(Error(code="forbidden", text=NO_ACCOUNT), back="/pair")
        user = pages.services.store.accounts.find(visit.principal.name)
        if user is None:
            raise PageProblem(Error(code="forbidden", text=NO_ACCOUNT), back="/pair")
        pairing, until = pages.services.pairings.approve(
            text_of(data, "code"), user, now=visit.now, by=user.name, address=exchange_of(request).address
        )
        return visit.show("pair.html", {"problem": "", "pairing": pairing, "until": until, "code": ""})

    return [form, sign_in, sign_out, pair, approve]


def signed_in(found: SignedIn, following: str) -> Redirect:
    """Go on to the page that they wanted, with the session's cookie."""
    answer = to(own_path(following))
    # It ends with the browser; how long it is good, the server says.
    answer.set_cookie(COOKIE, found.token, path="/", secure=True, httponly=True, samesite="lax")
    return answer


def _form(
    visit: Visit, following: str, problem: str, user: str = "", status: int = 200, *, left: bool = False
) -> Response[str]:
    sign_on = visit.pages.sign_on
    providers = [
        (offer.label, path)
        for offer, path in ((sign_on.openid, "/auth/login"), (sign_on.proxy, "/auth/proxy"))
        if offer is not None
    ]
    leave = sign_on.openid.label if left and sign_on.openid else ""
    values = {"next": own_path(following), "problem": problem, "providers": providers, "user": user}
    return visit.show("sign_in.html", values | {"left": left, "leave": leave}, status)


def _pairing(visit: Visit, code: str) -> Response[str]:
    """Asks for the code; then where it stands, before anything is approved."""
    problem, pairing = "", None
    if code.strip():
        try:
            pairing = visit.pages.services.pairings.pending(code, visit.now)
        except BadRequest as wrong:
            problem = visit.words(error_reply(wrong))
    return visit.show("pair.html", {"problem": problem, "pairing": pairing, "until": None, "code": code.strip()})
