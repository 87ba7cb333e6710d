"""The routes of devices and their tokens, and of who is signed in on which window. A token is told once."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from protocol.fields import Moment, Name
from server.access import Action
from server.dispatch import Call
from server.http.v1.administration.accounts import Ended
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import Api, Number, Route, needs_of
from server.services.identity.devices import Devices, NewToken
from server.store import Device, Token

DeviceName = Annotated[str, Meta(min_length=1, max_length=100)]
Days = Annotated[int, Meta(ge=1, le=3650)]


class ListedDevices(Listed, frozen=True, kw_only=True):
    pass


class DeviceShown(Struct, frozen=True, kw_only=True):
    """state: of its newest token. until: None: for ever."""

    device: Name
    room: str
    state: Literal["good", "over", "revoked", "none"]
    until: Moment | None
    last_used: Moment | None


class DevicePage(Struct, frozen=True, kw_only=True):
    devices: tuple[DeviceShown, ...]  # by name
    next: str | None


class AddDevice(Struct, frozen=True, kw_only=True):
    """days: how many its token is good; None: for ever. One that is registered moves, and its old token ends."""

    device: DeviceName
    room: DeviceName
    days: Days | None = None


class RotateDevice(Struct, frozen=True, kw_only=True):
    device: DeviceName
    days: Days | None = None


class TokenMade(Struct, frozen=True, kw_only=True):
    """token: told this once, and kept nowhere."""

    device: Name
    room: str
    token: str
    until: Moment | None


class OneDevice(Struct, frozen=True, kw_only=True):
    device: DeviceName


class DeviceRevoked(Struct, frozen=True, kw_only=True):
    """ended: how many tokens: its own, and of who was signed in on its window."""

    device: Name
    ended: int


class ListedPairings(Listed, frozen=True, kw_only=True):
    pass


class PairingShown(Struct, frozen=True, kw_only=True):
    pairing: int
    user: Name
    device: Name
    room: str
    since: Moment
    until: Moment | None


class PairingPage(Struct, frozen=True, kw_only=True):
    pairings: tuple[PairingShown, ...]  # oldest first
    next: str | None


class OnePairing(Struct, frozen=True, kw_only=True):
    pairing: Number


def _devices(asked: ListedDevices, call: Call, _api: Api) -> DevicePage:
    found = Devices(call.services.store).listed()
    page = page_of(found, lambda each: (each[0].name,), asked.limit, asked.cursor, "devices")
    return DevicePage(devices=tuple(_shown(*each, call.now) for each in page.items), next=page.next)


def _shown(device: Device, tokens: list[Token], now: datetime) -> DeviceShown:
    newest = tokens[-1] if tokens else None
    return DeviceShown(
        device=device.name,
        room=device.room,
        state=_state(newest, now),
        until=newest.expires_at if newest else None,
        last_used=newest.last_used_at if newest else None,
    )


def _state(token: Token | None, now: datetime) -> Literal["good", "over", "revoked", "none"]:
    if token is None:
        return "none"
    if token.revoked_at is not None:
        return "revoked"
    return "good" if token.expires_at is None or token.expires_at > now else "over"


def _add(asked: AddDevice, call: Call, _api: Api) -> TokenMade:
    until = _until(asked.days, call)
    devices, by = Devices(call.services.store), call.caller.name
    return _made(devices.add(asked.device, asked.room, at=call.now, by=by, expires_at=until), until)


def _rotate(asked: RotateDevice, call: Call, _api: Api) -> TokenMade:
    until = _until(asked.days, call)
    devices, by = Devices(call.services.store), call.caller.name
    return _made(devices.rotate(asked.device, at=call.now, by=by, expires_at=until), until)


def _until(days: int | None, call: Call) -> datetime | None:
    return None if days is None else call.now + timedelta(days=days)


def _made(made: NewToken, until: datetime | None) -> TokenMade:
    return TokenMade(device=made.device.name, room=made.device.room, token=made.text, until=until)


def _revoke(asked: OneDevice, call: Call, _api: Api) -> DeviceRevoked:
    ended = Devices(call.services.store).revoke(asked.device, at=call.now, by=call.caller.name)
    return DeviceRevoked(device=asked.device, ended=ended)


def _pairings(asked: ListedPairings, call: Call, _api: Api) -> PairingPage:
    found = call.services.store.devices.pairings(now=call.now)
    page = page_of(found, lambda each: ("", each.id), asked.limit, asked.cursor, "pairings")
    return PairingPage(pairings=tuple(map(_pairing, page.items)), next=page.next)


def _pairing(token: Token) -> PairingShown:
    device, user = token.device, token.user
    return PairingShown(
        pairing=token.id,
        user=user.name if user else "",
        device=device.name if device else "",
        room=device.room if device else "",
        since=token.created_at,
        until=token.expires_at,
    )


def _end(asked: OnePairing, call: Call, _api: Api) -> Ended:
    store = call.services.store
    if asked.pairing not in {each.id for each in store.devices.pairings(now=call.now)}:
        return Ended(ended=False)
    return Ended(ended=store.devices.revoke_token(asked.pairing, at=call.now, by=call.caller.name))


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/devices",
        name="list_devices",
        summary="Devices, their rooms, and when their tokens were used last",
        asks=ListedDevices,
        gives=DevicePage,
        answer=_devices,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="POST",
        path="/v1/devices",
        name="add_device",
        summary="Register a device, and tell its token once, as `device add`",
        asks=AddDevice,
        gives=TokenMade,
        answer=_add,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="POST",
        path="/v1/devices/tokens",
        name="rotate_device",
        summary="Give a device another token, told once; the old one ends",
        asks=RotateDevice,
        gives=TokenMade,
        answer=_rotate,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="DELETE",
        path="/v1/devices",
        name="revoke_device",
        summary="End a device's token, and whoever is signed in on its window",
        asks=OneDevice,
        gives=DeviceRevoked,
        answer=_revoke,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="GET",
        path="/v1/pairings",
        name="list_pairings",
        summary="Who is signed in on which window",
        asks=ListedPairings,
        gives=PairingPage,
        answer=_pairings,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
    Route(
        method="DELETE",
        path="/v1/pairings/{pairing}",
        name="revoke_pairing",
        summary="Sign somebody out of a window, from elsewhere",
        asks=OnePairing,
        gives=Ended,
        answer=_end,
        needs=needs_of(Action.MANAGE_DEVICES),
    ),
)
