"""The cameras and PCs of rooms: a token is shown once, and never again."""

from datetime import timedelta
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from server.access import Action
from server.pages.visit import AnyRequest, Form, Pages, Visit, text_of, to
from server.services.identity.devices import NewToken
from server.store import Token

PATH: Final = "/admin/devices"
MOST_DAYS: Final = 3650
STATES: Final = {"revoked": "revoked", "good": "good", "over": "run out", "none": "without a token"}


def device_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def listed(request: AnyRequest, done: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.MANAGE_DEVICES)
        return _page(visit, done=done == "yes")

    @post(PATH, sync_to_thread=True)
    def add(request: AnyRequest, data: Form) -> Response[str]:
        visit = pages.visit(request, PATH)
        call = visit.require(Action.MANAGE_DEVICES)
        days = text_of(data, "days")
        good = timedelta(days=min(int(days), MOST_DAYS)) if days.isascii() and days.isdigit() and int(days) else None
        how: dict[str, Any] = {"at": call.now, "by": call.caller.name, "expires_at": call.now + good if good else None}
        name = text_of(data, "device")
        if text_of(data, "what") == "rotate":
            return _page(visit, pages.office.devices.rotate(name, **how))
        return _page(visit, pages.office.devices.add(name, text_of(data, "room"), **how))

    @post(f"{PATH}/revoke", sync_to_thread=True)
    def revoke(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, f"{PATH}/revoke")
        call = visit.require(Action.MANAGE_DEVICES)
        pages.office.devices.revoke(text_of(data, "device"), at=call.now, by=call.caller.name)
        return to(f"{PATH}?done=yes")

    return [listed, add, revoke]


def _page(visit: Visit, made: NewToken | None = None, *, done: bool = False) -> Response[str]:
    found = visit.pages.office.devices.listed()
    devices = [(device, tokens[-1] if tokens else None) for device, tokens in found]
    values = {
        "devices": [(device, token, STATES[_state(token, visit)]) for device, token in devices],
        "made": made,
        "done": done,
        "STATES": STATES,
    }
    return visit.show("admin/devices.html", values)


def _state(token: Token | None, visit: Visit) -> str:
    if token is None:
        return "none"
    if token.revoked_at is not None:
        return "revoked"
    return "good" if token.expires_at is None or token.expires_at > visit.now else "over"
