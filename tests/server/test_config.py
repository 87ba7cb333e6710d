"""Settings: which source wins, and what is said about a wrong one."""

from dataclasses import fields
from pathlib import Path

import pytest

from server.config import Settings, load
from server.errors import SetupProblem
from settings import PREFIX


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "rollcall.toml"
    file.write_text('port = 1\nhost = "10.0.0.1"\nlegacy_course = "파일"\nidle_timeout_s = 5\n', encoding="utf-8")
    settings = load({"port": 3, "host": None}, {"ROLLCALL_PORT": "2", "ROLLCALL_HOST": "10.0.0.2"}, file)
    assert (settings.port, settings.host, settings.legacy_course) == (3, "10.0.0.2", "파일")
    assert settings.idle_timeout_s == 5.0
    assert settings.message_timeout_s == 10.0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949", "utf-16", "utf-16-le"])
def test_a_file_that_windows_wrote_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "rollcall.toml"
    file.write_text('# 설정\r\nlegacy_course = "파일"\r\n', encoding=encoding)
    assert load({}, {}, file).legacy_course == "파일"


def test_a_commands_own_default_gives_way_to_whatever_is_said(tmp_path: Path) -> None:
    file = tmp_path / "rollcall.toml"
    file.write_text('log_level = "error"\n')
    assert load({"log_level": None}, {}, log_level="warning").log_level == "warning"
    assert load({}, {}, file, log_level="warning").log_level == "error"
    assert load({}, {"ROLLCALL_LOG_LEVEL": "info"}, file, log_level="warning").log_level == "info"


def test_every_setting_can_come_from_the_environment() -> None:
    samples = {int: "33", float: "33.5", str: "dlib", Path: "photos", bool: "false"}
    special = {
        "consent": "recorded",
        "held_up": "advise",
        "detector": "hog",
        "log_format": "json",
        "log_level": "debug",
        "timezone": "Asia/Tokyo",
        "http_url": "https://attendance.example.ac.kr",
        "trusted_proxies": "10.0.3.7",
        "proxies": "10.0.3.7",
        "photographs": "elsewhere",
        "drain_s": "2.5",
        "recognisers": "https://10.0.1.5:20070",
        "legacy_http": "1219=8219",
        "legacy_http_clients": "10.0.3.7",
        "camera_urls": "10.0.3.0/24:8080",
        "max_image_pixels": "20000",
        "max_payload_bytes": "20000",
        "legacy_silence_s": "2",
        "fpir": "0.02",
        "access_log_days": "800",
        "authentication": "required",
        "tls": "optional",
        "smtp_encryption": "tls",
        "mail_sender": "attendance@example.ac.kr",
        "mail_days": "90",
        "template_days": "90",
        "request_days": "365",
        "room_check_days": "90",
        "mail_hour": "6",
        "legacy_clients": "10.0.3.0/24",
    }
    for each in fields(Settings):
        kind = next(kind for kind in samples if kind.__name__ in str(each.type))
        text = special.get(each.name, samples[kind])
        assert str(getattr(load({}, {PREFIX + each.name.upper(): text}), each.name)) in {
            text,
            f"{text}.0",
            text.capitalize(),
        }


def test_paths_in_a_file_are_relative_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "rollcall.toml"
    file.write_text('knowns = "photos"\n')
    assert load({}, {}, file).knowns == tmp_path / "photos"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"ROLLCALL_PORT": "many"}, "ROLLCALL_PORT='many' is not a whole number"),
        ({"ROLLCALL_KEEP_PHOTOGRAPHS": "no"}, "ROLLCALL_KEEP_PHOTOGRAPHS='no' is not true or false"),
        ({"ROLLCALL_PORT": "65536"}, "port is 65536; it must lie between 0 and 65535"),
        ({"ROLLCALL_IDLE_TIMEOUT_S": "nan"}, "idle_timeout_s is nan"),
        ({"ROLLCALL_ENGINE": "quick"}, "engine is 'quick'; it must be one of auto, onnx, openvino, dlib"),
        ({"ROLLCALL_TIMEZONE": "../etc"}, "No time zone is called '../etc'"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_possible(environment: dict[str, str], said: str) -> None:
    with pytest.raises(SetupProblem) as caught:
        load({}, environment)
    assert said in caught.value.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("prot = 1", "sets prot, which is no setting; did you mean port?"),
        ('port = "1"', "port = '1'; it must be a whole number"),
        ("port = true", "port = True; it must be a whole number"),
        ("port = ", "is not TOML"),
        ("port = " + "[" * 100_000, "brackets are nested too deeply"),
        ("\xff", "is not TOML"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "rollcall.toml"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(SetupProblem) as caught:
        load({}, {}, file)
    assert said in caught.value.text


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match="cannot be read"):
        load({}, {}, tmp_path / "none.toml")


def test_the_key_lies_beside_the_sqlite_file_and_else_in_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert Settings(database=str(tmp_path / "a.sqlite")).key_path == tmp_path / "a.key"
    assert Settings(database=f"sqlite:///{tmp_path}/a.sqlite").key_path == tmp_path / "a.key"
    assert Settings(database="mysql://u:p@h/d").key_path == tmp_path / "rollcall" / "rollcall.key"
    assert Settings(key_file=Path("mine")).key_path == Path("mine")


def test_proxies_are_addresses_and_networks() -> None:
    settings = load({}, {"ROLLCALL_TRUSTED_PROXIES": "10.0.3.7, fd00::/8"})
    assert [str(each) for each in settings.proxy_networks] == ["10.0.3.7/32", "fd00::/8"]
    with pytest.raises(SetupProblem, match=r"10\.0\.3\.0/24.*ROLLCALL_TRUSTED_PROXIES"):
        load({}, {"ROLLCALL_TRUSTED_PROXIES": "the proxy"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("legacy_http", "1220"),
        ("legacy_http", "80, 80=81"),
        ("legacy_http", "80=x"),
        ("legacy_http", "80=70000"),
        ("legacy_http_clients", "somebody"),
        ("camera_urls", "http://user:secret@10.0.3.7/"),
        ("camera_urls", "10.0.3.0/24"),
        ("camera_urls", "10.0.3.0/33:80"),
    ],
)
def test_a_list_that_cannot_be_is_refused_with_its_name(name: str, text: str) -> None:
    with pytest.raises(SetupProblem, match=name):
        load({}, {f"ROLLCALL_{name.upper()}": text})


def test_old_programs_have_the_port_of_their_number_or_another() -> None:
    assert load({}, {"ROLLCALL_LEGACY_HTTP": "1219, 80=8080"}).seed_ports == {"1219": 1219, "80": 8080}


@pytest.mark.parametrize(
    "named",
    ["{0}/a.sqlite", "sqlite:///{0}/a.sqlite", "sqlite+pysqlite:///{0}/a.sqlite", "sqlite:///{0}/a.sqlite?timeout=5"],
)
def test_the_key_lies_beside_the_database_however_that_is_named(tmp_path: Path, named: str) -> None:
    assert load({"database": named.format(tmp_path)}, {}).key_path == tmp_path / "a.key"


def test_the_key_of_a_database_in_the_home_lies_there_too_whatever_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load({"database": "~/a.sqlite"}, {}).key_path == tmp_path / "a.key"
    monkeypatch.chdir(tmp_path)
    assert load({"database": "a.sqlite"}, {}).key_path == tmp_path / "a.key"


@pytest.mark.parametrize(("text", "kept"), [("true", True), ("false", False)])
def test_a_file_says_true_or_false_and_nothing_that_looks_like_it(tmp_path: Path, text: str, kept: bool) -> None:
    file = tmp_path / "rollcall.toml"
    file.write_text(f"keep_photographs = {text}\n")
    assert load({}, {}, file).keep_photographs is kept
    file.write_text(f'keep_photographs = "{text}"\n')
    with pytest.raises(SetupProblem, match="must be true or false"):
        load({}, {}, file)
    file.write_text(f"port = {text}\n")
    with pytest.raises(SetupProblem, match="must be a whole number"):
        load({}, {}, file)
