"""Write a room's check as JSON, and read it again."""

import msgspec

from server.services.rooms.light import HourLight
from server.services.rooms.room_check import RoomCheck, RowState
from server.services.rooms.verdict import advice, verdict


class KeptRow(msgspec.Struct, frozen=True):
    """A row as it was kept; what it is called is in Row."""

    number: int
    faces: int
    size_px: float
    sure: float
    state: RowState
    top: int
    bottom: int


class KeptCheck(msgspec.Struct, frozen=True):
    """What the board and the window need to know of a room's camera."""

    family: str
    width: int
    height: int
    pictures: int
    rows: tuple[KeptRow, ...]
    korean: str
    english: str
    advice: tuple[tuple[str, str], ...] = ()
    lights: tuple[HourLight, ...] = ()


def as_kept(check: RoomCheck) -> KeptCheck:
    said = verdict(check)
    rows = tuple(
        KeptRow(each.number, each.faces, round(each.size_px, 1), round(each.sure, 4), each.state, each.top, each.bottom)
        for each in check.rows
    )
    told = tuple((each.korean, each.english) for each in advice(check))
    return KeptCheck(
        check.family, check.width, check.height, check.pictures, rows, said.korean, said.english, told, check.lights
    )


def check_text(check: RoomCheck) -> str:
    """As it is kept."""
    return msgspec.json.encode(as_kept(check)).decode()


def read_check(text: str) -> KeptCheck | None:
    """None: it was written by another version."""
    try:
        return msgspec.json.decode(text, type=KeptCheck)
    except (msgspec.MsgspecError, ValueError):
        return None
