"""Accounts, staff, devices, pairings and the access log by command."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from server.access import Action
from server.bootstrap.identity import identity_around
from server.cli import commands
from server.cli.rights import RIGHTS
from server.clock import utc_now
from server.config import Settings
from server.errors import RollcallError
from server.services.class_day.courses import Courses
from server.services.identity.principals import Principals
from server.store import open_store
from tests.server.cli.invoking import Said, invoke, invoke_json
from tests.test_docs import commands_below

PASSWORD = "a long enough one"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "roster.csv").write_text("student_id,name,course_code\n201511041,김하늘,ea0017_1\n", encoding="utf-8")
    assert invoke(tmp_path, "roster", "import", str(tmp_path / "roster.csv")).status == 0
    return tmp_path


def typed(folder: Path, text: str, *words: str) -> Said:
    """A command with this on its standard input."""
    flags = ("--database", str(folder / "rollcall.sqlite"), "--key-file", str(folder / "key"))
    result = CliRunner().invoke(commands, [*words, *flags], input=text)
    problem = result.exception.text if isinstance(result.exception, RollcallError) else result.stderr
    return Said(result.exit_code, result.stdout, problem)


def test_every_command_says_what_right_it_needs() -> None:
    assert set(commands_below(commands)) == set(RIGHTS)
    assert set(RIGHTS.values()) <= set(Action)


def test_an_account_is_made_with_a_password_that_stands_nowhere(folder: Path) -> None:
    said = typed(folder, f"{PASSWORD}\n", "user", "add", "prof.kim", "--full-name", "김교수", "--as", "admin")
    assert said.status == 0, said.problem
    assert PASSWORD not in said.output
    assert PASSWORD.encode() not in (folder / "rollcall.sqlite").read_bytes()
    (account,) = invoke_json(folder, "user", "list")
    assert (account["user"], account["role"], account["password"]) == ("prof.kim", "member", "yes")


@pytest.mark.parametrize("password", ["short", "", "x" * 201])
def test_a_password_that_is_none_makes_no_account(folder: Path, password: str) -> None:
    assert typed(folder, f"{password}\n", "user", "add", "prof.kim").status == 1
    assert invoke_json(folder, "user", "list") == []


def test_a_name_is_taken_once(folder: Path) -> None:
    assert invoke(folder, "user", "add", "prof.kim", "--no-password").status == 0
    assert "is an account 'prof.kim' already" in invoke(folder, "user", "add", "prof.kim", "--no-password").problem


def test_rights_are_given_and_taken_and_remembered(folder: Path) -> None:
    invoke(folder, "user", "add", "ta.lee", "--no-password", "--as", "admin")
    invoke(folder, "user", "role", "ta.lee", "office", "--as", "admin")
    assert invoke(folder, "staff", "add", "ea0017_1", "ta.lee", "--role", "assistant", "--may", "mark").status == 0
    (entry,) = invoke_json(folder, "staff", "list", "ea0017_1")
    assert (entry["role"], entry["may"], entry["ends"]) == ("assistant", "mark", None)
    assert invoke(folder, "staff", "remove", "ea0017_1", "ta.lee").status == 0
    assert "does not teach" in invoke(folder, "staff", "remove", "ea0017_1", "ta.lee").problem
    history = invoke_json(folder, "staff", "history", "ta.lee")
    assert [(each["before"], each["after"].split(" 2")[0]) for each in history] == [
        ("", "member"),
        ("member", "office"),
        ("", "assistant (mark)"),
        ("assistant (mark)", "ended"),
    ]
    assert [each["by"] for each in history][:2] == ["admin", "admin"]


def test_who_teaches_a_course_that_there_is_not_is_refused(folder: Path) -> None:
    invoke(folder, "user", "add", "prof.kim", "--no-password")
    assert "No course has the code" in invoke(folder, "staff", "add", "nowhere", "prof.kim").problem
    assert "no account 'nobody'" in invoke(folder, "staff", "add", "ea0017_1", "nobody").problem


def test_a_device_s_token_is_printed_once_and_kept_by_its_hash(folder: Path) -> None:
    made = invoke_json(folder, "device", "add", "front", "--room", "B101")
    assert made["token"].startswith("rc1_")
    secret = made["token"].split("_", 2)[2]
    assert secret.encode() not in (folder / "rollcall.sqlite").read_bytes()
    listed = invoke(folder, "device", "list")
    assert "front" in listed.output
    assert secret not in listed.output
    rotated = invoke_json(folder, "device", "rotate", "front", "--days", "30")
    assert rotated["token"] != made["token"]
    (shown,) = invoke_json(folder, "device", "list")
    assert shown["state"].startswith("good until")
    assert invoke(folder, "device", "revoke", "front").status == 0
    assert invoke_json(folder, "device", "list")[0]["state"] == "revoked"


def test_a_course_s_file_moves_no_registered_device(folder: Path) -> None:
    invoke(folder, "device", "add", "front", "--room", "B101")
    (folder / "course.toml").write_text('title = "x"\nroom = "C202"\ndevices = ["front", "10.0.3.7"]\n')
    assert invoke(folder, "course", "set", "ea0017_1", "--file", str(folder / "course.toml")).status == 0
    assert invoke_json(folder, "device", "list")[0]["room"] == "B101"
    assert invoke_json(folder, "course", "show", "ea0017_1")["devices"] == ["10.0.3.7"]


def test_a_window_s_code_is_approved_for_an_account_by_command(folder: Path) -> None:
    invoke(folder, "device", "add", "front", "--room", "B101")
    invoke(folder, "user", "add", "prof.kim", "--no-password")
    assert "may not do this" in approved(folder).problem
    invoke(folder, "staff", "add", "ea0017_1", "prof.kim")
    said = approved(folder)
    assert said.status == 0, said.problem
    assert "prof.kim is signed in on front in B101" in said.output


def approved(folder: Path) -> Said:
    """A window shows a code, which is typed in small letters."""
    settings = Settings(database=str(folder / "rollcall.sqlite"))
    store = open_store(str(folder / "rollcall.sqlite"), key_file=None)
    try:
        courses = Courses(store, settings.zone)
        device = Principals(store, courses).of_device(store.devices.get("front"), utc_now())
        services = identity_around(settings, store, courses)
        code = services.pairings.begin(device, address="10.0.3.7", now=utc_now()).code
    finally:
        store.close()
    return invoke(folder, "pairing", "approve", code.lower(), "--user", "prof.kim")


def test_the_access_log_tells_and_holds(folder: Path) -> None:
    invoke(folder, "user", "add", "prof.kim", "--no-password", "--as", "admin")
    lines: list[Any] = invoke_json(folder, "access-log", "show", "--who", "admin")
    assert [each["action"] for each in lines] == ["add_user"]
    assert invoke_json(folder, "access-log", "verify")["problems"] == []
    month = f"{utc_now():%Y-%m}"
    report = invoke_json(folder, "access-log", "report", "--month", month)
    assert {each["who"]: each["lines"] for each in report["by_person"]}["admin"] == 1
    assert invoke(folder, "access-log", "report", "--month", "now").status == 2
