"""All pages of the privacy officer."""

from typing import Any

from server.pages.privacy.access_log import access_log_routes
from server.pages.privacy.affected import affected_routes
from server.pages.privacy.erasures import erasure_routes
from server.pages.privacy.vetoes import veto_routes
from server.pages.visit import Pages


def privacy_routes(pages: Pages) -> list[Any]:
    return [*access_log_routes(pages), *erasure_routes(pages), *veto_routes(pages), *affected_routes(pages)]
