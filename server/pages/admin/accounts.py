"""People's accounts: make one, give it a right or a password, and shut it."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from server.access import Action
from server.dispatch import Call
from server.dispatch.replies import error_reply
from server.domain.identifiers import normal
from server.errors import BadRequest
from server.pages.visit import AnyRequest, Form, Pages, Visit, text_of, to
from server.store import ACCOUNT_ROLES, User

ROLES: Final = {
    "member": "no right everywhere",
    "office": "office",
    "admin": "administrator",
    "privacy_officer": "privacy officer",
}


def account_routes(pages: Pages) -> list[Any]:
    @get("/admin", sync_to_thread=True)
    def listed(request: AnyRequest, done: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, "/admin")
        visit.require(Action.MANAGE_USERS)
        return _page(visit, done)

    @post("/admin/accounts", sync_to_thread=True)
    def add(request: AnyRequest, data: Form) -> Response[Any] | Redirect:
        visit = pages.visit(request, "/admin/accounts")
        call = visit.require(Action.MANAGE_USERS)
        try:
            pages.office.accounts.add(
                text_of(data, "user"),
                full_name=text_of(data, "full_name"),
                role=text_of(data, "role") or ACCOUNT_ROLES[0],
                student=normal(text_of(data, "student")) or None,
                password=str(data.get("password", "")) or None,
                at=call.now,
                by=call.caller.name,
            )
        except BadRequest as refused:
            return _page(visit, problem=refused, fields=data)
        return to("/admin?done=yes")

    @post("/admin/accounts/change", sync_to_thread=True)
    def change(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, "/admin/accounts/change")
        _change(visit, visit.require(Action.MANAGE_USERS), data)
        return to("/admin?done=yes")

    return [listed, add, change]


def _change(visit: Visit, call: Call, form: Mapping[str, str]) -> None:
    name, what, accounts = text_of(form, "user"), text_of(form, "what"), visit.pages.office.accounts
    by: dict[str, Any] = {"at": call.now, "by": call.caller.name}
    match what:
        case "role":
            accounts.change(name, role=text_of(form, "role"), **by)
        case "address":
            accounts.change(name, email=text_of(form, "email"), **by)
        case "disable" | "unlock":
            accounts.change(name, disabled=what == "disable", **by)
        case "password":
            accounts.change(name, password=str(form.get("password", "")), **by)
        case "unlink":
            store = call.services.store
            store.logins.unlink(store.accounts.get(name), **by)
        case "end":
            store = call.services.store
            store.web_sessions.end_of_user(store.accounts.get(name).id, **by)


def _page(
    visit: Visit, done: str = "", problem: BadRequest | None = None, fields: dict[str, str] | None = None
) -> Response[str]:
    users = visit.pages.services.store.accounts.listed()
    values = {
        "accounts": [(each, _state(each, visit)) for each in users],
        "ROLES": ROLES,
        "done": done == "yes",
        "problem": visit.words(error_reply(problem)) if problem else "",
        "fields": {name: (fields or {}).get(name, "") for name in ("user", "full_name", "student", "role")},
    }
    return visit.show("admin/accounts.html", values, 422 if problem else 200)


def _state(user: User, visit: Visit) -> str:
    if user.disabled_at:
        return "disabled"
    return "locked" if user.locked_until and user.locked_until > visit.now else ""
