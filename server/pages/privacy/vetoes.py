"""Show which faces are said not to be which students', and remove one."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Redirect

from server.access import Action
from server.errors import BadRequest
from server.pages.visit import AnyRequest, Form, Pages, text_of, to

PATH: Final = "/vetoes"
NO_SUCH: Final = "There is no such entry; load the page anew."


def veto_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def listed(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.READ_ACCESS_LOG)
        service = pages.services.vetoes
        return visit.show("privacy/vetoes.html", {"vetoes": service.of_courses(None), "model_id": service.model_id})

    @post(PATH, sync_to_thread=True)
    def removed(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, PATH)
        visit.require(Action.READ_ACCESS_LOG)
        number = text_of(data, "veto")
        if not (number.isascii() and number.isdigit() and len(number) < 16):
            raise BadRequest(NO_SUCH)
        service = pages.services.vetoes
        veto = service.get(int(number))
        call = visit.require(Action.ERASE, student=veto.student)
        service.take_back(veto, now=visit.now, by=call.caller.name)
        return to(PATH)

    return [listed, removed]
