"""Put the routes together into one application."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.types import ControllerRouterHandler

from protocol.replies import Error
from server.dispatch import explained
from server.http.gate import Exchange, Gate, GateLimits
from server.http.problems import HttpProblem, ProblemDetails, problem, problem_headers

log = logging.getLogger(__name__)


ErrorPage = Callable[[Request[Any, Any, Any], Exception], Response[Any]]
API: Final = "/v1"


def application(handlers: Sequence[ControllerRouterHandler], limits: GateLimits, page: ErrorPage | None = None) -> Gate:
    """Litestar's routing of these handlers behind the gate; every error is a problem of RFC 9457.

    page: how a browser is told that nothing is at a path.
    """

    def routed_nowhere(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
        if page is not None and error.status_code == 404 and _is_browser(request):
            return page(request, error)
        return _routed_nowhere(request, error)

    routed = Litestar(
        handlers,
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,  # the gate and each route count themselves
        exception_handlers={HttpProblem: _refused, HTTPException: routed_nowhere, Exception: _failed},
    )
    return Gate(routed, limits)


def exchange_of(request: Request[Any, Any, Any]) -> Exchange:
    found: Exchange = request.scope["state"]["exchange"]
    return found


def problem_response(found: ProblemDetails, **headers: str) -> Response[bytes]:
    given = problem_headers(found)
    return Response(
        msgspec.json.encode(found),
        status_code=found.status,
        media_type=given.pop("Content-Type"),
        headers={**given, **headers},
    )


def _is_browser(request: Request[Any, Any, Any]) -> bool:
    """Whether a person is to read the answer."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(f"{API}/")


def _refused(request: Request[Any, Any, Any], refused: HttpProblem) -> Response[bytes]:
    found = problem(refused.error, exchange_of(request).id, refused.status)
    return problem_response(found, **refused.headers)


def _routed_nowhere(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What Litestar itself refuses: an unknown path, or a method that a path has not."""
    if isinstance(error, MethodNotAllowedException):
        text, status = "This path has no such method; the header Allow lists those that it has.", 405
    elif error.status_code == 404:
        text, status = "Nothing is at this path; /v1/openapi.json lists what there is.", 404
    else:
        text, status = "The request cannot be understood.", 400
    found = problem(Error(code="bad_request", text=text), exchange_of(request).id, status)
    return problem_response(found, **(error.headers or {}))


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    return problem_response(problem(explained(error), exchange_of(request).id))
