"""A class day over a real socket and from the command line: opened, looked at, confirmed, corrected, handed in."""

import threading
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from protocol import messages
from tests.end_to_end.test_serving import import_roster
from tests.photographs import jpeg, side_by_side, small
from tests.running import CAMPUS, PATIENCE_S, SERVER, Running, Speaker, run, run_json, serving

COURSE, FRONT, BACK, THIRD = "ea0017_1", "201511041", "201511042", "201511043"
ROSTER = f"student_id,name,course_code\n{FRONT},김하늘,{COURSE}\n{BACK},이바다,{COURSE}\n{THIRD},박구름,{COURSE}\n"
COURSE_FILE = """
title = "알고리즘"
room = "B101"
preset = "soongsil"
[timetable]
monday = ["3 10:30-11:20", "4 11:30-12:20"]
[rules]
"""
DAY = "2026-03-02"


def on_campus(clock: str, day: str = DAY) -> datetime:
    """A time of a Monday long ago: what is older than its connection keeps its time."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(CAMPUS))


def database_flags(folder: Path, database: str | None = None) -> tuple[str, ...]:
    return ("--database", database or str(folder / "rollcall.sqlite"), "--key-file", str(folder / "key"))


def set_course(folder: Path, flags: tuple[str, ...], rules: str = "") -> Any:
    file = folder / "course.toml"
    file.write_text(COURSE_FILE + rules, encoding="utf-8")
    return run_json(SERVER, "course", "set", COURSE, "--file", str(file), *flags)


def open_session(speaker: Speaker, day: str = DAY) -> Any:
    return speaker.ask(messages.OpenSession(course=COURSE, date=day, key=day)).session


def mark(student: str, key: str, session: int, hour: int, state: str = "present", **more: Any) -> messages.Mark:
    return messages.Mark(student=student, course=COURSE, key=key, session=session, hour=hour, state=state, **more)  # type: ignore[arg-type]


def shown(picture: Image.Image, *left_to_right: Image.Image) -> bytes:
    return jpeg(side_by_side(picture, *left_to_right))


@pytest.fixture
def with_faces(tmp_path: Path):
    """A server that knows two faces, and its folder."""
    import_roster(tmp_path, ROSTER)
    (tmp_path / "knowns").mkdir()
    small("obama.jpg", 600).save(tmp_path / "knowns" / f"{FRONT}.jpg", quality=95)
    small("biden.jpg", 600).save(tmp_path / "knowns" / f"{BACK}.jpg", quality=95)
    with serving(tmp_path) as running:
        yield running, tmp_path


def test_a_class_day_from_the_first_picture_to_the_report(with_faces: tuple[Running, Path]) -> None:
    server, folder = with_faces
    flags = database_flags(folder)
    set_course(folder, flags)
    both = shown(small("obama2.jpg", 500), small("biden.jpg", 520))
    front_alone = shown(small("obama2.jpg", 500), Image.new("RGB", (300, 300), "gray"))
    with Speaker(server) as speaker:
        session = open_session(speaker)
        assert [hour.hour for hour in session.hours] == [3, 4]
        for clock, picture in (
            *((clock, both) for clock in ("10:31", "10:41", "10:51", "11:01", "11:11")),
            *((clock, front_alone) for clock in ("11:31", "11:41", "11:51", "12:01", "12:11")),
        ):
            reply = speaker.ask(messages.Snapshot(course=COURSE, record=True, taken_at=on_campus(clock)), picture)
            assert (reply.session, reply.hour) == (session.session, 3 if clock < "11:30" else 4)
        board = speaker.ask(messages.Board(session=session.session))
        assert [(row.student, row.list, row.reason) for row in board.students] == [
            (FRONT, "sure", ""),
            (BACK, "check", "left"),
            (THIRD, "not_seen", "no_photograph"),
        ]
        assert [hour.proposed for hour in board.students[1].hours] == ["present", "absent"]
        assert [(each.faces_seen, each.pictures) for each in board.counts] == [(2, 5), (1, 5)]
        sure = tuple(
            messages.ConfirmItem(student=row.student, hour=hour.hour, state=hour.proposed)
            for row in board.students
            for hour in row.hours
            if hour.sure
        )
        assert len(speaker.ask(messages.Confirm(session=session.session, items=sure, key="sure")).marks) == 3
        speaker.ask(mark(BACK, "left", session.session, 4, "absent", why="조퇴"))
        for hour in (3, 4):
            speaker.ask(mark(THIRD, f"third-{hour}", session.session, hour, "excused"))
        board = speaker.ask(messages.Board(session=session.session))
        assert board.to_decide == ()
        assert (board.counts[1].present, board.counts[1].absent, board.counts[1].excused) == (1, 1, 1)

    told = run(SERVER, "session", "show", str(session.session), *flags)
    assert told.returncode == 0, told.stderr
    assert "hour 3: 3 enrolled, 2 present, 1 excused; 2 faces seen" in told.stdout
    assert "hour 4: 3 enrolled, 1 present, 1 excused, 1 absent; 1 face seen" in told.stdout
    assert "Everything is decided." in told.stdout
    assert "이바다" in told.stdout
    as_json = run_json(SERVER, "session", "show", str(session.session), "--hour", "4", *flags)
    assert [row["hours"][0]["mark"] for row in as_json["students"]] == ["present", "absent", "excused"]

    with Speaker(server) as speaker:
        handed_in = messages.SetSession(session=session.session, state="submitted", key="submit")
        assert speaker.ask(handed_in).session.state == "submitted"
        report = speaker.ask(messages.Report(course=COURSE))
        assert [(row.student, row.present, row.absent, row.excused) for row in report.students] == [
            (FRONT, 2, 0, 0),
            (BACK, 1, 1, 0),
            (THIRD, 0, 0, 2),
        ]


def test_who_is_erased_is_in_none_of_the_pictures_that_were_kept(with_faces: tuple[Running, Path]) -> None:
    server, folder = with_faces
    with Speaker(server) as speaker:
        picture = shown(small("obama2.jpg", 500), small("biden.jpg", 520))
        kept = speaker.ask(messages.Snapshot(course=COURSE, record=True, taken_at=on_campus("10:31")), picture)
        assert kept.recorded == 2
    erased = run(SERVER, "erase", BACK, "--knowns", str(folder / "knowns"), *database_flags(folder))
    assert erased.returncode == 0, erased.stderr
    with Speaker(server) as speaker:
        front, back, _ = speaker.ask(messages.Board(session=kept.session)).students
    assert [(row.student, row.hours[0].seen) for row in (front, back)] == [(FRONT, 1), (BACK, 0)]


@pytest.fixture
def server(database_url: str, tmp_path: Path):
    """A server without faces, on each database."""
    import_roster(tmp_path, ROSTER, database_url)
    set_course(tmp_path, database_flags(tmp_path, database_url))
    with serving(tmp_path, database=database_url) as running:
        yield running


def test_a_day_is_marked_handed_in_closed_and_reopened(server: Running, tmp_path: Path, database_url: str) -> None:
    flags = database_flags(tmp_path, database_url)
    with Speaker(server) as speaker:
        session = open_session(speaker).session
        rows = tuple(
            messages.MarkItem(student=student, course=COURSE, hour=3) for student in (FRONT, "209999999", BACK)
        )
        whole = speaker.ask(messages.Marks(marks=rows, key="whole", session=session))
        assert (whole.code, [each.row for each in whole.problems]) == ("unknown_student", [1])
        partly = speaker.ask(messages.Marks(marks=rows, key="partly", session=session, partial=True))
        assert ([item.student for item in partly.marks], [each.row for each in partly.refused]) == ([FRONT, BACK], [1])

        closed = run_json(SERVER, "session", "close", str(session), "--why", "마감", *flags)
        assert closed["session"]["state"] == "closed"
        refused = speaker.ask(mark(THIRD, "late", session, 3))
        assert (refused.code, refused.retry) == ("closed", False)
        assert run(SERVER, "session", "reopen", str(session), *flags).returncode == 2, "a reason is asked for"
        reopened = run_json(SERVER, "session", "reopen", str(session), "--why", "늦은 버스", "--as", "김교수", *flags)
        assert reopened["session"]["state"] == "draft"
        assert speaker.ask(mark(THIRD, "late", session, 3)).marks[0].changed


def test_two_corrections_at_once_are_both_kept_and_the_later_stands(server: Running) -> None:
    states = ("present", "late", "absent", "excused")
    ready, changed = threading.Barrier(len(states)), []
    with Speaker(server) as speaker:
        session = open_session(speaker).session

    def correct(number: int) -> None:
        with Speaker(server) as speaker:
            speaker.ask(messages.Hello(device=f"desk {number}"))
            ready.wait(PATIENCE_S)
            changed.append(
                speaker.ask(mark(FRONT, f"c{number}", session, 3, states[number], at=on_campus(f"10:4{number}"))).marks[
                    0
                ]
            )

    threads = [threading.Thread(target=correct, args=(number,)) for number in range(len(states))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(changed) == len(states)
    with Speaker(server) as speaker:
        hour = speaker.ask(messages.Board(session=session)).students[0].hours[0]
    assert (hour.mark, hour.by) == ("excused", "desk 3"), "the one that was decided last"
