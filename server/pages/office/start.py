"""The office's first page, and who sits in which room."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Response, get

from protocol.sessions import SessionList, Sessions
from server.access import Action
from server.domain.calendar import campus_day
from server.pages.visit import AnyRequest, Pages, Visit
from server.services.rooms.kept_check import KeptCheck, read_check


@dataclass(frozen=True, slots=True)
class CheckShown:
    """What one camera of a room was found to be able to do. camera: "": whichever stands there."""

    camera: str
    checked_at: datetime
    check: KeptCheck


@dataclass(slots=True)
class Room:
    """name; the courses whose plans name it, the devices that stand in it, and the last check of each camera."""

    name: str
    courses: list[tuple[str, str]] = field(default_factory=list)  # code, title
    devices: list[str] = field(default_factory=list)
    checks: list[CheckShown] = field(default_factory=list)


def start_routes(pages: Pages) -> list[Any]:
    @get("/office", sync_to_thread=True)
    def start(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, "/office")
        visit.require(Action.IMPORT_ROSTER)
        # An administrator sees no attendance, nor that there was a class.
        overdue = visit.ask(Sessions(overdue=True), SessionList).sessions if visit.teaches else ()
        return visit.show("office/start.html", {"overdue": overdue, "sees_classes": visit.teaches})

    @get("/office/rooms", sync_to_thread=True)
    def rooms(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, "/office/rooms")
        visit.require(Action.CHANGE_CALENDAR)
        return visit.show("office/rooms.html", {"rooms": rooms_of(visit)})

    return [start, rooms]


def rooms_of(visit: Visit) -> list[Room]:
    """By name; as today's plans and the list of devices have them."""
    today = campus_day(visit.now, visit.pages.zone)
    found: dict[str, Room] = defaultdict(lambda: Room(""))
    for code, plan in visit.pages.services.courses.all_plans(today).items():
        if plan.room:
            room = found.setdefault(plan.room, Room(plan.room))
            room.courses.append((code, plan.title))
            room.devices += [each for each in plan.devices if each not in room.devices]
    for device, _ in visit.pages.office.devices.listed():
        if device.room:
            room = found.setdefault(device.room, Room(device.room))
            room.devices += [device.name] if device.name not in room.devices else []
    for kept in visit.pages.services.store.room_checks.latest():
        if (check := read_check(kept.result)) is not None:
            room = found.setdefault(kept.room, Room(kept.room))
            room.checks.append(CheckShown(kept.camera, kept.checked_at, check))
    return [found[name] for name in sorted(found)]
