"""Say where, in which language and of what one is told by mail."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from protocol.replies import Error
from server.access import Kind
from server.pages.language import LANGUAGES
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, text_of, to
from server.store import User

PATH: Final = "/notices"
NO_ACCOUNT: Final = "Only a person with an account is told by mail."


def notice_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def shown(request: AnyRequest, done: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, PATH)
        values = {"account": _own(visit), "done": done == "yes", "mails": pages.mails}
        return visit.show("notices.html", {**values, "is_office": bool(visit.principal.roles)})

    @post(PATH, sync_to_thread=True)
    def changed(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, PATH)
        account, accounts = _own(visit), pages.services.store.accounts
        email, language = text_of(data, "email"), text_of(data, "language")
        if email != account.email or account.email_refused_at:
            accounts.set_address(account.name, email, at=visit.now, by=account.name)
        chosen = language if language in LANGUAGES else account.language
        accounts.set_notices(account.id, language=chosen, wanted=text_of(data, "wanted") == "yes")
        return to(f"{PATH}?done=yes")

    return [shown, changed]


def _own(visit: Visit) -> User:
    """The account of who asks. Raises PageProblem."""
    visit.require_person()
    found = None
    if visit.principal.kind is Kind.USER and not visit.principal.window:
        found = visit.pages.services.store.accounts.by_id(visit.principal.id)
    if found is None:
        raise PageProblem(Error(code="forbidden", text=NO_ACCOUNT))
    return found
