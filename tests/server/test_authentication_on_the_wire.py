"""Who may do what over the wire, where everybody has to say who they are: real tokens on a real store."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from protocol import legacy, messages
from protocol.framing import MAX_REPLY_HEADER_BYTES, FrameDecoder
from server.access import Grant, Role
from server.config import Settings
from server.connection import Peer
from server.dispatch.viewing import VIEWS
from server.errors import BadRequest, Forbidden
from server.services.identity.authentication import Authentication
from server.services.identity.devices import Devices
from server.services.identity.pairings import Pairings
from server.services.identity.principals import Principals
from server.services.identity.secrets import hash_of, new_secret, token_text
from server.services.plans.course_file import read_course_toml
from server.store import RosterLine, StaffEntry
from server.wire import Wire
from tests.server.classroom import COURSE, Classroom, asked, classroom, dispatcher_of, seoul

OTHER = "eb0099_1"
TIMETABLE = """
title = "알고리즘"
room = "B101"
[timetable]
monday = ["3 10:30-11:20", "4 11:30-12:20"]
"""
OF_2019 = "10.0.9.9"


class Campus:
    """A classroom whose server asks who everybody is."""

    def __init__(self, room: Classroom) -> None:
        self.room = room
        self.store = room.store
        room.now = seoul("10:40")
        room.set_course(TIMETABLE)
        plan = TIMETABLE.replace("B101", "C202").replace("monday", "tuesday")
        room.class_day.courses.set_plan(OTHER, _plan(plan), at=room.now, by="test")
        self.store.devices.register(OF_2019, "B101", at=room.now, by="admin")
        self.authentication = Authentication(
            self.store,
            Principals(self.store, room.class_day.courses),
            required=True,
            legacy=Settings(legacy_clients=f"{OF_2019}, 2001:db8::/64").legacy_networks,
        )
        self.devices = Devices(self.store)
        self.pairings = Pairings(self.store, Principals(self.store, room.class_day.courses), room.class_day.courses)
        self.wire = Wire(dispatcher_of(room.class_day, room.recognition, lambda: room.now, self.authentication))
        self.session = room.open().session

    def device(self, name: str = "front", room: str = "B101") -> str:
        return self.devices.add(name, room, at=self.room.now, by="admin").text

    def on_window(
        self, name: str, role: Role = Role.PROFESSOR, *grants: Grant, course: str = COURSE, campus_role: str = "member"
    ) -> str:
        """The token of somebody who has signed in on the window of `front`."""
        now, store = self.room.now, self.store
        user = store.accounts.add(name, role=campus_role, at=now, by="admin")
        if role in {Role.PROFESSOR, Role.ASSISTANT}:
            entry = StaffEntry(course, name, role, frozenset(grants), now.date() - timedelta(days=30))
            store.accounts.add_staff(entry, at=now, by="office")
        secret = new_secret()
        device = store.devices.register("front", "B101", at=now, by="admin")
        number = store.devices.add_token(
            "pairing",
            hash_of(secret),
            device=device.id,
            user=user.id,
            expires_at=now + timedelta(hours=2),
            at=now,
        )
        return token_text(number, secret)

    def peer(self, token: str | None = None, address: str = "10.0.3.7") -> Peer:
        """A connection that has said hello."""
        peer = Peer(f"{address}:50000", self.room.now - timedelta(days=1))
        if token is not None:
            reply = self.ask(peer, messages.Hello(device="claims to be another", token=token))
            assert isinstance(reply, messages.Welcome), reply
        return peer

    def ask(self, peer: Peer, message: messages.Message, payload: bytes = b"") -> Any:
        return asked(self.wire, peer, message, payload)

    def answer(self, peer: Peer, message: messages.Message) -> str:
        """`ok`, or an error's code."""
        payload = b"0" if isinstance(message, messages.Snapshot) else b""
        reply = self.ask(peer, message, payload)
        return reply.code if isinstance(reply, messages.Error) else "ok"

    def later(self, **more: float) -> None:
        """Time goes by, and what was cached is looked up anew."""
        self.room.now += timedelta(**more)
        self.authentication._known.clear()


def _plan(text: str) -> Any:
    return read_course_toml(text.encode())


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[Campus]:
    with classroom(str(tmp_path / "a.sqlite"), tmp_path) as room:
        yield Campus(room)


def every_request(campus: Campus, course: str = COURSE) -> dict[str, messages.Message]:
    """One of each, about a session of this course where it is about one."""
    student, session = campus.room.students[0], campus.session
    item = messages.MarkItem(student=student, course=course)
    confirmed = messages.ConfirmItem(student=student, hour=3, state="present")
    return {
        "info": messages.Info(),
        "roster": messages.Roster(course=course),
        "report": messages.Report(course=course),
        "report with a reason": messages.Report(course=course, why="an appeal"),
        "sessions": messages.Sessions(),
        "sessions of the course": messages.Sessions(course=course),
        "open_session": messages.OpenSession(course=course, key="o"),
        "board": messages.Board(session=session),
        "propose": messages.Propose(session=session),
        "snapshot": messages.Snapshot(course=course),
        "recorded snapshot": messages.Snapshot(course=course, record=True),
        "zones": messages.Zones(course=course),
        "snapshot of nothing": messages.Snapshot(),
        "mark": messages.Mark(student=student, course=course, key="m"),
        "excuse": messages.Mark(student=student, course=course, key="e", state="excused"),
        "marks": messages.Marks(marks=(item,), key="ms"),
        "confirm": messages.Confirm(session=session, items=(confirmed,), key="c"),
        "submit": messages.SetSession(session=session, state="submitted", key="s"),
        "reopen": messages.SetSession(session=session, state="draft", key="r"),
        "pair": messages.Pair(),
        "collect_pairing": messages.CollectPairing(secret="x"),
        "reopen with a reason": messages.SetSession(session=session, state="draft", key="rr", why="an appeal"),
    }


READING = {"info", "roster", "sessions", "sessions of the course", "board", "zones"}
PICTURES = {"snapshot", "recorded snapshot"}
MARKING = {"propose", "mark", "excuse", "marks", "confirm"}
REPORTS = {"report", "report with a reason"}
ENDING = {"submit", "reopen", "reopen with a reason"}


def test_every_request_is_asked_here(campus: Campus) -> None:
    asked_here = {type(each) for each in every_request(campus).values()}
    elsewhere = {messages.Hello, messages.EndPairing, messages.CheckRoom}  # the last needs a recogniser of pictures
    assert asked_here == set(messages.REPLY_TO) - elsewhere


@pytest.mark.parametrize(
    ("role", "grants", "allowed"),
    [
        (Role.PROFESSOR, (), READING | {"open_session"} | PICTURES | MARKING | REPORTS | ENDING),
        (Role.ASSISTANT, (), READING | {"open_session"} | PICTURES | REPORTS),
        (Role.ASSISTANT, (Grant.MARK,), READING | {"open_session"} | PICTURES | REPORTS | MARKING),
        (Role.ASSISTANT, (Grant.SUBMIT,), READING | {"open_session"} | PICTURES | REPORTS | {"submit"}),
    ],
)
def test_who_teaches_a_course_may_this_on_its_window(
    campus: Campus, role: Role, grants: tuple[Grant, ...], allowed: set[str]
) -> None:
    peer = campus.peer(campus.on_window("prof.kim", role, *grants))
    answers = {name: campus.answer(peer, message) for name, message in every_request(campus).items()}
    assert {name for name, answer in answers.items() if answer != "forbidden"} == allowed
    assert set(answers.values()) == {"ok", "forbidden"}


def test_a_device_may_this_in_its_room(campus: Campus) -> None:
    peer = campus.peer(campus.device())
    answers = {name: campus.answer(peer, message) for name, message in every_request(campus).items()}
    assert answers.pop("collect_pairing") == "bad_request"
    allowed = READING | PICTURES | {"pair"}
    assert {name for name, answer in answers.items() if answer == "ok"} == allowed
    assert {answer for name, answer in answers.items() if name not in allowed} == {"forbidden"}


def test_a_device_of_another_room_may_nothing_here(campus: Campus) -> None:
    peer = campus.peer(campus.device("side", "C202"))
    answers = {name: campus.answer(peer, message) for name, message in every_request(campus).items()}
    assert answers.pop("collect_pairing") == "bad_request"
    assert {name for name, answer in answers.items() if answer == "ok"} == {"info", "sessions", "pair"}
    assert set(answers.values()) == {"ok", "forbidden"}
    assert campus.ask(peer, messages.Sessions()).sessions == ()


def test_who_teaches_another_course_may_nothing_here_and_knows_of_no_session(campus: Campus) -> None:
    peer = campus.peer(campus.on_window("prof.lee", course=OTHER))
    answers = {name: campus.answer(peer, message) for name, message in every_request(campus).items()}
    assert {name for name, answer in answers.items() if answer == "ok"} == {"info", "sessions"}
    assert {answers[name] for name in ("board", "propose", "confirm", "submit")} == {"no_session"}
    assert campus.ask(peer, messages.Board(session=4711)).text.replace("4711", str(campus.session)) == (
        campus.ask(peer, messages.Board(session=campus.session)).text
    )


@pytest.mark.parametrize("role", ["office", "admin", "privacy_officer"])
def test_nobody_is_more_on_a_window_than_who_teaches_there(campus: Campus, role: str) -> None:
    peer = campus.peer(campus.on_window("somebody", Role.STUDENT, campus_role=role))
    answers = {name: campus.answer(peer, message) for name, message in every_request(campus).items()}
    assert set(answers.values()) == {"forbidden", "ok"}
    assert {name for name, answer in answers.items() if answer == "ok"} == {"info"}


def test_before_a_hello_everything_is_unauthorised_and_info_tells_little(campus: Campus) -> None:
    for name, message in every_request(campus).items():
        if name != "info":
            assert campus.answer(campus.peer(), message) == "unauthorised", name
    info = campus.ask(campus.peer(), messages.Info())
    assert (info.model_id, info.students, info.engine) == ("", 0, "")


def test_a_welcome_says_who_and_until_when(campus: Campus) -> None:
    token = campus.on_window("prof.kim")
    welcome = campus.ask(campus.peer(), messages.Hello(device="mine", token=token))
    assert (welcome.who, welcome.role, welcome.device) == ("prof.kim", "professor", "front")
    assert welcome.expires == campus.room.now + timedelta(hours=2)
    device = campus.ask(campus.peer(), messages.Hello(token=campus.device("side")))
    assert (device.who, device.role, device.expires) == ("side", "device", None)


def test_who_decided_is_who_signed_in_whatever_a_message_claims(campus: Campus) -> None:
    peer = campus.peer(campus.on_window("prof.kim"))
    student = campus.room.students[0]
    campus.ask(peer, messages.Mark(student=student, course=COURSE, key="m", by="the rector", hour=3))
    item = messages.MarkItem(student=campus.room.students[1], course=COURSE, by="the rector", hour=3)
    campus.ask(peer, messages.Marks(marks=(item,), key="ms"))
    campus.ask(peer, messages.SetSession(session=campus.session, state="submitted", key="s", by="the rector"))
    assert {each.who for each in campus.store.marks.history(campus.session)} == {"prof.kim"}
    assert campus.store.sessions.get(campus.session).changed_by == "prof.kim"


def test_a_device_cannot_pass_for_another_by_its_hello(campus: Campus) -> None:
    side = campus.device("side", "C202")
    peer = campus.peer()
    campus.ask(peer, messages.Hello(device="front", token=side))
    assert campus.answer(peer, messages.Roster(course=COURSE)) == "forbidden"


@pytest.mark.parametrize(
    "wrong",
    [
        "rc1_1_" + "A" * 43,
        "rc1_99999_" + "A" * 43,
        "rc1_0_" + "A" * 43,
        "rc1_99999999999999999999_" + "A" * 43,
        "rc2_1_" + "A" * 43,
        "' OR 1=1 --",
        "rc1_1_",
        "x",
    ],
)
def test_a_wrong_token_signs_nobody_in(campus: Campus, wrong: str) -> None:
    campus.device()
    reply = campus.ask(campus.peer(), messages.Hello(token=wrong))
    assert (reply.code, reply.retry) == ("unauthorised", False)
    assert wrong not in reply.text


def test_a_token_of_another_server_signs_nobody_in(campus: Campus, tmp_path: Path) -> None:
    mine = campus.device()
    folder = tmp_path / "other"
    folder.mkdir()
    with classroom(str(folder / "b.sqlite"), folder) as other:
        theirs = Campus(other).device()
    assert mine.split("_")[1] == theirs.split("_")[1], "the same number"
    assert campus.answer(campus.peer(), messages.Hello(token=theirs)) == "unauthorised"


def test_a_hello_with_a_wrong_token_ends_what_the_connection_was(campus: Campus) -> None:
    peer = campus.peer(campus.device())
    assert campus.answer(peer, messages.Hello(token="wrong")) == "unauthorised"
    assert campus.answer(peer, messages.Roster(course=COURSE)) == "unauthorised"


def test_of_two_tokens_the_last_counts_and_the_first_lends_nothing(campus: Campus) -> None:
    professor, side = campus.on_window("prof.kim"), campus.device("side", "C202")
    peer = campus.peer(professor)
    campus.ask(peer, messages.Hello(token=side))
    assert campus.answer(peer, every_request(campus)["mark"]) == "forbidden"
    campus.ask(peer, messages.Hello(token=professor))
    assert campus.answer(peer, every_request(campus)["mark"]) == "ok"


def test_a_device_that_is_revoked_while_it_is_connected_is_nobody_from_then_on(campus: Campus) -> None:
    peer = campus.peer(campus.device())
    professor = campus.peer(campus.on_window("prof.kim"))
    assert campus.answer(peer, messages.Roster(course=COURSE)) == "ok"
    assert campus.devices.revoke("front", at=campus.room.now, by="admin") == 2
    campus.later(seconds=3)
    assert campus.answer(peer, messages.Roster(course=COURSE)) == "unauthorised"
    assert campus.answer(professor, messages.Roster(course=COURSE)) == "unauthorised"


def test_a_rotated_token_is_good_and_the_old_one_is_not(campus: Campus) -> None:
    old = campus.device()
    new = campus.devices.rotate("front", at=campus.room.now, by="admin").text
    assert "revoked" in campus.ask(campus.peer(), messages.Hello(token=old)).text
    campus.peer(new)


def test_a_disabled_account_is_nobody_while_it_is_connected(campus: Campus) -> None:
    peer = campus.peer(campus.on_window("prof.kim"))
    campus.store.accounts.disable("prof.kim", at=campus.room.now, by="admin")
    campus.later(seconds=3)
    assert campus.answer(peer, every_request(campus)["mark"]) == "unauthorised"


def test_who_no_longer_teaches_a_course_may_nothing_there(campus: Campus) -> None:
    peer = campus.peer(campus.on_window("prof.kim"))
    campus.store.accounts.end_staff(COURSE, "prof.kim", campus.room.now.date(), at=campus.room.now, by="office")
    campus.later(seconds=3)
    assert campus.answer(peer, every_request(campus)["mark"]) == "forbidden"


def test_a_window_s_sign_in_that_ran_out_delivers_what_was_decided_before_and_nothing_else(campus: Campus) -> None:
    token = campus.on_window("prof.kim")
    decided = campus.room.now + timedelta(minutes=5)
    campus.later(hours=3)
    peer = Peer("10.0.3.7:50000", campus.room.now)
    assert campus.answer(peer, messages.Hello(token=token)) == "ok"
    student = campus.room.students[0]
    in_time = messages.Mark(student=student, course=COURSE, key="a", hour=3, at=decided)
    too_late = messages.Mark(student=student, course=COURSE, key="b", hour=3, at=campus.room.now)
    undated = messages.Mark(student=student, course=COURSE, key="c", hour=3)
    assert [campus.answer(peer, each) for each in (in_time, too_late, undated)] == [
        "ok",
        "forbidden",
        "forbidden",
    ]
    assert campus.answer(peer, every_request(campus)["open_session"]) == "ok", "an outbox may hold one before marks"
    for name in ("roster", "board", "snapshot"):
        assert campus.answer(peer, every_request(campus)[name]) == "unauthorised", name


def test_a_week_later_a_window_s_sign_in_is_good_for_nothing(campus: Campus) -> None:
    token = campus.on_window("prof.kim")
    campus.later(days=8)
    assert campus.answer(campus.peer(), messages.Hello(token=token)) == "unauthorised"


def test_after_ten_wrong_tokens_an_address_waits_a_minute_and_another_does_not(campus: Campus) -> None:
    token = campus.device()
    for _ in range(10):
        assert campus.answer(campus.peer(), messages.Hello(token="wrong")) == "unauthorised"
    reply = campus.ask(campus.peer(), messages.Hello(token=token))
    assert (reply.code, reply.retry) == ("busy", True)
    campus.peer(token, address="10.0.3.8")
    campus.later(seconds=61)
    campus.peer(token)


def test_a_connection_that_does_not_say_who_it_is_hears_it_three_times(campus: Campus) -> None:
    peer = campus.peer()
    decoder = FrameDecoder(max_header_bytes=MAX_REPLY_HEADER_BYTES)
    asking = FrameDecoder()
    asking.receive(b"".join(messages.encode(messages.Roster(course=COURSE), number) for number in range(5)))
    frames = asking.next_frames()
    decoder.receive(b"".join(campus.wire.framed(frames, peer)))
    assert len(decoder.next_frames()) == 3
    assert peer.refusals == 3


def test_keys_of_two_people_are_two_keys(campus: Campus) -> None:
    first, second = campus.peer(campus.on_window("prof.kim")), campus.peer(campus.on_window("prof.lee"))
    one, two = campus.room.students[:2]
    assert campus.answer(first, messages.Mark(student=one, course=COURSE, key="k", hour=3)) == "ok"
    assert campus.answer(second, messages.Mark(student=two, course=COURSE, key="k", hour=3)) == "ok"
    again = messages.Mark(student=two, course=COURSE, key="k", hour=3)
    assert campus.answer(first, again) == "bad_request"


def test_the_form_of_2019_is_taken_from_the_listed_addresses_alone(campus: Campus) -> None:
    mark = legacy.LegacyMark(campus.room.students[0], COURSE)
    listed, other = campus.peer(address=OF_2019), campus.peer(address="10.0.9.10")
    assert campus.wire.legacy(mark, other) == legacy.FAIL
    assert campus.wire.legacy(mark, listed) == legacy.SUCCESS
    assert campus.wire.legacy(legacy.LegacyRoster(COURSE), other) == legacy.FAIL
    assert campus.wire.legacy(legacy.LegacySnapshot(b"0"), other) == legacy.UNKNOWN
    assert campus.wire.legacy(legacy.LegacySnapshot(b"0"), listed) == campus.room.students[0].encode()
    assert campus.store.marks.history(campus.session)[-1].who == OF_2019


def test_a_client_of_2019_may_nothing_in_another_room_s_course(
    campus: Campus, caplog: pytest.LogCaptureFixture
) -> None:
    student = campus.room.students[0]
    rows = [RosterLine(student, "Kim", OTHER)]
    campus.store.rosters.change(rows, at=campus.room.now, by="test", day=campus.room.now.date())
    here, homeless = campus.peer(address=OF_2019), campus.peer(address="2001:db8::7")
    for course, peer in ((OTHER, here), (COURSE, homeless), (OTHER, homeless)):
        assert campus.wire.legacy(legacy.LegacyMark(student, course), peer) == legacy.FAIL
        assert campus.wire.legacy(legacy.LegacyRoster(course), peer) == legacy.FAIL
    assert campus.wire.legacy(legacy.LegacySnapshot(b"0"), homeless) == legacy.UNKNOWN
    assert campus.store.marks.history(campus.session) == []
    assert "the client of 2019 at 2001:db8::7 stands in no room" in caplog.text


def test_a_picture_of_2019_is_never_compared_with_everybody(campus: Campus) -> None:
    here, student = campus.peer(address=OF_2019), campus.room.students[0]
    campus.later(hours=20)  # no class is on, and the room has one course
    assert campus.wire.legacy(legacy.LegacySnapshot(b"0"), here) == student.encode()
    plan = TIMETABLE.replace("monday", "friday")
    campus.room.class_day.courses.set_plan(OTHER, _plan(plan), at=campus.room.now, by="test")
    campus.later(seconds=3)  # two courses, and none is on
    assert campus.wire.legacy(legacy.LegacySnapshot(b"0"), here) == legacy.UNKNOWN


def test_an_address_of_2019_without_a_room_has_the_course_of_the_setting(campus: Campus) -> None:
    principals = Principals(campus.store, campus.room.class_day.courses, COURSE)
    lost = principals.of_address("10.9.9.9", campus.room.now, name="10.9.9.9")
    assert lost.room_courses == {COURSE}
    elsewhere = Principals(campus.store, campus.room.class_day.courses, OTHER)
    assert elsewhere.of_address(OF_2019, campus.room.now, name=OF_2019).room_courses == {COURSE}


def test_an_address_of_2019_lends_nothing_to_the_framed_form(campus: Campus) -> None:
    assert campus.answer(campus.peer(address=OF_2019), messages.Roster(course=COURSE)) == "unauthorised"


def test_an_address_in_the_form_of_ipv6_is_the_same_address(campus: Campus) -> None:
    peer = campus.peer(address=f"::ffff:{OF_2019}")
    assert campus.wire.legacy(legacy.LegacyRoster(COURSE), peer) != legacy.FAIL


def lines(campus: Campus, action: str) -> list[Any]:
    return [each for each in campus.store.access_log.lines() if each.action == action]


def test_a_viewer_a_session_and_an_hour_are_one_line_of_the_access_log(campus: Campus) -> None:
    first, second = campus.peer(campus.on_window("prof.kim")), campus.peer(campus.device("side"))
    for _ in range(3):
        campus.ask(first, messages.Board(session=campus.session))
    campus.ask(second, messages.Board(session=campus.session))
    assert [each.who for each in lines(campus, "read_board")] == ["side", "prof.kim"]
    campus.later(hours=1)
    campus.ask(first, messages.Board(session=campus.session))
    (line, *_) = found = lines(campus, "read_board")
    assert len(found) == 3
    assert (line.who, line.address, line.device, line.course) == ("prof.kim", "10.0.3.7", "front", COURSE)
    assert line.subjects == len(campus.room.students)
    assert campus.store.access_log.verified().problems == ()


def test_rosters_reports_and_pictures_are_logged_with_whose_and_why_and_what_is_refused_is_not(campus: Campus) -> None:
    peer = campus.peer(campus.on_window("prof.kim"))
    campus.ask(peer, messages.Roster(course=COURSE))
    campus.ask(peer, messages.Report(course=COURSE, why="an appeal"))
    campus.ask(peer, messages.Snapshot(course=COURSE), b"0 1")
    campus.ask(peer, messages.Roster(course=OTHER))
    (roster,), (report,), (picture,) = (lines(campus, name) for name in ("read_roster", "read_report", "send_picture"))
    assert roster.subjects == report.subjects == len(campus.room.students)
    assert report.why == "an appeal"
    assert picture.subjects >= 2
    assert {each.subject for each in campus.store.access_log.lines()} == {""}
    for student in campus.room.students:
        assert not any(student in each.detail for each in campus.store.access_log.lines())


def test_every_reply_about_people_is_logged_or_known_to_tell_nothing_new() -> None:
    tells_nothing = {
        messages.Welcome,
        messages.ServerInfo,
        messages.Marked,  # to who decided, what they decided
        messages.SessionShown,
        messages.SessionList,
        messages.PairingCode,
        messages.ZoneList,  # parts of a picture, and no person
        messages.Paired,
        messages.RoomChecked,  # rows of a room; nobody is named
    }
    assert {*VIEWS} | tells_nothing == {*messages.REPLY_TO.values()}


def approve(campus: Campus, code: str, name: str = "prof.kim") -> Any:
    pairings = campus.pairings
    return pairings.approve(code, campus.store.accounts.get(name), now=campus.room.now, by=name)


def test_a_professor_signs_in_on_a_window_and_out_again(campus: Campus) -> None:
    campus.on_window("prof.kim")
    window = campus.peer(campus.device())
    shown = campus.ask(window, messages.Pair())
    assert campus.ask(window, messages.CollectPairing(secret=shown.secret)) == messages.Paired()
    approve(campus, shown.code.lower().replace("-", " "))
    paired = campus.ask(window, messages.CollectPairing(secret=shown.secret))
    assert paired.who == "prof.kim"
    assert paired.expires == seoul("12:50"), "half an hour after the last hour of the class"
    signed_in = campus.peer(paired.token)
    assert campus.answer(signed_in, every_request(campus)["mark"]) == "ok"
    assert campus.answer(signed_in, messages.EndPairing()) == "ok"
    campus.later(seconds=3)
    assert campus.answer(signed_in, messages.Roster(course=COURSE)) == "unauthorised"


def test_an_answer_that_was_lost_is_asked_for_again_and_the_first_token_ends(campus: Campus) -> None:
    campus.on_window("prof.kim")
    window = campus.peer(campus.device())
    shown = campus.ask(window, messages.Pair())
    approve(campus, shown.code)
    first, second = (campus.ask(window, messages.CollectPairing(secret=shown.secret)).token for _ in range(2))
    assert campus.answer(campus.peer(), messages.Hello(token=first)) == "unauthorised"
    campus.peer(second)


def test_a_secret_is_good_for_its_own_device_and_a_code_for_ten_minutes_and_once(campus: Campus) -> None:
    campus.on_window("prof.kim")
    window, other = campus.peer(campus.device()), campus.peer(campus.device("side"))
    shown = campus.ask(window, messages.Pair())
    assert campus.answer(other, messages.CollectPairing(secret=shown.secret)) == "bad_request"
    approve(campus, shown.code)
    with pytest.raises(BadRequest):
        approve(campus, shown.code)
    late = campus.ask(window, messages.Pair())
    campus.later(minutes=11)
    with pytest.raises(BadRequest):
        approve(campus, late.code)
    assert campus.answer(window, messages.CollectPairing(secret=late.secret)) == "bad_request"


def test_who_teaches_nothing_signs_in_on_no_window(campus: Campus) -> None:
    campus.store.accounts.add("office", role="office", at=campus.room.now, by="admin")
    shown = campus.ask(campus.peer(campus.device()), messages.Pair())
    with pytest.raises(Forbidden):
        approve(campus, shown.code, "office")


def test_a_window_asks_for_three_codes_and_no_more(campus: Campus) -> None:
    window = campus.peer(campus.device())
    assert [campus.answer(window, messages.Pair()) for _ in range(4)] == ["ok", "ok", "ok", "bad_request"]
