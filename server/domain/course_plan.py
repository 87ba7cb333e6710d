"""What a university or a professor sets for a course: title, room, timetable and rules."""

from dataclasses import dataclass, field

from server.domain.rules import PRESETS, Rules
from server.domain.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePlan:
    """How a course is held and counted; as it stands, a course that was never set."""

    title: str = ""
    room: str = ""
    devices: tuple[str, ...] = ()  # addresses, or names as of `hello`, of the clients in the room
    preset: str = "default"  # the one that the rules began with
    timetable: Timetable = field(default_factory=Timetable)
    rules: Rules = PRESETS["default"]
