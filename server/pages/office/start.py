"""The office's first page, and who sits in which room."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get

from protocol.sessions import SessionList, Sessions
from server.access import Action
from server.domain.calendar import campus_day
from server.pages.visit import AnyRequest, Pages, Visit


@dataclass(slots=True)
class Room:
    """name; the courses whose plans name it, and the devices that stand in it."""

    name: str
    courses: list[tuple[str, str]] = field(default_factory=list)  # code, title
    devices: list[str] = field(default_factory=list)


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
    return [found[name] for name in sorted(found)]
