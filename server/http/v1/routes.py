"""All routes of version 1, in one table."""

from typing import Final

from server.http.v1 import courses, me, pairing_routes, people, reports, requests, rosters, vetoes, who, wire_routes
from server.http.v1.administration import access_log, accounts, consents, devices, mails, rooms, staff
from server.http.v1.route import Route

ROUTES: Final[tuple[Route, ...]] = (
    *wire_routes.ROUTES,
    *courses.ROUTES,
    *rosters.ROUTES,
    *people.ROUTES,
    *reports.ROUTES,
    *requests.ROUTES,
    *pairing_routes.ROUTES,
    *accounts.ROUTES,
    *mails.ROUTES,
    *staff.ROUTES,
    *devices.ROUTES,
    *rooms.ROUTES,
    *consents.ROUTES,
    *access_log.ROUTES,
    *who.ROUTES,
    *me.ROUTES,
    *vetoes.ROUTES,
)
