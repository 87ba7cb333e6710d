"""Watch a course: join the session that is on, and send pictures until it is over."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cameras.capture import Capture, HourTimes, hour_is_on
from cameras.frame import CameraFrame, Image
from cameras.reading import Camera
from cameras.settings import PictureLimits
from client.api import Api, now_utc
from client.errors import Refused
from client.snapshots import CameraSnapshot, SnapshotSender
from client.watch.backoff import BackoffCaller
from client.watch.events import EventReporter
from client.watch.pictures import WatchedPictures
from client.zones import RoomZones
from protocol.messages import ServerInfo, SessionInfo

# Between two looks at the camera: an hour's schedule is in tens of seconds.
TICK_S: Final = 1.0

# Between two questions how the session stands, and whether the next one is on.
CHECK_S: Final = 60.0

# How long a reason why pictures are not sent is not told again: in a quiet room they change at every look.
AFTER_LAST_HOUR: Final = timedelta(minutes=5)
QUIET: Final = timedelta(minutes=10)
# More than this between this computer's clock and the server's is told: who is late is seen by the pictures' times.
RECORDING_OVER: Final = "The recording is over."
CLOCKS_APART_S: Final = 60.0


class Watch:
    """Runs in the thread that calls it, and an exception there ends it cleanly. make_capture: for each session.

    look: at each picture that is due.
    """

    def __init__(
        self,
        course: str,
        api: Api,
        sender: SnapshotSender,
        *,
        open_camera: Callable[[], Camera],
        make_capture: Callable[[PictureLimits], Capture],
        reporter: EventReporter,
        look: Callable[[Image], None] = lambda _: None,
        clock: Callable[[], datetime] = now_utc,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._course = course
        self._api = api
        self._make_capture = make_capture
        self._reporter = reporter
        self._clock = clock
        self._wait = wait
        self._server = BackoffCaller(lambda text: reporter.report("server", text), monotonic)
        self._pictures = WatchedPictures(sender, self._server, reporter)
        self._camera = OnDemandCamera(open_camera, reporter)
        self._look = look
        self._zones = RoomZones(api, monotonic)

    def run(self, *, forever: bool = False) -> None:
        """forever: then the next sessions of the course too. Raises Refused where there is none now and none is waited
        for.
        """
        while (session := self._join(forever)) is not None:
            try:
                over = self._follow(session)
            finally:
                self._camera.close()
            self._reporter.report("over", over)
            if not forever or over == RECORDING_OVER:
                break
            if not times_of(session):
                # To ask for a session would open one, on Sundays too.
                self._reporter.report("over", f"When {self._course} is next is not known: give it a timetable.")
                break
        self._pictures.end()

    def _join(self, forever: bool) -> SessionInfo | None:
        """None: today's is over, and no other is waited for."""
        while True:
            session, why_not = self._open(forever)
            if session is not None and not why_not:
                return session
            if session is not None and not forever:
                self._reporter.report("over", why_not)
                return None
            if why_not:
                self._reporter.report_change("waiting", f"{why_not} Waiting for the next session of {self._course}.")
            self._pictures.send()
            self._wait(TICK_S if self._server.is_away else CHECK_S)

    def _open(self, forever: bool) -> tuple[SessionInfo | None, str]:
        """What speaks against watching it now goes with it."""
        try:
            session = self._server.call(lambda: self._api.open_session(self._course))
        except Refused as refused:
            if not forever:
                raise
            return None, refused.text
        return session, "" if session is None else why_over(session, self._clock())

    def _follow(self, session: SessionInfo) -> str:
        """Until the session is over; the sentence that says why it is."""
        self._reporter.forget("waiting")
        self._reporter.report("session", described(session), session=session.session, course=session.course)
        self._tell_of_update()
        self._pictures.begin()
        capture = self._make_capture(self._limits())
        checked_at = self._clock()
        while True:
            now = self._clock()
            # A clock that was set back is no reason not to ask for hours.
            if self._pictures.take_refusal() or abs((now - checked_at).total_seconds()) >= CHECK_S:
                session, checked_at = self._checked(session), now
            if over := why_over(session, now) or (RECORDING_OVER if self._camera.is_over else ""):
                return over
            self._take_picture(session, capture, now)
            self._pictures.send()
            self._wait(TICK_S)

    def _take_picture(self, session: SessionInfo, capture: Capture, now: datetime) -> None:
        hours = times_of(session)
        if not hour_is_on(now, hours):
            self._camera.close()
            return
        if not self._knows_zones(session.course):
            return
        frame = self._camera.frame()
        if frame is None and self._camera.is_opening:
            return
        if frame is not None:
            frame = replace(frame, image=self._zones.painted(frame.image))
        decision = capture.consider(frame, now, hours)
        if decision.was_due and frame is not None:
            self._look(frame.image)
        if decision.jpeg is not None and frame is not None:
            self._reporter.forget("not_sent")
            self._pictures.add(CameraSnapshot(decision.jpeg, frame.taken_at, session=session.session))
        elif decision.was_due:
            self._reporter.report_change("not_sent", decision.why_not, QUIET)

    def _knows_zones(self, course: str) -> bool:
        """What is never looked at; what the server said last holds while it is away."""
        if not self._zones.knows(course):
            self._server.call(lambda: self._zones.ask(course))
        elif not self._server.is_away:
            self._zones.ask(course)
        return self._zones.knows(course)

    def _checked(self, session: SessionInfo) -> SessionInfo:
        """As the server has it now; as it was while the server is away."""
        found = self._server.call(lambda: self._api.sessions(session.course, since=session.date, until=session.date))
        self._tell_of_update()
        days = found.sessions if found else ()
        return next((each for each in days if each.session == session.session), session)

    def _tell_of_update(self) -> None:
        if (update := self._api.update) is not None:
            self._reporter.report_change("update", update.text)

    def _limits(self) -> PictureLimits:
        info = self._server.call(self._api.info)
        if info is None:
            return PictureLimits()
        self._compare_clocks(info)
        return PictureLimits(payload_bytes=info.limits.payload_bytes, pixels=info.limits.image_pixels)

    def _compare_clocks(self, info: ServerInfo) -> None:
        apart_s = (self._clock() - info.now).total_seconds()
        if abs(apart_s) > CLOCKS_APART_S:
            self._reporter.report(
                "clock",
                f"This computer's clock is {abs(apart_s):.0f} s {'ahead of' if apart_s > 0 else 'behind'} the "
                "server's: set it by the network's time, or students count as late who are not.",
            )


class OnDemandCamera:
    """A camera that is open only while it is needed; a change of its state is reported."""

    def __init__(self, open_camera: Callable[[], Camera], reporter: EventReporter) -> None:
        self._open_camera = open_camera
        self._reporter = reporter
        self._camera: Camera | None = None

    @property
    def is_opening(self) -> bool:
        return self._camera is not None and self._camera.state == "opening"

    @property
    def is_over(self) -> bool:
        """A recording has come to its end."""
        return self._camera is not None and self._camera.state == "ended"

    def frame(self) -> CameraFrame | None:
        """Opens the camera if it is not; None: there is no frame now."""
        if self._camera is None:
            self._camera = self._open_camera()
        if self._camera.state != "opening":
            self._reporter.report_change("camera", self._camera.text)
        return self._camera.latest()

    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None
            self._reporter.forget("camera")


def why_over(session: SessionInfo, now: datetime) -> str:
    """In a sentence; empty while the session needs pictures."""
    if session.state != "draft":
        return f"Session {session.session} of {session.course} on {session.date} is {session.state}."
    if session.hour_now is None:
        return f"Session {session.session} of {session.course} was on {session.date}."
    ends = [hour.ends for hour in session.hours if hour.ends is not None]
    if ends and len(ends) == len(session.hours) and now >= max(ends) + AFTER_LAST_HOUR:
        return f"The last hour of {session.course} on {session.date} ended at {max(ends).astimezone():%H:%M}."
    return ""


def times_of(session: SessionInfo) -> list[HourTimes]:
    """Empty where an hour has no times."""
    times = [(hour.starts, hour.ends) for hour in session.hours if hour.starts is not None and hour.ends is not None]
    return times if len(times) == len(session.hours) else []


def described(session: SessionInfo) -> str:
    """`Session 12 of ea0017_1 on 2026-03-02: hour 3 (10:00-10:50), hour 4 (11:00-11:50).`"""
    hours = ", ".join(
        f"hour {hour.hour} ({hour.starts.astimezone():%H:%M}-{hour.ends.astimezone():%H:%M})"
        if hour.starts is not None and hour.ends is not None
        else f"hour {hour.hour}"
        for hour in session.hours
    )
    return f"Session {session.session} of {session.course} on {session.date}: {hours}."
