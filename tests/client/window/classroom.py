"""A class of 60 behind a function: answers as a server would, for tests of what the window shows and asks."""

import threading
from datetime import UTC, datetime, timedelta

from client.api import Api
from client.transport import LoopbackTransport
from protocol import messages as wire
from protocol.framing import Frame
from settings.version import VERSION

COURSE = "ea0017_1"
STARTS = datetime(2024, 5, 2, 0, 0, tzinfo=UTC)
FAMILY = "김이박최정강조윤장임"
GIVEN = ("하늘", "바다", "구름", "나무", "가람", "누리")
NAMES = {f"2015110{number:02d}": FAMILY[number % 10] + GIVEN[number // 10] for number in range(60)}
SURE, CHECK, UNSEEN = 52, 5, 3


class Room:
    """One session of one course. hours: how many; every hour has the same pictures."""

    def __init__(self, hours: int = 1, *, opened: bool = False) -> None:
        self.asked: list[wire.Message] = []
        self.marks: dict[tuple[str, int], tuple[str, str]] = {}
        self.state = "draft"
        self.opened = opened
        self.version = VERSION
        self.hours = tuple(range(1, hours + 1))
        self.faces: tuple[wire.Face, ...] = ()
        self.gone: set[str] = set()
        self.shadow = False
        self.room_course: str | None = None
        self._lock = threading.Lock()

    def api(self) -> Api:
        return Api(LoopbackTransport(self), "room 301")

    def __call__(self, frame: Frame) -> bytes:
        with self._lock:
            received = wire.decode_request(frame)
            self.asked.append(received.message)
            return wire.encode(self._answer(received.message), received.id)

    def _answer(self, request: wire.Message) -> wire.Message:  # noqa: C901 - a case a message
        match request:
            case wire.Hello():
                return wire.Welcome(version=self.version, device=request.device)
            case wire.Sessions():
                return wire.SessionList(sessions=(self.session(),) if self.opened else (), room_course=self.room_course)
            case wire.OpenSession():
                if request.course != COURSE:
                    return wire.Error(code="unknown_course", text=f"There is no course {request.course}.")
                self.opened = True
                return wire.SessionShown(session=self.session())
            case wire.SetSession():
                self.state = request.state
                return wire.SessionShown(session=self.session())
            case wire.Board():
                return self.board(self.hours if request.hour is None else (request.hour,))
            case wire.Mark():
                return wire.Marked(marks=(self._mark(request, request.hour, request.state, "professor"),))
            case wire.Marks():
                return wire.Marked(
                    marks=tuple(
                        self._mark(each, each.hour, each.state, request.source or "roll_call") for each in request.marks
                    )
                )
            case wire.Confirm():
                return wire.Marked(
                    marks=tuple(self._mark(each, each.hour, each.state, "camera") for each in request.items)
                )
            case wire.Snapshot():
                return wire.Faces(width=1280, height=720, faces=self.faces, recorded=int(request.record))
            case _:
                return wire.Error(code="bad_request", text="This room does not know that.")

    def _mark(self, item: object, hour: int, state: str, source: str) -> wire.MarkedItem:
        self.marks[item.student, hour] = (state, source)
        return wire.MarkedItem(
            student=item.student, course=COURSE, date="2024-05-02", hour=hour, state=state, changed=True
        )

    def session(self) -> wire.SessionInfo:
        hours = tuple(
            wire.SessionHour(
                hour=each,
                starts=STARTS + timedelta(hours=each - 1),
                ends=STARTS + timedelta(hours=each - 1, minutes=50),
            )
            for each in self.hours
        )
        return wire.SessionInfo(
            session=1,
            course=COURSE,
            title="자료구조",
            date="2024-05-02",
            state=self.state,
            shadow=self.shadow,
            hour_now=self.hours[-1],
            hours=hours,
        )

    def board(self, hours: tuple[int, ...]) -> wire.BoardShown:
        students = tuple(self._student(place, number, hours) for place, number in enumerate(NAMES))
        counts = tuple(self._counts(hour) for hour in hours)
        return wire.BoardShown(
            session=self.session(),
            as_of=STARTS,
            students=students,
            counts=counts,
            to_decide=tuple(each.student for each in students if not each.decided),
        )

    def _student(self, place: int, number: str, hours: tuple[int, ...]) -> wire.BoardStudent:
        shown = tuple(self._hour(place, number, hour) for hour in hours)
        which = "sure" if place < SURE else "check" if place < SURE + CHECK else "not_seen"
        reason = {"check": "doubtful_face"}.get(which, "")
        if number in self.gone and self.hours[-1] in hours:
            which, reason = "check", "left"
        other = wire.Candidate(student="201511001", name=NAMES["201511001"], distance=0.52, alike="well")
        return wire.BoardStudent(
            student=number,
            name=NAMES[number],
            list=which,
            reason=reason,
            decided=all(each.mark for each in shown),
            hours=shown,
            candidates=(other,) if reason == "doubtful_face" else (),
        )

    def _hour(self, place: int, number: str, hour: int) -> wire.BoardHour:
        seen = place < SURE + CHECK and not (number in self.gone and hour == self.hours[-1])
        state, source = self.marks.get((number, hour), (None, None))
        return wire.BoardHour(
            hour=hour,
            proposed="present" if seen else "absent",
            sure=place < SURE and seen,
            seen=5 * seen,
            pictures=6,
            first_seen=STARTS if seen else None,
            last_seen=STARTS + timedelta(minutes=45) if seen else None,
            mark=state,
            source=source,
            by="room 301" if state else None,
            at=STARTS if state else None,
        )

    def _counts(self, hour: int) -> wire.BoardCounts:
        states = [state for (_, of), (state, _) in self.marks.items() if of == hour]
        each = {state: states.count(state) for state in set(states)}
        return wire.BoardCounts(
            hour=hour, enrolled=len(NAMES), undecided=len(NAMES) - len(states), faces_seen=57, pictures=6, **each
        )
