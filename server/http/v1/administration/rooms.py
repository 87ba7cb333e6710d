"""The routes of rooms: cameras that may be named by URL, parts that are never looked at, what cameras can do."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from protocol.fields import Moment, Name
from server.access import Action
from server.dispatch import Call
from server.domain.zones import FEWEST_POINTS, MOST_POINTS, flaw
from server.errors import BadRequest
from server.http.v1.administration.accounts import Ended
from server.http.v1.administration.devices import DeviceName
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import Api, Number, Route, needs_of
from server.services.camera_urls import MOST_URL, require_camera_url
from server.services.rooms.kept_check import read_check
from server.store import NamedCamera

Part = Annotated[float, Meta(ge=0, le=1)]


class ListedCameras(Listed, frozen=True, kw_only=True):
    pass


class CameraShown(Struct, frozen=True, kw_only=True):
    """Its password is told to nobody."""

    camera: Name
    url: str
    user: str


class CameraPage(Struct, frozen=True, kw_only=True):
    cameras: tuple[CameraShown, ...]  # by name
    next: str | None


class PutCamera(Struct, frozen=True, kw_only=True):
    """url, and what lies below its path, may be asked for. password: sealed, and sent as the camera asks for it."""

    camera: DeviceName
    url: Annotated[str, Meta(min_length=1, max_length=MOST_URL)]
    user: Name = ""
    password: Annotated[str, Meta(max_length=200)] = ""


class OneCamera(Struct, frozen=True, kw_only=True):
    camera: DeviceName


class ListedZones(Listed, frozen=True, kw_only=True):
    pass


class ZoneShown(Struct, frozen=True, kw_only=True):
    """camera: "": of every one. corners: x and y of each, in parts of the picture's width and height."""

    zone: int
    room: str
    camera: str
    corners: tuple[tuple[float, float], ...]


class ZonePage(Struct, frozen=True, kw_only=True):
    zones: tuple[ZoneShown, ...]  # by number
    next: str | None


class AddZone(Struct, frozen=True, kw_only=True):
    room: DeviceName
    camera: Name = ""
    corners: Annotated[tuple[tuple[Part, Part], ...], Meta(min_length=FEWEST_POINTS, max_length=MOST_POINTS)]


class OneZone(Struct, frozen=True, kw_only=True):
    zone: Number


class ListedRooms(Listed, frozen=True, kw_only=True):
    pass


class RoomShown(Struct, frozen=True, kw_only=True):
    """What a camera was found to be able to do when it was checked last."""

    room: str
    camera: str
    checked: Moment
    korean: str
    english: str


class RoomPage(Struct, frozen=True, kw_only=True):
    rooms: tuple[RoomShown, ...]  # by room and camera
    next: str | None


def _cameras(asked: ListedCameras, call: Call, _api: Api) -> CameraPage:
    found = call.services.store.cameras.listed()
    page = page_of(found, lambda each: (each.name,), asked.limit, asked.cursor, "cameras")
    return CameraPage(cameras=tuple(map(_camera, page.items)), next=page.next)


def _camera(camera: NamedCamera) -> CameraShown:
    return CameraShown(camera=camera.name, url=camera.url, user=camera.user)


def _put_camera(asked: PutCamera, call: Call, _api: Api) -> CameraShown:
    password = asked.password if asked.user else ""
    camera = NamedCamera(asked.camera, require_camera_url(asked.url), asked.user, password)
    call.services.store.cameras.put(camera, at=call.now, by=call.caller.name)
    return _camera(camera)


def _remove_camera(asked: OneCamera, call: Call, _api: Api) -> Ended:
    call.services.store.cameras.remove(asked.camera, at=call.now, by=call.caller.name)
    return Ended(ended=True)


def _zones(asked: ListedZones, call: Call, _api: Api) -> ZonePage:
    found = call.services.store.zones.listed()
    page = page_of(found, lambda each: ("", each.number), asked.limit, asked.cursor, "zones")
    shown = tuple(
        ZoneShown(zone=each.number, room=each.room, camera=each.camera, corners=each.points) for each in page.items
    )
    return ZonePage(zones=shown, next=page.next)


def _add_zone(asked: AddZone, call: Call, _api: Api) -> ZoneShown:
    if wrong := flaw(asked.corners):
        raise BadRequest(f"The zone {wrong}.")
    zones, by = call.services.store.zones, call.caller.name
    number = zones.add(asked.room, asked.camera, asked.corners, at=call.now, by=by)
    return ZoneShown(zone=number, room=asked.room, camera=asked.camera, corners=asked.corners)


def _remove_zone(asked: OneZone, call: Call, _api: Api) -> Ended:
    call.services.store.zones.remove(asked.zone, at=call.now, by=call.caller.name)
    return Ended(ended=True)


def _rooms(asked: ListedRooms, call: Call, _api: Api) -> RoomPage:
    found = call.services.store.room_checks.latest()
    page = page_of(found, lambda each: (f"{each.room}\0{each.camera}",), asked.limit, asked.cursor, "rooms")
    checks = [(each, read_check(each.result)) for each in page.items]
    shown = tuple(
        RoomShown(
            room=each.room,
            camera=each.camera,
            checked=each.checked_at,
            korean=check.korean if check else "",
            english=check.english if check else "",
        )
        for each, check in checks
    )
    return RoomPage(rooms=shown, next=page.next)


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/cameras",
        name="list_cameras",
        summary="Cameras that clients may name by URL, without their passwords",
        asks=ListedCameras,
        gives=CameraPage,
        answer=_cameras,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="PUT",
        path="/v1/cameras",
        name="put_camera",
        summary="Allow a camera's URL, as `camera add`; another of its name is replaced",
        asks=PutCamera,
        gives=CameraShown,
        answer=_put_camera,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="DELETE",
        path="/v1/cameras",
        name="remove_camera",
        summary="Allow a camera no longer, and forget its password",
        asks=OneCamera,
        gives=Ended,
        answer=_remove_camera,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="GET",
        path="/v1/rooms/zones",
        name="list_zones",
        summary="Parts of rooms' pictures that are never looked at",
        asks=ListedZones,
        gives=ZonePage,
        answer=_zones,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="POST",
        path="/v1/rooms/zones",
        name="add_zone",
        summary="Never look into a part of a room's pictures, as `zone add`",
        asks=AddZone,
        gives=ZoneShown,
        answer=_add_zone,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="DELETE",
        path="/v1/rooms/zones/{zone}",
        name="remove_zone",
        summary="Look into that part again",
        asks=OneZone,
        gives=Ended,
        answer=_remove_zone,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="GET",
        path="/v1/rooms",
        name="list_rooms",
        summary="What the rooms' cameras were found to be able to do",
        asks=ListedRooms,
        gives=RoomPage,
        answer=_rooms,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
)
