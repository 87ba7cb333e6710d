"""Messages that say whether the camera of a course's room is good enough."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from protocol.fields import CourseCode, Message, Moment, Name


class CheckRoom(Message, tag="check_room", frozen=True, kw_only=True):
    """The payload is a picture of the course's room with people in it; without one what is kept of it is asked for."""

    course: CourseCode
    check: Annotated[str, Meta(max_length=64)] = ""  # chosen by the client: pictures of one check have the same
    keep: bool = False  # keep, for the room, what the pictures show so far
    report: Literal["", "html", "png"] = ""  # with a file of what they show so far


class RoomRow(Struct, frozen=True, kw_only=True):
    """Faces of about one height in the picture; 1 is in front."""

    row: int
    faces: int
    size_px: float
    sure: float  # share of students who are expected to be recognised in one picture
    state: Literal["sure", "doubtful", "invisible"]


class Advice(Struct, frozen=True, kw_only=True):
    korean: str
    english: str


class RoomChecked(Message, tag="room_checked", frozen=True, kw_only=True):
    """What the pictures of a check show so far, or what is kept of the room's camera."""

    room: str  # "": the course has none
    camera: Name
    checked_at: Moment | None = None  # None: nothing is kept
    pictures: int = 0
    rows: tuple[RoomRow, ...] = ()
    korean: str = ""  # the room in one sentence; "": nothing is kept
    english: str = ""
    advice: tuple[Advice, ...] = ()
    change: Literal["", "moved", "covered", "dirty"] = ""  # since the check that was kept before
    scene: str = ""  # base64, of what is kept: what the camera saw, in few grey points
    file: str = ""  # base64


# Each request of this family, and the reply that answers it.
MESSAGES: Final[dict[type[Message], type[Message]]] = {CheckRoom: RoomChecked}
