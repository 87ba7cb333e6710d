"""The cameras that clients may name by URL, their passwords sealed."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from server.access import Action
from server.pages.visit import AnyRequest, Form, Pages, text_of, to
from server.services.camera_urls import require_camera_url
from server.store import NamedCamera

PATH: Final = "/admin/cameras"


def camera_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def listed(request: AnyRequest, done: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.MANAGE_DEVICES)
        cameras = pages.services.store.cameras.listed()
        return visit.show("admin/cameras.html", {"cameras": cameras, "done": done == "yes"})

    @post(PATH, sync_to_thread=True)
    def add(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, PATH)
        call = visit.require(Action.MANAGE_DEVICES)
        url, user = text_of(data, "url"), text_of(data, "user")
        password = str(data.get("password", "")) if user else ""
        camera = NamedCamera(text_of(data, "camera"), require_camera_url(url), user, password)
        call.services.store.cameras.put(camera, at=call.now, by=call.caller.name)
        return to(f"{PATH}?done=yes")

    @post(f"{PATH}/remove", sync_to_thread=True)
    def remove(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, f"{PATH}/remove")
        call = visit.require(Action.MANAGE_DEVICES)
        call.services.store.cameras.remove(text_of(data, "camera"), at=call.now, by=call.caller.name)
        return to(f"{PATH}?done=yes")

    return [listed, add, remove]
