"""All pages of the administrator."""

from typing import Any

from server.pages.admin.accounts import account_routes
from server.pages.admin.cameras import camera_routes
from server.pages.admin.devices import device_routes
from server.pages.admin.rights import right_routes
from server.pages.admin.sign_ins import sign_in_routes
from server.pages.visit import Pages


def admin_routes(pages: Pages) -> list[Any]:
    return [
        *account_routes(pages),
        *right_routes(pages),
        *device_routes(pages),
        *camera_routes(pages),
        *sign_in_routes(pages),
    ]
