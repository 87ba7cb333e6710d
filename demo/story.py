"""Play a class from first to last, and hold each step to what should happen."""

import calendar
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demo import scene
from demo.programs import ROOT, ProgramFailed, Where, ask_as_in_2019, run_json, running_server, shown_code
from demo.scene import COURSE, ENROLLED, NAMES, Scene

# One face's round trip on the server of 2019, measured beside a corrected copy: a second of it was silence.
PHOTOGRAPHS: Final = ROOT / ".cache" / "photos"
SERVER: Final = "face_recog_server.py"
CLIENT: Final = "attendance_client.py"
OLD_SNAPSHOT_S: Final = 1.15
# When the camera takes its pictures, while the student is at the seat and when it is empty.
ROOM, PROFESSOR = "B101", "prof.kim"
CAMPUS: Final = ZoneInfo("Asia/Seoul")
CAMERA_TIMES: Final = {
    "there": ("09:03", "09:15", "09:27", "09:39", "09:48"),
    "gone": ("10:02", "10:15", "10:27", "10:39", "10:48"),
}
WORDS: Final = {"present": "[green]present[/]", "late": "[yellow]late[/]", "absent": "[red]absent[/]"}


class Unexpected(Exception):
    """The text is a sentence that says what came out instead."""


def run_demo(console: Console, photographs: Path = PHOTOGRAPHS) -> int:
    """Print what happened; 0, or 1 with a sentence on what went wrong."""
    started = time.monotonic()
    console.print("[bold]Rollcall: a class from first to last, on real photographs[/]\n")
    try:
        with tempfile.TemporaryDirectory(prefix="rollcall-demo-") as folder:
            _play(Play(console, Path(folder)), scene.make_scene(photographs, Path(folder)))
    except (ProgramFailed, Unexpected, OSError) as error:
        console.print(f"[red]✗[/] {escape(str(error))}", soft_wrap=True)
        if isinstance(error, FileNotFoundError):
            console.print("The photographs are fetched by `make setup`.")
        return 1
    console.print(
        f"\nAll of it in {time.monotonic() - started:.0f} s. Nothing was kept: server, database and pictures "
        "are gone again.\nNext: README.md, five minutes with your own photographs.",
        soft_wrap=True,
    )
    return 0


class Play:
    """One performance, and the seconds since its last line."""

    def __init__(self, console: Console, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        """settings: of the programs, as environment, beside the folder's own."""
        self.console = console
        self.settings = dict(settings or {})
        self._since = time.monotonic()
        self.folder = folder

    def say(self, sentence: str, *, seconds: float | None = None) -> None:
        """seconds: what the step took, where not all the time since the line before."""
        now = time.monotonic()
        took = now - self._since if seconds is None else seconds
        self._since = now
        self.console.print(f"[green]✓[/] {sentence} [dim]({took:.1f} s)[/]", soft_wrap=True)

    def server(self, *arguments: str) -> Any:
        """What a command of the server prints."""
        return run_json(self.folder, SERVER, *arguments, settings=self.settings)

    def client(self, server: Where, *arguments: str, answers: str = "") -> Any:
        """What a command of the client prints; `answers` is what the professor types."""
        words = (*arguments, "--server", server.address)
        return run_json(self.folder, CLIENT, *words, answers=answers, settings=self.settings)


def expect(holds: bool, sentence: str) -> None:
    """Raise Unexpected with the sentence unless it holds."""
    if not holds:
        raise Unexpected(sentence)


def _play(play: Play, files: Scene) -> None:
    _prepare(play, files)
    with running_server(play.folder, "--legacy-course", COURSE) as server:
        play.say("The server runs, on SQLite, with the photographs enrolled.", seconds=server.ready_s)
        _recognise(play, files, server)
        _confirm(play, files, server)
        _call_the_roll(play, files, server)
        _old_client(play, files, server)
        _seen_and_gone(play, files, server)
        _board(play, server)
        expect(server.stop() == 0, "The server did not end with status 0 when it was told to stop.")


def play_class(play: Play, server: Where, *, amid: Callable[[], None], photographs: Path = PHOTOGRAPHS) -> None:
    """A class at a server that runs already; what `amid` does, it does between the pictures and the roll call.

    Raises ProgramFailed, Unexpected, and OSError where a photograph is not there.
    """
    files = scene.make_scene(photographs, play.folder)
    _prepare(play, files)
    _sign_in(play, server)
    _recognise(play, files, server)
    _confirm(play, files, server)
    amid()
    _call_the_roll(play, files, server)
    _old_client(play, files, server)
    _board(play, server)


def _sign_in(play: Play, server: Where) -> None:
    """The professor, on the window of the room's device: by its code, which is approved elsewhere."""
    plan = play.folder / "room.toml"
    # On now, on whatever day and at whatever hour it is played: the room's device sends pictures of what is on there.
    week = "".join(f'{day} = ["1 00:00-23:59"]\n' for day in map(str.lower, calendar.day_name))
    # The client of 2019 is of the room by its address.
    plan.write_text(f'room = "{ROOM}"\ndevices = ["front", "127.0.0.1"]\n[timetable]\n{week}', encoding="utf-8")
    play.server("course", "set", COURSE, "--file", str(plan))
    play.server("user", "add", PROFESSOR, "--no-password")
    play.server("staff", "add", COURSE, PROFESSOR)
    play.settings["ROLLCALL_TOKEN"] = play.server("device", "add", "front", "--room", ROOM)["token"]
    words = (CLIENT, "pair", "--server", server.address)
    with shown_code(play.folder, *words, settings=play.settings) as code:
        play.server("pairing", "approve", code, "--user", PROFESSOR)
    play.say(f"A professor has signed in on the window of room {ROOM}, by a code that was approved elsewhere.")


def _prepare(play: Play, files: Scene) -> None:
    change = play.server("roster", "import", str(files.roster))
    added = change["students_added"]
    expect(added == len(NAMES), f"{added} students were added from a list of {len(NAMES)}.")
    play.say(f"The office's list is in: {added} students in the course {COURSE}.")
    lines = play.server("enrol", str(files.knowns), *_family(play))
    taken = [line for line in lines if line["outcome"] == "taken"]
    expect(len(taken) == len(scene.PORTRAITS), f"Of {len(scene.PORTRAITS)} photographs these came of it: {lines}")
    play.say(
        f"{len(taken)} photographs of {NAMES[ENROLLED]} ({ENROLLED}) are enrolled; of the others there are none yet."
    )


def _family(play: Play) -> tuple[str, ...]:
    """How to enrol where the default family's networks could not be fetched; the server then goes on with that."""
    missing = [file["path"] for file in play.server("models", "list") if file["state"] != "ready"]
    if not missing:
        return ()
    play.say("The networks of MTCNN and MobileFaceNet are not on this machine, so dlib's are used (--family dlib).")
    return ("--family", "dlib")


def _recognise(play: Play, files: Scene, server: Where) -> None:
    """The stranger stays unknown, the student is named."""
    faces = play.client(server, "snapshot", str(files.class_picture), "--course", COURSE)["faces"]
    expect(len(faces) == 2, f"{len(faces)} faces were found in a picture of two people.")
    known = [face for face in faces if face.get("student")]
    expect(
        [face["student"] for face in known] == [ENROLLED],
        f"{[face['student'] for face in known] or 'Nobody'} was named, where {ENROLLED} sits beside a stranger.",
    )
    play.say(
        f"The camera sees two people: one is {known[0]['name']}, at a distance of "
        f"{known[0]['candidates'][0]['distance']:.2f}; "
        "the other, a stranger, is left unknown."
    )


def _confirm(play: Play, files: Scene, server: Where) -> None:
    play.client(server, "snapshot", str(files.class_picture), "--course", COURSE, "--confirm", answers="y\n")
    expect(_states(play, server).get(ENROLLED) == "present", f"{ENROLLED} was confirmed, yet is not recorded.")
    play.say(f"Asked “{ENROLLED} {NAMES[ENROLLED]}: record as present?”, the professor says yes: recorded.")


def _states(play: Play, server: Where) -> dict[str, str]:
    """What the course's roster says of today's first hour: student -> state, of those who have one."""
    students = play.client(server, "roster", COURSE)["students"]
    return {each["student"]: each["states"]["1"] for each in students if each.get("states")}


def _call_the_roll(play: Play, files: Scene, server: Where) -> None:
    play.client(server, "rollcall", COURSE, "--file", str(files.answers))
    now = _states(play, server)
    expect(scene.ROLL_CALL.items() <= now.items(), f"The roll call was sent, yet the roster says {now}.")
    play.say(f"The roll is called for {len(scene.ROLL_CALL)} others and sent in one batch: two round trips in all.")


def _old_client(play: Play, files: Scene, server: Where) -> None:
    """A client of 2019, which knows nothing of any of this, on the same port."""
    image = files.old_picture.read_bytes()
    started = time.monotonic()
    number = ask_as_in_2019(server, image)
    seconds = time.monotonic() - started
    expect(number == ENROLLED, f"The client of 2019 sent a picture of {ENROLLED} and was answered {number!r}.")
    play.say(
        f"A client of 2019 sends its picture and is answered {number}; the server of 2019 took {OLD_SNAPSHOT_S} s.",
        seconds=seconds,
    )
    answer = ask_as_in_2019(server, f"{scene.BY_OLD_CLIENT}{COURSE}".encode())
    expect(answer == "success", f"The client of 2019 marked {scene.BY_OLD_CLIENT} and was answered {answer!r}.")
    refused = ask_as_in_2019(server, f"{scene.NOT_ON_THE_LIST}{COURSE}".encode())
    expect(refused == "fail", f"{scene.NOT_ON_THE_LIST} is on no list, yet the answer was {refused!r}.")
    play.say(f"It marks {NAMES[scene.BY_OLD_CLIENT]} present, and is refused for a number that is on no list.")
    rows = json.loads(ask_as_in_2019(server, COURSE.encode()))
    attended = {row["student_code"] for row in rows if row["attended"] == "O"}
    expect(
        len(rows) == len(NAMES) and {ENROLLED, scene.BY_OLD_CLIENT} <= attended,
        f"The client of 2019 asked for the list and was answered {rows}.",
    )


def _board(play: Play, server: Where) -> None:
    """The attendance as it stands at the end, everybody as they should be."""
    should = {**scene.ROLL_CALL, ENROLLED: "present", scene.BY_OLD_CLIENT: "present"}
    states = _states(play, server)
    expect(states == should, f"The roster at the end says {states}, and should say {should}.")
    sources = {ENROLLED: "seen by the camera, confirmed", scene.BY_OLD_CLIENT: "client of 2019"}
    board = Table("number", "name", "today", "how", title=f"Attendance, course {COURSE}", title_justify="left")
    for student, name in NAMES.items():
        board.add_row(student, name, WORDS[states[student]], sources.get(student, "roll call"))
    play.console.print()
    play.console.print(board)


def _seen_and_gone(play: Play, files: Scene, server: Where) -> None:
    """Yesterday's class of two hours, from the camera's pictures: who was there in the first and not in the second."""
    yesterday = datetime.now(CAMPUS) - timedelta(days=1)
    plan = play.folder / "course.toml"
    plan.write_text(
        f'title = "Algorithms"\npreset = "kyungil"\n[timetable]\n'
        f'{yesterday:%A} = ["1 09:00-09:50", "2 10:00-10:50"]\n'.lower(),
        encoding="utf-8",
    )
    play.server("course", "set", COURSE, "--file", str(plan))
    session = str(play.server("session", "open", COURSE, "--date", f"{yesterday:%Y-%m-%d}")["session"]["session"])
    for clock in CAMERA_TIMES["there"] + CAMERA_TIMES["gone"]:
        image = files.class_picture if clock in CAMERA_TIMES["there"] else files.seat_empty
        taken_at = f"{yesterday:%Y-%m-%d}T{clock}{yesterday:%z}"
        play.client(server, "snapshot", str(image), "--course", COURSE, "--record", "--taken-at", taken_at)
    student = next(each for each in play.server("session", "show", session)["students"] if each["student"] == ENROLLED)
    proposed = [hour["proposed"] for hour in student["hours"]]
    expect(proposed == ["present", "absent"], f"Seen in hour 1 and gone in hour 2, yet proposed was {proposed}.")
    play.say(
        f"Yesterday's class of two hours, a picture every ten minutes: {NAMES[ENROLLED]} is seen in hour 1 and "
        "gone in hour 2, and the professor is asked about it."
    )
    attended = {each["student"]: each for each in play.server("report", COURSE)["students"]}[ENROLLED]
    expect(attended["absences"] == 0, f"A proposal was counted before anybody confirmed it: {attended}.")
    play.say("Nothing of it counts before the professor confirms it: the camera proposes, a person decides.")
