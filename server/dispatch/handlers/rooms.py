"""Check the camera of a course's room."""

import base64
from functools import partial
from typing import TYPE_CHECKING, Final

from protocol.rooms import Advice, CheckRoom, RoomChecked, RoomRow
from server.dispatch.call import Call
from server.domain.identifiers import normal

if TYPE_CHECKING:
    from server.services.rooms.checks import CheckedRoom


def check_room(message: CheckRoom, call: Call) -> RoomChecked:
    course = normal(message.course)
    day = call.services.courses.day_of(course, call.now)
    room = call.services.courses.plan_of(course, day).room
    camera = call.caller.device or call.caller.name
    if not call.payload:
        return _kept(room, camera, call)
    sender, rooms = call.caller.sender(has_time=True), call.services.rooms
    shown = partial(call.services.recognition.without_zones, call.payload, course, day, sender)
    hour = call.now.astimezone(call.campus.zone).hour
    key = call.caller.key(f"{camera}\0{message.check}")
    checked = rooms.look(key, room, camera, shown, sender, hour=hour, now=call.now)
    if message.keep and room:
        rooms.keep(checked, now=call.now, by=call.caller.name)
    return _reply(checked, message, call)


def _reply(checked: "CheckedRoom", message: CheckRoom, call: Call) -> RoomChecked:
    # Imported here: commands that look at no picture import this module, and these load OpenCV.
    from server.services.rooms.checks import report_file
    from server.services.rooms.verdict import advice, change_sentence, verdict

    check, said = checked.check, verdict(checked.check)
    told = [*([change_sentence(checked.change)] if checked.change else []), *advice(check)]
    rows = [
        RoomRow(
            row=each.number,
            faces=each.faces,
            size_px=round(each.size_px, 1),
            sure=round(each.sure, 4),
            state=each.state.value,
        )
        for each in check.rows
    ]
    return RoomChecked(
        room=checked.room,
        camera=checked.camera,
        checked_at=call.now if message.keep and checked.room else None,
        pictures=check.pictures,
        rows=tuple(rows),
        korean=said.korean,
        english=said.english,
        advice=tuple(Advice(korean=each.korean, english=each.english) for each in told),
        change=checked.change,
        file=_text(report_file(checked, message.report)) if message.report else "",
    )


def _kept(room: str, camera: str, call: Call) -> RoomChecked:
    from server.services.rooms.checks import read_kept

    kept = call.services.rooms.kept(room, camera, call.now) if room else None
    check = read_kept(kept) if kept else None
    if kept is None or check is None:
        return RoomChecked(room=room, camera=camera)
    return RoomChecked(
        room=room,
        camera=kept.camera,
        checked_at=kept.checked_at,
        pictures=check.pictures,
        rows=tuple(
            RoomRow(row=each.number, faces=each.faces, size_px=each.size_px, sure=each.sure, state=each.state.value)
            for each in check.rows
        ),
        korean=check.korean,
        english=check.english,
        advice=tuple(Advice(korean=korean, english=english) for korean, english in check.advice),
        scene=_text(kept.scene),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


HANDLERS: Final = {CheckRoom: check_room}
