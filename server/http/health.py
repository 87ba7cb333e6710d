"""`/healthz` and `/readyz`, for a proxy or a service manager that asks every second; neither waits for anything."""

from typing import Any

from litestar import Request, Response, get

from protocol.replies import Error
from server.http.application import exchange_of, problem_response
from server.http.problems import problem
from server.readiness import Readiness, Ready


def health_routes(readiness: Readiness) -> list[Any]:
    @get("/healthz")
    async def healthz(request: Request[Any, Any, Any]) -> Response[Any]:
        exchange_of(request).route = "/healthz"
        return Response({"alive": True})

    @get("/readyz")
    async def readyz(request: Request[Any, Any, Any]) -> Response[Any]:
        exchange_of(request).route = "/readyz"
        ready = readiness.now()
        if ready:
            return Response({"ready": True})
        return problem_response(
            problem(Error(code="unavailable", text=_why(ready), retry=True), exchange_of(request).id),
        )

    return [healthz, readyz]


def _why(ready: Ready) -> str:
    if ready.stopping:
        return "The server is stopping; ask another one."
    if not ready.database:
        return "The server cannot reach its database; its log says why."
    return "The networks do not recognise; the server's log says why."
