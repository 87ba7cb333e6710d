"""What every page needs: the first page, the language, and the files that the browser asks for."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from litestar import Response, Router, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from protocol.replies import Error
from server.access import Action, Kind
from server.dispatch import explained
from server.dispatch.replies import error_reply
from server.domain.consents import Purpose
from server.errors import RollcallError
from server.http.application import exchange_of
from server.http.problems import HttpProblem
from server.pages.absences import absence_routes
from server.pages.admin.routes import admin_routes
from server.pages.appeals import appeal_routes
from server.pages.consent import consent_routes
from server.pages.language import LANGUAGES
from server.pages.live import live_routes
from server.pages.lti import lti_routes
from server.pages.notices import notice_routes
from server.pages.office.routes import office_routes
from server.pages.photographs import photograph_routes
from server.pages.privacy.routes import privacy_routes
from server.pages.professor import NOT_UNDERSTOOD, now_page, professor_routes
from server.pages.session_end import session_end_routes
from server.pages.sign_in import sign_in_routes
from server.pages.sign_on import provider_routes, sign_on_routes
from server.pages.static_files import file_response
from server.pages.stored import stored_routes
from server.pages.student import home_page, own_number, student_routes
from server.pages.visit import LANGUAGE_COOKIE, AnyRequest, Form, PageProblem, Pages, own_path, text_of, to

YEAR_S: Final = 365 * 24 * 3600
NO_PAGE: Final = "There is no such page: go on from one of the links."
DONE: Final = {"submitted": "Submitted. Corrections stay possible until the session closes."}


def page_routes(pages: Pages) -> Router:
    """Every page; what goes wrong in one is told by a page."""
    return Router(
        "/",
        route_handlers=[
            *_frame_routes(pages),
            *_browser_routes(pages),
            *sign_in_routes(pages),
            *session_end_routes(pages),
            *sign_on_routes(pages),
            *professor_routes(pages),
            *live_routes(pages),
            *office_routes(pages),
            *admin_routes(pages),
            *privacy_routes(pages),
            *appeal_routes(pages),
            *student_routes(pages),
            *consent_routes(pages),
            *absence_routes(pages),
            *stored_routes(pages),
            *photograph_routes(pages),
            *notice_routes(pages),
        ],
        guards=[require_same_origin],
        exception_handlers=_exception_handlers(pages),
    )


def foreign_routes(pages: Pages) -> Router:
    """What an identity provider or a learning platform asks for, and no page of this server."""
    routes = [*provider_routes(pages), *lti_routes(pages)]
    return Router("/", route_handlers=routes, exception_handlers=_exception_handlers(pages))


def _exception_handlers(pages: Pages) -> dict[int | type[Exception], Any]:
    shown = error_page(pages)
    return {PageProblem: shown, RollcallError: shown, HttpProblem: shown, HTTPException: shown, Exception: shown}


def require_same_origin(connection: Any, _handler: Any) -> None:
    """Only a page of this server may change anything. Raises HttpProblem.

    Sec-Fetch-Site says it. `Origin` counts where a browser sends none; under our referrer policy it is "null" itself.
    """
    if connection.scope.get("method") in {"GET", "HEAD"}:
        return
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin", "")
    own = site == "same-origin" if site else origin.partition("://")[2] == connection.headers.get("host", "")
    if not own:
        raise HttpProblem(403, "Another site asked for this; go to the page yourself and try again.", "forbidden")


def _frame_routes(pages: Pages) -> Sequence[Any]:
    @get("/", sync_to_thread=True)
    def first(request: AnyRequest, done: FromQuery[str] = "") -> Response[Any]:
        visit = pages.visit(request, "/")
        visit.require_person()
        if visit.principal.student is not None and not visit.teaches:
            return home_page(visit, own_number(visit, Action.READ_OWN))
        if visit.places and not visit.teaches:
            return to(visit.places[0].path)  # who teaches nothing begins with what is theirs
        return now_page(visit, DONE.get(done, ""))

    @get("/help", sync_to_thread=True)
    def help_page(request: AnyRequest) -> Response[str]:
        return pages.visit(request, "/help").show("help.html", {"contact": pages.contact})

    @get("/privacy", sync_to_thread=True)
    def privacy(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, "/privacy")
        texts = [pages.texts.text(purpose, visit.language) for purpose in Purpose]
        return visit.show("privacy.html", {"texts": texts, "contact": pages.contact})

    return [first, help_page, privacy]


def _browser_routes(pages: Pages) -> Sequence[Any]:
    """How somebody reads the pages, and the files that come with them."""

    @post("/language", sync_to_thread=False)
    def language(request: AnyRequest, data: Form) -> Redirect:
        exchange_of(request).route = "/language"
        path, wanted = text_of(data, "next"), text_of(data, "language")
        answer = to(own_path(path))
        if wanted in LANGUAGES:
            answer.set_cookie(LANGUAGE_COOKIE, wanted, max_age=YEAR_S, httponly=True, samesite="lax")
        return answer

    @post("/letter-keys", sync_to_thread=True)
    def letter_keys(request: AnyRequest, data: Form) -> Response[None]:
        visit = pages.visit(request, "/letter-keys")
        visit.require_person()
        if visit.principal.kind is Kind.USER:
            pages.services.store.accounts.set_letter_keys(visit.principal.id, text_of(data, "on") == "yes")
        return Response(None, status_code=204)

    @get("/static/{version:str}/{name:str}", sync_to_thread=False)
    def static(request: AnyRequest, version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        exchange_of(request).route = "/static"
        found = file_response(version, name, request.headers.get("accept-encoding", ""))
        if found is None:
            raise HttpProblem(404, "There is no such file.")
        return found

    return [language, letter_keys, static]


def error_page(pages: Pages) -> Callable[[AnyRequest, Exception], Response[Any]]:
    """Whatever went wrong, told by a page in the reader's language; a defect is logged."""

    def shown(request: AnyRequest, error: Exception) -> Response[Any]:
        visit = pages.visit_of_error(request)
        if isinstance(error, PageProblem):
            return visit.problem(error)
        if isinstance(error, HttpProblem):
            return visit.problem(PageProblem(error.error))
        if isinstance(error, HTTPException) and error.status_code == 404:
            return visit.problem(PageProblem(Error(code="bad_request", text=NO_PAGE)), 404)
        if isinstance(error, HTTPException):
            return visit.problem(PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD)))
        return visit.problem(PageProblem(error_reply(explained(error))))

    return shown
