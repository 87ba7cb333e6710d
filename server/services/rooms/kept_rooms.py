"""Look up what is known of a room's cameras."""

import msgspec

from server.store import Store


class _Row(msgspec.Struct, frozen=True):
    faces: int
    state: str


class _Rows(msgspec.Struct, frozen=True):
    rows: tuple[_Row, ...]


def invisible_heads(store: Store, room: str) -> dict[str, int] | None:
    """By camera how many sat in rows that it does not know, when it was checked; None: none was, or room is ""."""
    if not room:
        return None
    found = {each.camera: _invisible(each.result) for each in store.room_checks.latest() if each.room == room}
    return found or None


def _invisible(result: str) -> int:
    try:
        kept = msgspec.json.decode(result, type=_Rows)
    except (msgspec.MsgspecError, ValueError):
        return 0
    return sum(row.faces for row in kept.rows if row.state == "invisible")
