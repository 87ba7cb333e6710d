"""The real server as a process, spoken to in both forms, stopped by signals and killed in the middle."""

import json
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from protocol import messages
from tests.running import (
    CAMPUS,
    CLIENT,
    PATIENCE_S,
    SERVER,
    Running,
    Speaker,
    environment,
    legacy,
    run,
    run_json,
    serving,
)
from tests.server.cli.invoking import invoke

COURSE = "ea0017_1"
STUDENTS = [f"2015110{number:02}" for number in range(1, 41)]
ROSTER = "student_id,name,course_code\n" + "".join(f"{student},학생{student[-2:]},{COURSE}\n" for student in STUDENTS)
IDLE_S = 60.0
"""How long the server keeps who is connected and says nothing (idle_timeout_s)."""


def import_roster(folder: Path, content: str = ROSTER, database: str | None = None) -> None:
    file = folder / "roster.csv"
    file.write_text(content, encoding="utf-8")
    done = invoke(folder, "roster", "import", str(file), database=database)
    assert done.status == 0, done.problem


@pytest.fixture
def server(tmp_path: Path):
    import_roster(tmp_path)
    with serving(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory):
    """One server for the tests that change nothing."""
    folder = tmp_path_factory.mktemp("untouched")
    import_roster(folder)
    with serving(folder) as running:
        yield running


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.05)


def roster_states(server: Running) -> dict[str, dict[str, str]]:
    with Speaker(server) as speaker:
        return {entry.student: entry.states for entry in speaker.ask(messages.Roster(course=COURSE)).students}


def mark(student: str, key: str, **more: object) -> messages.Mark:
    return messages.Mark(student=student, course=COURSE, key=key, **more)  # type: ignore[arg-type]


def test_a_mark_and_a_roster_in_our_form(server: Running) -> None:
    with Speaker(server) as speaker:
        assert speaker.ask(messages.Hello(device="room 301")).device == "room 301"
        (item,) = speaker.ask(mark(STUDENTS[0], "k1")).marks
        assert (item.state, item.changed, item.hour) == ("present", True, 1)
        assert item.date == datetime.now(ZoneInfo(CAMPUS)).date().isoformat()
        roster = speaker.ask(messages.Roster(course=COURSE))
        assert [entry.student for entry in roster.students] == STUDENTS
        assert roster.students[0].states == {"1": "present"}
        assert roster.students[0].name == "학생01"


def test_the_old_clients_mark_and_roster(server: Running) -> None:
    today = datetime.now(ZoneInfo(CAMPUS)).date().isoformat()
    assert legacy(server, f"{STUDENTS[0]}{COURSE}".encode()) == b"success"
    assert legacy(server, f"{STUDENTS[0]}{COURSE}".encode()) == b"success", "also when already recorded"
    rows = json.loads(legacy(server, COURSE.encode()))
    assert rows[0] == {"student_code": STUDENTS[0], "name": "학생01", "date": today, "attended": "O"}
    assert rows[1] == {"student_code": STUDENTS[1], "name": "학생02", "date": today, "attended": ""}
    assert len(rows) == len(STUDENTS)


def test_the_same_key_twice_gives_the_first_answer_and_changes_nothing(server: Running) -> None:
    with Speaker(server) as speaker:
        first = speaker.ask(mark(STUDENTS[0], "k"))
        speaker.ask(mark(STUDENTS[0], "k2", state="absent"))
        assert speaker.ask(mark(STUDENTS[0], "k")) == first
        assert speaker.ask(mark(STUDENTS[0], "k", state="late")).code == "bad_request"
    assert roster_states(server)[STUDENTS[0]] == {"1": "absent"}


def test_a_batch_is_recorded_whole_or_not_at_all(server: Running) -> None:
    items = tuple(messages.MarkItem(student=student, course=COURSE) for student in STUDENTS)
    wrong = (*items, messages.MarkItem(student="209999999", course=COURSE))
    with Speaker(server) as speaker:
        assert speaker.ask(messages.Marks(marks=wrong, key="wrong")).code == "unknown_student"
        assert not any(roster_states(server).values())
        assert len(speaker.ask(messages.Marks(marks=items, key="right")).marks) == len(STUDENTS)
    assert all(states == {"1": "present"} for states in roster_states(server).values())


def test_the_decision_made_later_stands_whatever_arrives_last(server: Running) -> None:
    now = datetime.now(UTC)
    with Speaker(server) as speaker:
        speaker.ask(mark(STUDENTS[0], "a", state="late", at=now))
        (item,) = speaker.ask(mark(STUDENTS[0], "b", state="absent", at=now - timedelta(milliseconds=1))).marks
    assert (item.state, item.changed) == ("late", False)


def test_a_request_that_cannot_be_done_is_named_and_the_connection_kept(untouched: Running) -> None:
    refused = (
        (mark("209999999", "k"), "unknown_student"),
        (messages.Mark(student=STUDENTS[0], course="nowhere1", key="k"), "unknown_course"),
        (messages.Mark(student=STUDENTS[0], course="'; DROP--", key="k"), "unknown_course"),
        (messages.Roster(course="nowhere1"), "unknown_course"),
        (mark(STUDENTS[0] + "x", "k"), "unknown_student"),
    )
    with Speaker(untouched) as speaker:
        for message, code in refused:
            reply = speaker.ask(message)
            assert (reply.code, reply.retry) == (code, False)
        assert speaker.ask(messages.Info()).students == 0
    assert not any(roster_states(untouched).values())


def test_a_student_of_another_course_is_not_enrolled_here(tmp_path: Path) -> None:
    import_roster(tmp_path, ROSTER + "201600001,다른 학생,ea0018_1\n")
    with serving(tmp_path) as server, Speaker(server) as speaker:
        assert speaker.ask(mark("201600001", "k")).code == "not_enrolled"
        assert legacy(server, f"201600001{COURSE}".encode()) == b"fail"


WRONG_2019 = (
    b"209999999ea0017_1",
    b"201511001nowhere1",
    b"201511001'; DROP ",
    b"20151100xea0017_1",
    b"'; DROP-",
    b"ea0017_",
    b"ea0017_12",
    b"nowhere1",
    b"GET / HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\0" * 40,
    "201511001강의".encode(),
)


def test_wrong_messages_of_2019_fail_and_change_nothing(untouched: Running) -> None:
    answers = {data: legacy(untouched, data, half_close=True) for data in WRONG_2019}
    assert set(answers.values()) == {b"fail"}, answers
    assert not any(roster_states(untouched).values())


def test_damaged_frames_are_answered_and_closed_and_wrong_messages_kept(untouched: Running) -> None:
    deep = b'{"type":"roster","id":1,"course":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for header, code in (
        (b"{", "bad_request"),
        (deep, "bad_request"),
        (b'{"type":[],"id":1}', "bad_request"),
        (b'{"type":"mark","id":1,"student":5}', "bad_request"),
        (b"\xff\xfe", "bad_request"),
    ):
        with Speaker(untouched) as speaker:
            speaker.socket.sendall(b"\xa7RC1" + len(header).to_bytes(4, "big") + bytes(4) + header)
            assert speaker.reply().code == code
            assert speaker.ask(messages.Info()).version
    with Speaker(untouched) as speaker:
        speaker.socket.sendall(b"\xa7RC1" + (2**31).to_bytes(4, "big") * 2)
        assert speaker.reply().code == "too_large"
        assert speaker.reply() == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_a_server_that_waits_for_nobody_who_is_silent(server: Running, number: int) -> None:
    with Speaker(server) as speaker:
        assert speaker.ask(messages.Info()).version
        assert server.end(number, IDLE_S / 2) == 0
        assert speaker.reply() == b""


def test_a_second_signal_disturbs_no_stop(server: Running) -> None:
    with Speaker(server) as speaker:
        assert speaker.ask(messages.Info()).version
        server.process.send_signal(signal.SIGTERM)
        assert server.end(signal.SIGINT) == 0
        assert any("stopping" in line for line in server.log)


def test_out_of_files_the_server_says_so_and_goes_on_when_there_are_some(tmp_path: Path) -> None:
    import_roster(tmp_path)
    with serving(tmp_path, prefix=("sh", "-c", 'ulimit -n 48; exec "$@"', "sh")) as server:
        many = [server.connect() for _ in range(60)]
        wait_until(lambda: any("no more files can be opened" in line and "ulimit -n" in line for line in server.log))
        for each in many:
            each.close()
        wait_until(lambda: legacy(server, f"{STUDENTS[0]}{COURSE}".encode()) == b"success")


@pytest.mark.slow
def test_killed_in_the_middle_every_acknowledged_mark_is_found_again(tmp_path: Path) -> None:
    students = [f"2016{number:05}" for number in range(200)]
    import_roster(tmp_path, "student_id,name,course_code\n" + "".join(f"{each},가,{COURSE}\n" for each in students))
    acknowledged: list[str] = []
    with serving(tmp_path) as server:
        killed = threading.Event()

        def send(mine: list[str]) -> None:
            with Speaker(server) as speaker:
                for student in mine:
                    try:
                        reply = speaker.ask(mark(student, f"k{student}"))
                    except OSError:
                        return
                    if reply == b"":
                        return
                    acknowledged.append(reply.marks[0].student)
                    if len(acknowledged) >= 100:
                        server.process.kill()
                        killed.set()

        threads = [threading.Thread(target=send, args=(students[part::4],)) for part in range(4)]
        for thread in threads:
            thread.start()
        assert killed.wait(PATIENCE_S)
        assert server.process.wait(PATIENCE_S) == -signal.SIGKILL
        for thread in threads:
            thread.join(PATIENCE_S)
    assert 100 <= len(acknowledged) < 200
    with serving(tmp_path) as server:
        states = roster_states(server)
        assert all(states[student] == {"1": "present"} for student in acknowledged)
        with Speaker(server) as speaker:
            again = speaker.ask(mark(acknowledged[0], f"k{acknowledged[0]}"))
        assert again.marks[0].changed, "the first answer again"


def test_a_server_that_asks_nobody_who_they_are_does_not_listen_for_others(tmp_path: Path) -> None:
    done = run(SERVER, "serve", "--host", "0.0.0.0", "--port", "0", "--database", str(tmp_path / "a.sqlite"))
    assert done.returncode == 1
    assert "set authentication to required" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_one_sentence_and_status_1(untouched: Running, tmp_path: Path) -> None:
    done = run(
        SERVER,
        "serve",
        "--port",
        str(untouched.port),
        "--database",
        str(tmp_path / "other.sqlite"),
        "--knowns",
        str(tmp_path / "knowns"),
    )
    assert done.returncode == 1
    assert f"Port {untouched.port} of 127.0.0.1 cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_our_client_does_it_all(server: Running, tmp_path: Path) -> None:
    done = run(CLIENT, "mark", STUDENTS[0], COURSE, "--server", server.address)
    assert done.returncode == 0, done.stderr
    answers = tmp_path / "answers.csv"
    answers.write_text("student_id,state\n" + "".join(f"{each},absent\n" for each in STUDENTS[1:]), encoding="utf-8")
    done = run(CLIENT, "rollcall", COURSE, "--file", str(answers), "--server", server.address)
    assert done.returncode == 0, done.stderr
    rows = json.loads(run(CLIENT, "roster", COURSE, "--server", server.address, "--json").stdout)
    assert "학생01" in json.dumps(rows, ensure_ascii=False)
    states = roster_states(server)
    assert states[STUDENTS[0]] == {"1": "present"}
    assert all(states[each] == {"1": "absent"} for each in STUDENTS[1:])
    server.end()
    done = run(CLIENT, "roster", COURSE, "--server", server.address)
    assert done.returncode == 1
    assert server.address in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_finds_a_sound_installation_fine(tmp_path: Path) -> None:
    import_roster(tmp_path)
    findings = run_json(SERVER, "doctor", "--database", str(tmp_path / "rollcall.sqlite"), "--knowns", str(tmp_path))
    assert {each["what"] for each in findings} >= {
        "Python",
        "libraries",
        "models",
        "database",
        "durability",
        "clock",
        "key file",
        "disk",
        "photographs",
    }
    assert [each for each in findings if each["level"] == "broken"] == []


def test_doctor_says_what_to_do_about_a_database_that_is_away(tmp_path: Path) -> None:
    done = run(
        SERVER,
        "doctor",
        "--database",
        "mysql://nobody:secret@127.0.0.1:1/rollcall",
        "--knowns",
        str(tmp_path),
        env=environment(),
    )
    assert done.returncode == 1
    assert "127.0.0.1:1" in done.stdout
    assert "secret" not in done.stdout + done.stderr


def test_http_is_answered_beside_the_wire_until_a_signal_ends_both(tmp_path: Path) -> None:
    with serving(tmp_path, "--http-port", "0") as running:
        url = f"http://{running.http_address}/readyz"
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            assert json.load(answer) == {"ready": True}
        assert running.end() == 0


def test_a_stop_is_told_to_proxies_while_everything_is_still_answered(tmp_path: Path) -> None:
    with serving(tmp_path, "--http-port", "0", "--drain-s", "2") as running:
        url = f"http://{running.http_address}/readyz"
        running.process.send_signal(signal.SIGTERM)
        statuses: set[int] = set()
        while 503 not in statuses:
            try:
                with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
                    statuses.add(answer.status)
            except urllib.error.HTTPError as error:
                statuses.add(error.code)
                error.close()
        with Speaker(running) as speaker:
            assert isinstance(speaker.ask(messages.Hello(device="late")), messages.Welcome)
        assert running.process.wait(PATIENCE_S) == 0


def test_proxies_are_not_believed_where_nobody_is_asked_who_they_are(tmp_path: Path) -> None:
    done = run(SERVER, "serve", "--port", "0", "--knowns", str(tmp_path), "--proxies", "127.0.0.1", env=environment())
    assert done.returncode == 1
    assert "authentication to required" in done.stderr
