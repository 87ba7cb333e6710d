"""Everything that a command does has its route, or its reason why it stays on the machine; every list has a limit."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from msgspec import Struct
from msgspec.structs import fields

from server.access import Action
from server.cli.rights import RIGHTS
from server.http.v1.pages import Listed
from server.http.v1.route import Route
from server.http.v1.routes import ROUTES

ROUTE_OF = {
    "access-log report": "access_month",
    "access-log show": "access_log",
    "access-log verify": "check_access_log",
    "breach": "list_affected",
    "camera add": "put_camera",
    "camera list": "list_cameras",
    "camera remove": "remove_camera",
    "consent list": "list_missing_consents",
    "consent record": "record_consent",
    "consent show": "list_consents",
    "course set": "set_course",
    "course show": "list_courses",
    "device add": "add_device",
    "device list": "list_devices",
    "device revoke": "revoke_device",
    "device rotate": "rotate_device",
    "enrol": "add_photograph",
    "erase": "erase",
    "mail list": "list_mails",
    "pairing approve": "approve_pairing",
    "pairing list": "list_pairings",
    "privacy": "draft_document",
    "quality": "quality",
    "report": "report",
    "room list": "list_rooms",
    "roster import": "import_roster",
    "roster merge": "merge_students",
    "roster move": "move_student",
    "session close": "set_session",
    "session discard": "discard_session",
    "session list": "list_sessions",
    "session open": "open_session",
    "session reopen": "set_session",
    "session show": "board",
    "staff add": "add_staff",
    "staff history": "list_rights",
    "staff list": "list_staff",
    "staff remove": "end_staff",
    "term import": "import_term",
    "user add": "add_user",
    "user address": "change_user",
    "user disable": "change_user",
    "user list": "list_users",
    "user password": "change_user",
    "user role": "change_user",
    "user sessions": "list_sign_ins",
    "user unlink": "change_user",
    "user unlock": "change_user",
    "zone add": "add_zone",
    "zone list": "list_zones",
    "zone remove": "remove_zone",
}
ON_THE_MACHINE = {
    "consent form": "a form to print, of texts that /v1/me/consents tells",
    "lti roster": "asks the platform with the key of the sign-on file, which a command reads",
}
# Bounded by what they are about: a class, a student, a month, the weeks of a course.
BOUNDED = {
    "board",
    "propose",
    "confirm",
    "mark",
    "roster",
    "report",
    "snapshot",
    "erase",
    "end_staff",
    "import_roster",
    "import_term",
    "access_month",
    "check_access_log",
    "quality",
    "me",
    "own_attendance",
    "own_explanation",
    "own_consents",
    "decide_consent",
    "own_appeals",
    "open_session",
    "session",
    "set_session",
    "discard_session",
    "set_course",
    "add_zone",
    "add_staff",
    "check_room",
    "kept_room_check",
    "zones",
}


@pytest.mark.parametrize("command", RIGHTS)
def test_a_command_has_a_route_or_a_reason(command: str) -> None:
    if RIGHTS[command] is Action.MAINTAIN:  # nobody has it from elsewhere
        assert command not in ROUTE_OF
    else:
        assert (command in ROUTE_OF) != (command in ON_THE_MACHINE)


def test_what_is_named_is_there() -> None:
    names = {each.name for each in ROUTES}
    assert set(ROUTE_OF.values()) <= names
    assert set(ROUTE_OF) | set(ON_THE_MACHINE) <= set(RIGHTS)
    assert names >= BOUNDED


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: each.name)
def test_a_list_has_a_limit_and_a_cursor(route: Route) -> None:
    if route.gives is None or not list(_lists(route.gives)):
        assert route.name not in BOUNDED
    elif issubclass(route.asks, Listed):
        assert "next" in {each.name for each in fields(route.gives)}
        assert route.name not in BOUNDED
    else:
        assert route.name in BOUNDED


def _lists(struct: type[Struct]) -> Iterator[str]:
    for each in fields(struct):
        if _is_list(each.type):
            yield each.name
        elif isinstance(each.type, type) and issubclass(each.type, Struct):
            yield from _lists(each.type)


def _is_list(kind: Any) -> bool:
    """A tuple without a fixed length."""
    return (get_origin(kind) is tuple and get_args(kind)[-1] is Ellipsis) or any(
        _is_list(each) for each in get_args(kind) if get_origin(kind) is not tuple
    )
