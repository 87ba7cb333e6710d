"""The client's commands against a real socket: what they print, what they send, how they end."""

import io
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from client.cli import commands, run
from client.outbox.file import open_file
from protocol.messages import Error, Hello, Mark, Marks, Roster, Snapshot, encode
from settings.version import VERSION
from tests.client.scripted_peer import Classroom, Peer, Wire
from tests.ports import closed_port

COURSE = "ea0017_1"
FIRST, SECOND, THIRD = Classroom.names
BUSY = Error(code="busy", text="Too much to do.", retry=True)
KEPT = 3


def with_a_full_disk(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """An outbox's file that has as many pages as it may have, all of them full."""
    file, aside = open_file(path)
    (pages,) = file.execute("PRAGMA page_count").fetchone()
    file.execute(f"PRAGMA max_page_count = {pages}")
    with suppress(sqlite3.OperationalError):
        while True:
            file.execute("INSERT INTO entries (server, kept_at, message, text) VALUES ('', '', x'00', '')")
    return file, aside


class Client:
    """Runs command lines against a classroom, so many connections each, with these lines as the person's answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.classroom = Classroom()
        self.connections = 1
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.status = -1
        self.out = self.err = self.address = ""

    def __call__(self, *arguments: str, answers: str = "") -> int:
        return self.at("127.0.0.1:0", *arguments, answers=answers)

    def at(self, address: str, *arguments: str, answers: str = "") -> int:
        """As a call, with the classroom at this address."""
        scripts = [self.classroom.serve] * self.connections
        with Peer(*scripts, port=int(address.rpartition(":")[2])) as peer:
            self.address = peer.address
            return self.without_server("--server", peer.address, *arguments, answers=answers)

    def without_server(self, *arguments: str, answers: str = "") -> int:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
        self.status = run(arguments)
        self.out, self.err = self._capsys.readouterr()
        return self.status

    @property
    def sent(self) -> list[object]:
        """What was asked, without the introductions."""
        return [each for each in self.classroom.asked if not isinstance(each, Hello)]

    @property
    def batches(self) -> list[dict[str, str]]:
        return [{item.student: item.state for item in each.marks} for each in self.sent if isinstance(each, Marks)]

    def rows(self) -> list[list[str]]:
        """The table that was printed, a list of cells a line."""
        lines = [line.strip().strip("│") for line in self.out.splitlines() if line.strip().startswith("│")]
        return [[cell.strip() for cell in line.split("│")] for line in lines]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Client]:
    monkeypatch.chdir(tmp_path)
    for name in ("ROLLCALL_SERVER", "ROLLCALL_TIMEOUT_S", "ROLLCALL_DEVICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ROLLCALL_OUTBOX", str(tmp_path / "outbox.sqlite"))
    return Client(monkeypatch, capsys)


@pytest.fixture
def image(tmp_path: Path) -> str:
    path = tmp_path / "class.jpg"
    path.write_bytes(b"the bytes of a picture")
    return str(path)


def test_it_says_of_which_version_it_is(client: Client) -> None:
    assert client("--version") == 0
    assert client.out == f"Rollcall, version {VERSION}\n"
    assert client.classroom.asked == []


# -- mark and roster


def test_mark_records_one_student(client: Client) -> None:
    assert client("mark", FIRST, COURSE, "--state", "late", "--hour", "2", "--device", "room 301") == 0
    assert client.classroom.asked[0] == Hello(device="room 301", version=VERSION, waiting=1)
    mark = client.sent[0]
    assert isinstance(mark, Mark)
    assert (mark.student, mark.course, mark.state, mark.hour) == (FIRST, COURSE, "late", 2)
    assert client.rows() == [[FIRST, COURSE, "2024-05-02", "2", "late", "yes"]]


def test_mark_prints_json(client: Client) -> None:
    assert client("mark", FIRST, COURSE, "--json") == 0
    assert json.loads(client.out)["marks"] == [
        {"student": FIRST, "course": COURSE, "date": "2024-05-02", "hour": 1, "state": "present", "changed": True}
    ]


def test_roster_shows_the_list_with_a_column_for_each_hour(client: Client) -> None:
    assert client("roster", COURSE) == 0
    assert client.rows() == [
        [FIRST, "홍길동", "", ""],
        [SECOND, "Kim [bold]Ada[/bold]", "late", "absent"],
        [THIRD, "이순신", "", ""],
    ]
    assert client.out.index("Hour 2") < client.out.index("Hour 10")
    assert f"3 on the list of {COURSE}" in client.out


def test_roster_prints_json_with_names_as_they_are(client: Client) -> None:
    assert client("--json", "roster", COURSE) == 0
    assert "홍길동" in client.out
    assert json.loads(client.out)["students"][0] == {"student": FIRST, "name": "홍길동", "states": {}}


def test_a_refusal_is_one_sentence_and_status_1(client: Client) -> None:
    assert client("roster", "ea9999_9") == 1
    assert client.out == ""
    assert client.err == "attendance_client.py: There is no course ea9999_9.\n"


def test_what_the_server_says_cannot_steer_the_terminal(client: Client) -> None:
    client.classroom.refusals.append(Error(code="internal", text="\x1b[2Jgone\x07 [red]\u202eback"))
    assert client("roster", COURSE) == 1
    assert client.err == "attendance_client.py: ?[2Jgone? [red]?back\n"


# -- what goes wrong before anything is sent


def test_a_server_that_is_away_is_one_sentence_and_status_1(client: Client) -> None:
    address = f"127.0.0.1:{closed_port()}"
    assert client.without_server("roster", COURSE, "--server", address) == 1
    assert client.out == ""
    assert client.err.count("\n") == 1
    assert f"Nothing listens at {address}; start the server" in client.err


def test_a_server_that_stalls_is_given_up_after_the_timeout(client: Client) -> None:
    with Peer(Wire.wait_for_end) as peer:
        assert client.without_server("roster", COURSE, "--server", peer.address, "--timeout", "0.2") == 1
    assert "did not answer within 0.2 s" in client.err
    assert "Large pictures take long: allow more time with --timeout" in client.err


def test_a_server_that_answers_nonsense_is_one_sentence_and_status_1(client: Client) -> None:
    def nonsense(wire: Wire) -> None:
        wire.read_frame()
        wire.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        wire.wait_for_end()

    with Peer(nonsense) as peer:
        assert client.without_server("roster", COURSE, "--server", peer.address) == 1
    assert client.err.count("\n") == 1
    assert "is not a Rollcall server; check host and port" in client.err
    assert "frame" not in client.err


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["roster"], "Missing argument 'COURSE'"),
        (["dance"], "No such command"),
        (["mark", FIRST, COURSE, "--state", "asleep"], "asleep"),
        (["mark", FIRST, COURSE, "--hour", "0"], "0"),
        (["roster", COURSE, "--server", "nowhere:0"], "--server is 'nowhere:0', but it must be HOST:PORT"),
        (["roster", COURSE, "--timeout", "soon"], "--timeout is 'soon'"),
        (["mark", "1" * 33, COURSE], "The student 11111111111111111111111111111111… has 33 characters, but at most 32"),
        (["roster", "가" * 33], "has 33 characters, but at most 32 are allowed"),
        (["snapshot", "missing.jpg", "--course", "c" * 40], "has 40 characters, but at most 32 are allowed"),
        (["mark", "2015\t11041", COURSE], "This cannot be sent"),
        (["outbox", "--discard", "0"], "0"),
        (["outbox", "--timeout", "0", "--send"], "--timeout is '0'"),
        (["snapshot", "missing.jpg", "--course", COURSE], "missing.jpg cannot be read"),
        (["snapshot", ".", "--course", COURSE], "cannot be read"),
        (["roster", ""], "The course is empty; give its number or code, such as ea0017_1."),
        (["mark", " ", COURSE], "The student is empty"),
        (["snapshot", "missing.jpg", "--course", ""], "The course is empty"),
        (["snapshot", "missing.jpg"], "--course"),
        (["snapshot", "missing.jpg", "--course", COURSE, "--hour", "2"], "--confirm"),
        (["rollcall", COURSE, "--file", "missing.csv"], "missing.csv cannot be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_is_asked_for_wrongly_is_told_with_status_2(client: Client, arguments: list[str], what: str) -> None:
    assert client.without_server(*arguments) == 2
    assert what in client.err
    assert client.out == ""


@pytest.mark.parametrize(
    ("arguments", "code", "status"),
    [
        (["roster", COURSE, "--json", "--server", "nonsense"], "usage", 2),
        (["--json", "roster"], "usage", 2),
        (["roster", COURSE, "--json", "--dance"], "usage", 2),
        (["roster", COURSE, "--json", "--server", f"127.0.0.1:{closed_port()}"], "unreachable", 1),
    ],
    ids=["no port", "no course", "no such option", "server away"],
)
def test_with_json_a_failure_is_json_too(client: Client, arguments: list[str], code: str, status: int) -> None:
    assert client.without_server(*arguments) == status
    failure = json.loads(client.out)
    assert set(failure) == {"error"}
    assert failure["error"]["code"] == code
    assert failure["error"]["text"] in client.err


def test_with_json_a_refusal_carries_the_servers_code(client: Client) -> None:
    assert client("roster", "ea9999_9", "--json") == 1
    assert json.loads(client.out) == {"error": {"code": "unknown_course", "text": "There is no course ea9999_9."}}


def test_options_behind_the_command_count_above_those_before_it(client: Client) -> None:
    with Peer(client.classroom.serve) as peer:
        assert client.without_server("--server", "nowhere:0", "roster", COURSE, "--server", peer.address) == 0


def test_the_server_is_found_by_the_environment(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer(client.classroom.serve) as peer:
        monkeypatch.setenv("ROLLCALL_SERVER", peer.address)
        assert client.without_server("roster", COURSE) == 0


@pytest.mark.parametrize("name", [None, *commands.commands])
def test_every_command_has_help_with_an_example(client: Client, name: str | None) -> None:
    assert client.without_server(*filter(None, [name]), "--help") == 0
    assert "Example: attendance_client.py" in client.out


def test_without_a_command_and_without_a_screen_the_help_is_shown_and_why(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert client.without_server() == 0
    assert "Commands:" in client.out
    assert "The window needs a screen" in client.out
    assert client.without_server("window", COURSE) == 1
    assert "The window needs a screen" in client.err


def test_where_qt_is_missing_the_help_says_how_to_install_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert client.without_server() == 0
    assert "pip install -r requirements-client.txt" in client.out


# -- snapshot


def test_snapshot_shows_every_face(client: Client, image: str) -> None:
    assert client("snapshot", image, "--course", COURSE) == 0
    assert client.rows() == [
        ["40, 30, 140, 130", FIRST, "홍길동", "0.310", ""],
        ["240, 30, 320, 110", SECOND, "Kim", "0.440", "please check"],
        ["400, 30, 450, 80", "unknown", "", "", ""],
    ]
    assert [type(each) for each in client.sent] == [Roster, Snapshot]
    assert "1 recognised, 1 to check, 1 unknown; 1 of 3 not seen." in client.out
    assert f"Not seen: {THIRD} 이순신." in client.out


def test_snapshot_prints_json(client: Client, image: str) -> None:
    assert client("snapshot", image, "--course", COURSE, "--record", "--json") == 0
    assert isinstance(client.sent[1], Snapshot)
    assert client.sent[1].record
    printed = json.loads(client.out)
    assert (printed["width"], printed["height"], printed["recorded"], printed["marks"]) == (640, 360, 2, [])
    assert printed["faces"][0]["student"] == FIRST
    assert printed["not_seen"] == [{"student": THIRD, "name": "이순신"}]
    assert printed["faces"][2]["student"] is None


def test_a_picture_that_is_brought_later_keeps_its_time(client: Client, image: str) -> None:
    taken = "2026-11-20T09:05+09:00"
    assert client("snapshot", image, "--course", COURSE, "--record", "--taken-at", taken) == 0
    assert client.sent[1].taken_at == datetime.fromisoformat(taken)


def test_the_confirmed_are_recorded_in_one_batch(client: Client, image: str) -> None:
    assert client("snapshot", image, "--course", COURSE, "--confirm", "--hour", "3", answers="y\ny\n") == 0
    assert client.batches == [{FIRST: "present", SECOND: "present"}]
    assert {item.hour for item in client.sent[2].marks} == {3}
    assert f"{FIRST} 홍길동: record as present?" in client.err
    assert "unknown: record" not in client.err


def test_enter_confirms_the_sure_and_not_the_doubtful(client: Client, image: str) -> None:
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="\n\n") == 0
    assert client.batches == [{FIRST: "present"}]


def test_another_answer_is_asked_for_again(client: Client, image: str) -> None:
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="perhaps\nㅜ\nn\n") == 0
    assert client.err.count(f"{FIRST} 홍길동: record as present?") == 2
    assert client.batches == []
    assert "Nobody was recorded." in client.out


def test_the_result_shows_names(client: Client, image: str) -> None:
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="y\nn\n") == 0
    assert client.rows()[-1] == [FIRST, "홍길동", COURSE, "2024-05-02", "1", "present", "yes"]


def test_who_is_recorded_in_another_state_is_asked_for_with_it_and_enter_keeps_it(client: Client, image: str) -> None:
    client.classroom.states = {FIRST: {"1": "absent"}}
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="\n\n") == 0
    assert f"{FIRST} 홍길동: record as present? (recorded absent today) [y/N" in client.err
    assert client.batches == []


def test_who_is_present_already_is_listed_and_not_asked_for(client: Client, image: str) -> None:
    client.classroom.states = {FIRST: {"1": "present"}}
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="y\n") == 0
    assert f"Already present today: {FIRST} 홍길동." in client.err
    assert f"{FIRST} 홍길동: record" not in client.err
    assert client.batches == [{SECOND: "present"}]


def test_what_is_recorded_in_another_hour_does_not_count(client: Client, image: str) -> None:
    client.classroom.states = {FIRST: {"1": "present"}}
    assert client("snapshot", image, "--course", COURSE, "--confirm", "--hour", "2", answers="\nn\n") == 0
    assert client.batches == [{FIRST: "present"}]


def test_one_key_confirms_all_the_sure_and_still_asks_for_the_doubtful(client: Client, image: str) -> None:
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="a\nn\n") == 0
    assert client.batches == [{FIRST: "present"}]
    assert client.err.count("record as present?") == 2


def test_who_stops_asking_records_the_confirmed_once_that_is_confirmed(client: Client, image: str) -> None:
    command = ("snapshot", image, "--course", COURSE, "--confirm")
    assert client(*command, answers="y\nq\ny\n") == 0
    assert "1 confirmed, 1 not asked for. Record the confirmed as present?" in client.err
    assert client.batches == [{FIRST: "present"}]


@pytest.mark.parametrize("answers", ["y\nq\n", "y\nq\n\n", "y\nq\nn\n"], ids=["end", "Enter", "no"])
def test_who_stops_asking_and_does_not_confirm_records_nobody(client: Client, image: str, answers: str) -> None:
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers=answers) == 1
    assert client.batches == []
    assert "othing was recorded" in client.err


def test_confirmed_answers_are_sent_again_under_the_same_key(client: Client, image: str) -> None:
    client.classroom.refusals, client.connections = [None, None, BUSY], 2
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="y\ny\ny\n") == 0
    first, second = (each for each in client.sent if isinstance(each, Marks))
    assert first == second


def test_confirmed_answers_outlive_a_server_that_goes_away(client: Client, image: str) -> None:
    def leave_before_the_marks(wire: Wire) -> None:
        peer.stop_listening()
        for _ in (Hello, Roster, Snapshot):
            (received,) = wire.read()
            wire.write(encode(client.classroom.answer(received.message), received.id))

    with Peer(leave_before_the_marks) as peer:
        command = ("snapshot", image, "--course", COURSE, "--confirm", "--hour", "3", "--server", peer.address)
        assert client.without_server(*command, answers="y\ny\nn\n") == KEPT
    assert "Nothing listens at" in client.err
    assert client.at(peer.address, "outbox", "--send") == 0
    assert client.batches == [{FIRST: "present", SECOND: "present"}]
    assert {item.hour for item in client.sent[-1].marks} == {3}


def test_a_confirmation_is_a_persons_decision_in_the_session_that_is_on(client: Client, image: str) -> None:
    client.classroom.session, client.classroom.hour = 12, 4
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="y\nn\n") == 0
    assert (client.sent[-1].session, client.sent[-1].source, client.sent[-1].marks[0].hour) == (12, "professor", 4)


def test_a_student_seen_twice_is_asked_for_once(client: Client, image: str) -> None:
    client.classroom.faces = (client.classroom.faces[0],) * 2
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="y\n") == 0
    assert client.batches == [{FIRST: "present"}]


def test_answers_that_end_too_early_record_nobody(client: Client, image: str) -> None:
    assert client("snapshot", image, "--course", COURSE, "--confirm", answers="y\n") == 1
    assert client.batches == []
    assert "nothing was recorded" in client.err


def test_confirming_prints_one_json_document(client: Client, image: str) -> None:
    assert client("snapshot", image, "--course", COURSE, "--confirm", "--json", answers="y\nn\n") == 0
    assert [mark["student"] for mark in json.loads(client.out)["marks"]] == [FIRST]


def test_a_picture_without_a_face_is_one_friendly_sentence(client: Client, image: str) -> None:
    client.classroom.refusals = [None, Error(code="no_face", text="The image shows no face.")]
    assert client("snapshot", image, "--course", COURSE, "--confirm") == 1
    assert client.err.startswith(f"attendance_client.py: No face was found in {image}: ")
    assert client.err.count("\n") == 1
    assert client.batches == []


def test_an_empty_image_is_not_sent(client: Client, tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    assert client.without_server("snapshot", "empty.jpg", "--course", COURSE) == 2
    assert "empty.jpg is empty" in client.err


def test_an_image_that_is_too_large_is_not_sent(client: Client, tmp_path: Path) -> None:
    with (tmp_path / "large.jpg").open("wb") as file:
        file.truncate(16 * 1024 * 1024 + 1)
    assert client.without_server("snapshot", "large.jpg", "--course", COURSE) == 2
    assert "large.jpg is larger than 16777216 bytes" in client.err


# -- roll call


def test_a_roll_call_is_two_requests(client: Client) -> None:
    assert client("rollcall", COURSE, answers="\nl\na\n\n") == 0
    assert [type(each) for each in client.classroom.asked] == [Hello, Roster, Marks]
    assert client.batches == [{FIRST: "present", SECOND: "late", THIRD: "absent"}]
    assert "3 enrolled: 1 present, 1 late, 1 absent. Send?" in client.err


def test_a_roll_call_that_is_ended_sends_who_was_called_once_that_is_confirmed(client: Client) -> None:
    assert client("rollcall", COURSE, answers="l\nq\ny\n") == 0
    assert client.batches == [{FIRST: "late"}]


@pytest.mark.parametrize(
    ("answers", "flags"),
    [("", []), ("l\n", []), ("l\n", ["--yes"]), ("\n\n\n", []), ("\n\n\nn\n", []), ("q\n", []), ("q\n", ["--yes"])],
)
def test_what_is_not_confirmed_is_not_sent(client: Client, answers: str, flags: list[str]) -> None:
    assert client("rollcall", COURSE, *flags, answers=answers) == 1
    assert client.batches == []
    assert "othing was sent" in client.err
    assert client.out == ""


def test_enter_behind_an_end_of_input_does_not_send(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["l\n", "", "\n"])

    class Keyboard(io.StringIO):
        def readline(self, size: int = -1) -> str:
            return next(typed)

    monkeypatch.setattr(sys, "stdin", Keyboard())
    with Peer(client.classroom.serve) as peer:
        assert run(["rollcall", COURSE, "--yes", "--server", peer.address]) == 1
    assert client.batches == []


def test_yes_sends_at_the_end_of_the_list(client: Client) -> None:
    assert client("rollcall", COURSE, "--yes", "--json", answers="\n\n\n") == 0
    assert [mark["state"] for mark in json.loads(client.out)["marks"]] == ["present"] * 3


def test_a_file_is_sent_without_asking(client: Client, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(f"student_id,state\n{THIRD},late\n{FIRST},출석\n", encoding="cp949")
    assert client("rollcall", COURSE, "--file", "answers.csv", "--hour", "2") == 0
    assert client.batches == [{FIRST: "present", THIRD: "late"}]
    assert "3 enrolled: 1 present, 1 late, 1 not called." in client.err


def test_a_file_may_have_korean_headings(client: Client, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(f"이름,학번,출결\n이순신,{THIRD},지각\n", encoding="cp949")
    assert client("rollcall", COURSE, "--file", "answers.csv") == 0
    assert client.batches == [{THIRD: "late"}]


def test_all_fills_up_what_a_file_leaves_out(client: Client, tmp_path: Path) -> None:
    (tmp_path / "absent.csv").write_text(f"student_id,state\n{SECOND},absent\n", encoding="utf-8")
    assert client("rollcall", COURSE, "--file", "absent.csv", "--all", "present") == 0
    assert client.batches == [{FIRST: "present", SECOND: "absent", THIRD: "present"}]


def test_all_by_itself_asks_nobody(client: Client) -> None:
    assert client("rollcall", COURSE, "--all", "not_taken") == 0
    assert set(client.batches[0].values()) == {"not_taken"}


def test_a_file_with_a_wrong_line_reaches_nobody(client: Client, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(f"student_id,state\n{FIRST},here\n", encoding="utf-8")
    assert client.without_server("rollcall", COURSE, "--file", "answers.csv") == 2
    assert "Line 2: 'here' is no state" in client.err


def test_a_file_that_names_a_stranger_changes_nothing(client: Client, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(f"student_id,state\n{FIRST},late\n1,late\n", encoding="utf-8")
    assert client("rollcall", COURSE, "--file", "answers.csv") == 2
    assert "Line 3: student 1 is not on the list" in client.err
    assert client.batches == []


def test_a_course_without_students_has_no_roll_call(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Classroom, "names", {})
    assert client("rollcall", COURSE) == 1
    assert f"Nobody is on the list of course {COURSE}" in client.err


def test_answers_that_could_not_be_sent_are_sent_again_under_the_same_key(client: Client) -> None:
    client.classroom.refusals, client.connections = [None, BUSY], 2
    assert client("rollcall", COURSE, answers="\n\n\ny\ny\n") == 0
    first, second = (each for each in client.sent if isinstance(each, Marks))
    assert first == second
    assert "Too much to do." in client.err


def test_answers_of_a_busy_server_are_kept_and_sent_by_the_next_roll_call(client: Client) -> None:
    client.classroom.refusals = [None, BUSY]
    assert client("rollcall", COURSE, "--hour", "2", answers="\nl\na\ny\nn\n") == KEPT
    assert "Too much to do. It is kept on this machine as entry 1" in client.err
    kept = client.batches[-1]
    assert client.at(client.address, "rollcall", COURSE, "--all", "absent") == 0
    assert client.batches == [kept, kept, dict.fromkeys((FIRST, SECOND, THIRD), "absent")]


def test_a_roll_call_that_is_refused_is_put_aside_until_it_is_mended(client: Client) -> None:
    client.classroom.refusals = [None, Error(code="closed", text="The session is closed.")]
    assert client("rollcall", COURSE, answers="\nl\na\ny\n") == 1
    assert "The session is closed. It is kept as entry 1 of the outbox" in client.err
    assert client("outbox", "--retry", "1", "--send") == 0
    first, second = (each for each in client.sent if isinstance(each, Marks))
    assert first == second


def test_the_rows_that_are_refused_are_told_and_put_aside_and_the_others_are_recorded(client: Client) -> None:
    client.classroom.strangers = {SECOND}
    assert client("rollcall", COURSE, "--all", "present") == 1
    assert [row[0] for row in client.rows()] == [FIRST, THIRD]
    assert f"Student {SECOND} is not enrolled." in client.err
    assert "1 student not recorded, the others are. It is kept as entry 1" in client.err
    client.classroom.strangers = set()
    assert client("outbox", "--retry", "1", "--send") == 0
    assert client.batches[-1] == {SECOND: "present"}
    assert len({each.key for each in client.sent if isinstance(each, Marks)}) == 2


def test_with_json_the_refused_rows_are_told_too(client: Client) -> None:
    client.classroom.strangers = {SECOND}
    assert client("rollcall", COURSE, "--all", "present", "--json") == 1
    assert [each["student"] for each in json.loads(client.out)["refused"]] == [SECOND]


def test_a_roll_call_belongs_to_the_session_and_hour_that_were_on(client: Client) -> None:
    client.classroom.session, client.classroom.hour = 12, 4
    assert client("rollcall", COURSE, "--all", "present") == 0
    assert (client.sent[-1].session, {item.hour for item in client.sent[-1].marks}) == (12, {4})


def test_answers_that_can_neither_be_sent_nor_kept_are_shown(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.outbox.box.open_file", with_a_full_disk)
    assert client("rollcall", COURSE, answers="\nl\na\ny\n") == 1
    assert f"{SECOND},late\n" in client.err
    assert "The disk is full" in client.err
    assert client.batches == []


# -- the outbox


def mark_while_away(client: Client, *students: str) -> str:
    """Marks that nobody hears; the address that they are for."""
    address = f"127.0.0.1:{closed_port()}"
    for student in students:
        assert client.without_server("mark", student, COURSE, "--server", address) == KEPT
    return address


def test_a_mark_that_reaches_nobody_is_kept_and_says_so_with_a_status_of_its_own(client: Client) -> None:
    address = mark_while_away(client, FIRST)
    assert f"Nothing listens at {address}" in client.err
    assert "kept on this machine as entry 1 of the outbox and not recorded at the server yet" in client.err
    assert client.out == ""
    assert client.without_server("mark", SECOND, COURSE, "--server", address, "--json") == KEPT
    assert json.loads(client.out)["error"]["code"] == "kept"


def test_the_outbox_lists_what_waits(client: Client) -> None:
    address = mark_while_away(client, FIRST)
    assert client.without_server("outbox", "--server", address) == KEPT
    (row,) = client.rows()
    assert (row[0], *row[2:]) == ("1", address, f"{FIRST} present in {COURSE}", "waits")
    assert "1 entry waiting, 0 refused." in client.out


def test_what_waits_is_sent_in_order_and_once_with_its_own_time(client: Client) -> None:
    address = mark_while_away(client, FIRST, SECOND, THIRD)
    assert client.at(address, "outbox", "--send") == 0
    marks = client.sent
    assert [mark.student for mark in marks] == [FIRST, SECOND, THIRD]
    assert [mark.at for mark in marks] == sorted({mark.at for mark in marks})
    assert len({mark.key for mark in marks}) == 3
    assert client.without_server("outbox", "--server", address) == 0


def test_what_is_for_another_server_stays_until_a_person_names_this_one(client: Client) -> None:
    mark_while_away(client, FIRST)
    assert client.without_server("outbox", "--send", "--server", f"127.0.0.1:{closed_port()}") == 0
    assert client("outbox", "--retry", "1", "--send") == 0
    assert [each.student for each in client.sent] == [FIRST]


def test_a_mark_that_is_refused_while_its_person_is_there_leaves_nothing_behind(client: Client) -> None:
    client.classroom.refusals = [Error(code="unknown_student", text="No such student.")]
    assert client("mark", FIRST, COURSE) == 1
    assert client.without_server("outbox") == 0
    assert "0 entries waiting, 0 refused." in client.out


def test_what_was_refused_when_nobody_was_there_is_told_listed_and_forgotten_on_demand(client: Client) -> None:
    address = mark_while_away(client, FIRST)
    client.classroom.refusals = [Error(code="unknown_student", text="No such student.")]
    assert client.at(address, "outbox", "--send") == 0
    assert "Entry 1 of the outbox was refused: No such student." in client.err
    assert client.rows()[0][-1] == "refused: No such student."
    assert client.without_server("outbox", "--json") == 0
    (entry,) = json.loads(client.out)["entries"]
    assert (entry["entry"], entry["state"], entry["code"]) == (1, "refused", "unknown_student")
    assert client.without_server("outbox", "--discard", "1") == 0
    assert "0 entries waiting, 0 refused." in client.out


@pytest.mark.parametrize("flag", ["--discard", "--retry"])
def test_an_entry_that_is_not_there_is_told(client: Client, flag: str) -> None:
    assert client.without_server("outbox", flag, "7") == 1
    assert "There is no entry 7 in the outbox" in client.err


def test_a_damaged_outbox_is_set_aside_and_told_of(client: Client, tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite").write_bytes(b"no database, whatever its name says" * 100)
    assert client("mark", FIRST, COURSE) == 0
    assert "outbox.sqlite was damaged. It was set aside as" in client.err
    (aside,) = tmp_path.glob("outbox.sqlite.damaged-*")
    assert aside.read_bytes().startswith(b"no database")


# -- interruptions and consoles


def test_ctrl_c_while_asking_sends_nothing_and_ends_with_130(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted(io.StringIO):
        def readline(self, size: int = -1) -> str:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())
    with Peer(client.classroom.serve) as peer:
        assert run(["rollcall", COURSE, "--server", peer.address]) == 130
    assert client.batches == []
    assert "Stopped." in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["cp949", "ascii", "utf-8"])
def test_a_console_that_lacks_a_character_shows_another(
    client: Client, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(Classroom, "names", {FIRST: "홍길동 Ğ 𠮷"})
    console = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", console)
    assert client("roster", COURSE) == 0
    console.flush()
    shown = console.buffer.getvalue().decode(encoding)
    assert FIRST in shown
    assert ("홍길동" in shown) == (encoding != "ascii")


def test_json_is_utf_8_on_every_console(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp949")
    monkeypatch.setattr(sys, "stdout", console)
    assert client("roster", COURSE, "--json") == 0
    assert "홍길동" in console.buffer.getvalue().decode("utf-8")


def test_columns_stay_aligned_behind_wide_characters(client: Client) -> None:
    assert client("roster", COURSE) == 0
    table = [line for line in client.out.splitlines() if "│" in line]
    assert len({cell_len(line) for line in table}) == 1
