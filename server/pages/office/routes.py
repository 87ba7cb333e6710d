"""All pages of the office."""

from typing import Any

from server.pages.office.consents import consent_routes
from server.pages.office.courses import course_routes
from server.pages.office.photographs import photograph_routes
from server.pages.office.reports import report_routes
from server.pages.office.rosters import roster_routes
from server.pages.office.start import start_routes
from server.pages.office.terms import term_routes
from server.pages.visit import Pages


def office_routes(pages: Pages) -> list[Any]:
    return [
        *start_routes(pages),
        *roster_routes(pages),
        *photograph_routes(pages),
        *course_routes(pages),
        *term_routes(pages),
        *consent_routes(pages),
        *report_routes(pages),
    ]
