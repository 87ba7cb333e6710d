"""Who was given which right, by whom and when; nothing of it can be changed."""

from typing import Any, Final

from litestar import Response, get
from litestar.params import FromQuery

from server.access import Action
from server.pages.admin.accounts import ROLES
from server.pages.visit import AnyRequest, Pages

PATH: Final = "/admin/rights"
MOST_SHOWN: Final = 500
# Of the history what is told in words; who teaches with which grants until when stands as it is there.
WORDS: Final = {**ROLES, "professor": "professor", "assistant": "assistant", "disabled": "shut"}


def right_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def listed(request: AnyRequest, user: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, PATH)
        call = visit.require(Action.MANAGE_USERS)
        name = user.strip()
        changes = call.services.store.accounts.history(name or None)[::-1]
        values = {"changes": changes[:MOST_SHOWN], "count": len(changes), "user": name, "WORDS": WORDS}
        return visit.show("admin/rights.html", values)

    return [listed]
