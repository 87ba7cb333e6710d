"""A server that asks who everybody is, and clients with and without a token: real programs and real sockets."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from client.api import Api
from client.outbox import Outbox, OutboxSender
from client.transport import TcpTransport
from protocol import messages
from tests.running import CLIENT, SERVER, Running, Speaker, environment, legacy, run, run_json, serving

COURSE = "ea0017_1"
STUDENT = "201511041"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("campus")


@pytest.fixture(scope="module")
def token(folder: Path) -> str:
    (folder / "roster.csv").write_text(f"student_id,name,course_code\n{STUDENT},김하늘,{COURSE}\n", encoding="utf-8")
    (folder / "course.toml").write_text('room = "B101"\n', encoding="utf-8")
    database = ("--database", str(folder / "rollcall.sqlite"))
    for words in (
        ("roster", "import", str(folder / "roster.csv")),
        ("course", "set", COURSE, "--file", str(folder / "course.toml")),
    ):
        done = run(SERVER, *words, *database)
        assert done.returncode == 0, done.stderr
    made: str = run_json(SERVER, "device", "add", "front", "--room", "B101", *database)["token"]
    return made


@pytest.fixture(scope="module")
def server(folder: Path, token: str) -> Iterator[Running]:
    with serving(folder, "--authentication", "required", "--host", "127.0.0.1") as running:
        yield running


def test_who_does_not_say_who_they_are_hears_it_three_times_and_is_cut_off(server: Running) -> None:
    with Speaker(server) as speaker:
        answers = [speaker.ask(messages.Roster(course=COURSE)) for _ in range(3)]
        assert {each.code for each in answers} == {"unauthorised"}
        assert speaker.reply() == b""


def test_a_token_is_who_it_is_given_to(server: Running, token: str) -> None:
    with Speaker(server) as speaker:
        welcome = speaker.ask(messages.Hello(token=token))
        assert (welcome.who, welcome.role) == ("front", "device")
        refused = speaker.ask(messages.Mark(student=STUDENT, course=COURSE, key="k"))
        assert (refused.code, refused.retry) == ("forbidden", False)
        assert speaker.ask(messages.Sessions(course=COURSE)).sessions == ()


def test_the_form_of_2019_is_refused_where_no_client_is_listed(server: Running) -> None:
    assert legacy(server, f"{STUDENT}{COURSE}".encode()) == b"fail"
    assert legacy(server, COURSE.encode()) == b"fail"


def test_a_client_brings_its_token_from_a_file_that_nobody_else_can_read(
    server: Running, token: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(token)
    file.chmod(0o600)
    flags = ("--server", server.address, "--outbox", str(tmp_path / "outbox.sqlite"))
    done = run(CLIENT, "session", "list", COURSE, *flags, "--token-file", str(file))
    assert done.returncode == 0, done.stderr
    assert "Who you are is not known" in run(CLIENT, "session", "list", COURSE, *flags).stderr
    file.chmod(0o644)
    assert "chmod 600" in run(CLIENT, "session", "list", COURSE, *flags, "--token-file", str(file)).stderr


def test_a_token_stands_in_no_log_and_in_no_list_of_processes(server: Running, token: str, tmp_path: Path) -> None:
    env = environment(ROLLCALL_TOKEN=token)
    command = [sys.executable, CLIENT, "roster", COURSE, "--server", server.address]
    command += ["--outbox", str(tmp_path / "outbox.sqlite")]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
        seen = Path(f"/proc/{client.pid}/cmdline").read_bytes()
        client.communicate()
    assert token.encode() not in seen
    with Speaker(server) as speaker:
        speaker.ask(messages.Hello(token=token[:-1] + ("a" if token[-1] != "a" else "b")))
    secret = token.split("_", 2)[2]
    assert not [line for line in server.log if secret in line or secret[:20] in line]


def test_a_device_that_is_revoked_by_command_signs_in_no_more(server: Running, folder: Path) -> None:
    database = ("--database", str(folder / "rollcall.sqlite"))
    other = run_json(SERVER, "device", "add", "side", "--room", "B101", *database)["token"]
    with Speaker(server) as speaker:
        assert speaker.ask(messages.Hello(token=other)).who == "side"
    assert run(SERVER, "device", "revoke", "side", *database).returncode == 0
    with Speaker(server) as speaker:
        assert "revoked" in speaker.ask(messages.Hello(token=other)).text


def test_a_professor_signs_in_on_the_rooms_pc_and_marks_are_theirs_until_they_leave(
    server: Running, token: str, folder: Path, tmp_path: Path
) -> None:
    database = ("--database", str(folder / "rollcall.sqlite"))
    assert run(SERVER, "user", "add", "prof.kim", "--no-password", *database).returncode == 0
    assert run(SERVER, "staff", "add", COURSE, "prof.kim", *database).returncode == 0
    env = environment(ROLLCALL_TOKEN=token)
    flags = ("--server", server.address, "--outbox", str(tmp_path / "outbox.sqlite"))
    command = [sys.executable, "-u", CLIENT, "pair", *flags]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, encoding="utf-8") as window:
        assert window.stdout
        code = window.stdout.readline().split()[-1]
        assert run(SERVER, "pairing", "approve", code, "--user", "prof.kim", *database).returncode == 0
        assert "prof.kim is signed in here" in window.communicate()[0]
    done = run(CLIENT, "mark", STUDENT, COURSE, "--hour", "1", *flags, env=env)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(folder / "rollcall.sqlite") as file:
        assert file.execute("SELECT who FROM marks").fetchall() == [("prof.kim",)]
    file.close()
    assert "prof.kim is signed out" in run(CLIENT, "pair", "--end", *flags, env=env).stdout
    refused = run(CLIENT, "mark", STUDENT, COURSE, "--hour", "1", *flags, env=env)
    assert refused.returncode == 1
    assert "front may not do this" in refused.stderr


def test_what_somebody_decided_whose_sign_in_was_revoked_is_put_aside_and_holds_nobody_up(
    server: Running, token: str, folder: Path, tmp_path: Path
) -> None:
    database = ("--database", str(folder / "rollcall.sqlite"))
    assert run(SERVER, "user", "add", "prof.lee", "--no-password", *database).returncode == 0
    assert run(SERVER, "staff", "add", COURSE, "prof.lee", *database).returncode == 0
    with closing(Outbox(tmp_path / "outbox.sqlite", server.address)) as box:
        with Speaker(server) as window:
            window.ask(messages.Hello(token=token))
            shown = window.ask(messages.Pair())
            assert run(SERVER, "pairing", "approve", shown.code, "--user", "prof.lee", *database).returncode == 0
            paired = window.ask(messages.CollectPairing(secret=shown.secret))
        box.sign_ins.begin(paired.token, paired.who, paired.expires)
        theirs = box.add(messages.Mark(student=STUDENT, course=COURSE, key="theirs", hour=1))
        box.sign_ins.end()
        others = box.add(messages.OpenSession(course=COURSE, key="others", date="2026-03-02", hours=(1,)))
        assert run(SERVER, "user", "disable", "prof.lee", *database).returncode == 0
        api = Api(TcpTransport("127.0.0.1", server.port, 30.0), "front", token=token)
        outcomes = [each for sent in OutboxSender(box, api).deliver() for each in sent]
        api.hang_up()
        assert [(each.number, each.refusal.code if each.refusal else "") for each in outcomes] == [
            (theirs, "unauthorised"),
            (others, "forbidden"),
        ]
        assert (box.waiting(), box.refused()) == (0, 2)
