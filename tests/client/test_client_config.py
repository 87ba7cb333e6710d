"""The client's settings: what counts, and what is told about what cannot be meant."""

from dataclasses import replace
from pathlib import Path

import pytest

from client.config import ClientSettings, load, parse_server
from client.errors import UsageError


def test_without_anything_the_server_is_the_local_one() -> None:
    settings = load({}, {})
    assert (settings.host, settings.port, settings.timeout_s) == ("127.0.0.1", 20060, 30.0)
    assert settings.device


def test_the_environment_counts_above_the_defaults_and_flags_above_the_environment() -> None:
    environment = {"ROLLCALL_SERVER": "there:1", "ROLLCALL_TIMEOUT_S": "2.5", "ROLLCALL_DEVICE": "room 1"}
    outbox = Path("there.sqlite")
    environment |= {"ROLLCALL_OUTBOX": str(outbox), "ROLLCALL_KEPT_PICTURES": "3", "ROLLCALL_KEPT_PICTURES_S": "60"}
    settings = ClientSettings(
        server=("there", 1), timeout_s=2.5, device="room 1", outbox=outbox, kept_pictures=3, kept_pictures_s=60.0
    )
    assert load({}, environment) == settings
    flags = {"server": "here:2", "timeout": "3", "device": "room 2", "outbox": Path("here.sqlite")}
    assert load(flags, environment) == replace(
        settings, server=("here", 2), timeout_s=3.0, device="room 2", outbox=Path("here.sqlite")
    )


def test_the_outbox_lies_in_the_users_state_folder(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    assert load({}, environment).outbox == tmp_path / "rollcall" / "outbox.sqlite"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ROLLCALL_KEPT_PICTURES", "-1"),
        ("ROLLCALL_KEPT_PICTURES", "many"),
        ("ROLLCALL_KEPT_PICTURES", "1e9"),
        ("ROLLCALL_KEPT_PICTURES", "1.5"),
        ("ROLLCALL_KEPT_PICTURES_S", "0"),
        ("ROLLCALL_KEPT_PICTURES_S", "a day"),
    ],
)
def test_how_many_pictures_are_kept_and_how_long_is_checked(variable: str, value: str) -> None:
    with pytest.raises(UsageError, match=variable):
        load({}, {variable: value})


def test_a_server_has_one_name_in_the_outbox_however_it_was_typed() -> None:
    assert load({"server": "Here.Example:2"}, {}).server_name == load({"server": "here.example:02"}, {}).server_name


def test_an_empty_variable_is_not_set() -> None:
    assert load({}, {"ROLLCALL_SERVER": "", "ROLLCALL_TIMEOUT_S": ""}).port == 20060


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("127.0.0.1:20060", ("127.0.0.1", 20060)),
        ("host.example:1", ("host.example", 1)),
        ("[::1]:20061", ("::1", 20061)),
        ("[fe80::1%eth0]:20060", ("fe80::1%eth0", 20060)),
        (" host:65535 ", ("host", 65535)),
    ],
)
def test_a_server_is_a_host_and_a_port(text: str, server: tuple[str, int]) -> None:
    assert parse_server(text) == server


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":20060",
        "host:0",
        "host:65536",
        "host:-1",
        "host:+1",
        "host:١",
        "host:20060x",
        "host:999999999999",
        "::1",
        "[::1",
        "[::1]x",
        "[::1]x:1",
        "[]:1",
        "http://host:20060",
        "ho st:1",
        "user@host:1",
        "host\n:1",
    ],
)
def test_what_is_no_server_is_told_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="HOST:PORT, such as"):
        parse_server(text)


@pytest.mark.parametrize("text", ["nonsense", "host:", "[::1]", "[::1]:", "127.0.0.1"])
def test_a_server_without_a_port_is_told_that_it_is_missing(text: str) -> None:
    with pytest.raises(UsageError, match="the port is missing; it must be HOST:PORT, such as"):
        parse_server(text)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon", "1e9"])
def test_a_timeout_is_a_number_of_seconds(seconds: str) -> None:
    with pytest.raises(UsageError, match="ROLLCALL_TIMEOUT_S"):
        load({}, {"ROLLCALL_TIMEOUT_S": seconds})


@pytest.mark.parametrize("name", [" ", "a\nb", "x" * 101, "a\u202eb"])
def test_a_device_has_a_printable_name(name: str) -> None:
    with pytest.raises(UsageError, match="--device"):
        load({"device": name}, {})


@pytest.mark.parametrize(("own", "device"), [("pc-301", "pc-301"), ("", "client"), ("a\tb", "client")])
def test_the_default_device_is_the_host_if_that_can_be_shown(
    own: str, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: own)
    assert load({}, {}).device == device


TOKEN = "rc1_7_" + "a" * 43


def token_file(tmp_path: Path, mode: int = 0o600, content: str = f"{TOKEN}\n") -> Path:
    path = tmp_path / "token"
    path.write_text(content)
    path.chmod(mode)
    return path


def test_a_token_comes_from_a_file_or_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    from_file = load({"token_file": str(token_file(tmp_path))}, {})
    assert from_file.token == load({}, {"ROLLCALL_TOKEN": TOKEN}).token == TOKEN
    assert TOKEN not in repr(from_file)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_token_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UsageError, match="chmod 600"):
        load({"token_file": str(token_file(tmp_path, mode))}, {})


@pytest.mark.parametrize("content", ["", "two words", "\x00\x01", "토큰"])
def test_a_file_that_holds_no_token_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match="holds no token"):
        load({"token_file": str(token_file(tmp_path, content=content))}, {})


def test_a_token_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load({}, {"ROLLCALL_TOKEN_FILE": str(tmp_path / "nothing")})
