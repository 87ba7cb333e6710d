"""Where people are signed in, on pages and on classrooms' windows; any of it can be ended."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from server.access import Action
from server.pages.visit import AnyRequest, Form, Pages, text_of, to

PATH: Final = "/admin/sign-ins"


def sign_in_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def listed(request: AnyRequest, done: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, PATH)
        call = visit.require(Action.MANAGE_USERS)
        store = call.services.store
        values = {
            "sessions": [each for each in store.web_sessions.listed() if each.expires_at > visit.now],
            "windows": store.devices.pairings(now=visit.now),
            "done": done == "yes",
        }
        return visit.show("admin/sign_ins.html", values)

    @post(f"{PATH}/end", sync_to_thread=True)
    def end(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, f"{PATH}/end")
        call = visit.require(Action.MANAGE_USERS)
        store, number = call.services.store, text_of(data, "number")
        if number.isascii() and number.isdigit() and len(number) < 19:
            if text_of(data, "kind") == "window":
                store.devices.revoke_token(int(number), at=call.now, by=call.caller.name)
            else:
                store.web_sessions.end(int(number), at=call.now, by=call.caller.name)
        return to(f"{PATH}?done=yes")

    return [listed, end]
