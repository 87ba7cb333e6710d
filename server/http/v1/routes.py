"""All routes of version 1, in one table."""

from typing import Final

from server.http.v1 import courses, me, pairing_routes, people, reports, vetoes, wire_routes
from server.http.v1.route import Route

ROUTES: Final[tuple[Route, ...]] = (
    *wire_routes.ROUTES,
    *courses.ROUTES,
    *people.ROUTES,
    *reports.ROUTES,
    *pairing_routes.ROUTES,
    *me.ROUTES,
    *vetoes.ROUTES,
)
