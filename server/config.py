"""One frozen Settings, read once at the start: defaults < file (TOML) < environment < flags.

Each setting is described here and nowhere else: the command line, the environment names and the documented table
are made from these fields. Knows nothing of what the settings are used for.
"""

import difflib
import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

from server.errors import SetupProblem
from server.families import DETECTORS, ENGINES, FAMILIES

ROOT: Final = Path(__file__).resolve().parent.parent
PREFIX: Final = "ROLLCALL_"
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
KIND_NAMES: Final[dict[type, str]] = {int: "a whole number", float: "a number", str: "text", Path: "a path"}


def state_folder() -> Path:
    """Where the user's own state lives: XDG_STATE_HOME, LOCALAPPDATA on Windows, else ~/.local/state."""
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "rollcall"


def _setting(
    default: Any,
    text: str,
    *,
    unit: str = "",
    choices: tuple[str, ...] = (),
    least: float | None = None,
    most: float | None = None,
) -> Any:
    return field(
        default=default,
        metadata={
            "text": text,
            "unit": unit,
            "choices": choices,
            "least": least,
            "most": most,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. A field `idle_timeout_s` is `--idle-timeout-s` and `ROLLCALL_IDLE_TIMEOUT_S`."""

    host: str = _setting("127.0.0.1", "address to listen on; there is no encryption yet, so keep it on loopback")
    port: int = _setting(20060, "TCP port to listen on; 0 takes a free one", least=0, most=65535)
    database: str = _setting(
        "", "SQLite file, or mysql://user:password@host:port/name (default: rollcall.sqlite in the user's state folder)"
    )
    knowns: Path = _setting(ROOT / "knowns", "folder of the enrolment photographs")
    key_file: Path | None = _setting(
        None,
        "file of the key that encrypts the templates (default: beside the SQLite "
        "file, or rollcall.key in the user's state folder)",
    )
    family: str = _setting(
        "auto",
        "networks that find and tell faces; auto: those that the database was enrolled with, in a new one khuface",
        choices=("auto", *FAMILIES),
    )
    embedder: Path | None = _setting(
        None,
        "somebody's own network: an .onnx file with a .toml file beside it, or another .dat file of dlib's form "
        "(default: the family's)",
    )
    engine: str = _setting("auto", "what runs the networks", choices=("auto", *ENGINES))
    detector: str | None = _setting(None, "what finds the faces (default: the family's)", choices=DETECTORS)
    detector_file: Path | None = _setting(None, "YuNet's .onnx file, which the detector yunet needs")
    min_face_px: int | None = _setting(
        None, "smallest face that is looked for (default: the family's)", unit="pixels", least=16, most=400
    )
    max_faces: int = _setting(200, "most faces that are taken from one picture", unit="faces", least=1, most=2000)
    fpir: float = _setting(
        0.01, "share of strangers' faces that may be given a student's name; lower is stricter", least=0.0001, most=0.5
    )
    threads: int = _setting(0, "threads of the recognition engine; 0: as many as there are cores", least=0, most=256)
    legacy_course: str | None = _setting(
        None, "course whose students a snapshot of the 2019 client is compared with (default: all students)"
    )
    timezone: str = _setting("Asia/Seoul", "the campus's time zone: it says which day a mark belongs to")
    max_connections: int = _setting(
        64,
        "connections served at once; one more is told that the server is busy",
        unit="connections",
        least=1,
        most=1000,
    )
    message_timeout_s: float = _setting(
        10.0, "time for one whole message to arrive", unit="seconds", least=0.1, most=600
    )
    idle_timeout_s: float = _setting(
        60.0, "time after which a silent connection is closed", unit="seconds", least=0.1, most=86400
    )
    legacy_silence_s: float = _setting(
        1.0,
        "silence that ends a message of the 2019 form that does not end by itself",
        unit="seconds",
        least=0.05,
        most=10,
    )
    max_payload_bytes: int = _setting(
        16 * 1024 * 1024, "largest image file that is accepted", unit="bytes", least=1024, most=256 * 1024 * 1024
    )
    max_image_pixels: int = _setting(
        25_000_000, "largest image that is decoded", unit="pixels", least=10_000, most=500_000_000
    )
    max_waiting_images: int = _setting(
        16,
        "images that may wait for recognition; one more is told that the server is busy",
        unit="images",
        least=1,
        most=1000,
    )
    sightings_days: int = _setting(
        30,
        "how long recorded pictures' faces are kept, sealed, for the board and for "
        "`recalibrate`; then they are removed",
        unit="days",
        least=1,
        most=400,
    )
    log_level: str = _setting(
        "info", "least severity that is logged; names of people appear at debug only", choices=LOG_LEVELS
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            _check(each, getattr(self, each.name))
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise SetupProblem(f"No time zone is called {self.timezone!r}; write one like Asia/Seoul.") from error

    @property
    def zone(self) -> ZoneInfo:
        """The campus's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def database_url(self) -> str:
        """The database, the default filled in."""
        return self.database or str(state_folder() / "rollcall.sqlite")

    @property
    def key_path(self) -> Path:
        """The key file, the default filled in: beside the SQLite file, or in the user's state folder."""
        if self.key_file is not None:
            return self.key_file
        if self.database_url.startswith(("mysql", "mariadb")):
            return state_folder() / "rollcall.key"
        return Path(self.database_url.removeprefix("sqlite:///")).with_suffix(".key")


def load(
    flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None = None, **defaults: Any
) -> Settings:
    """Settings from flags (None: not given), environment and TOML file. Raises SetupProblem with what to mend.

    defaults: what a command takes instead of the settings' own where none of the three says anything.
    """
    known = {each.name: each for each in fields(Settings)}
    values: dict[str, Any] = {**defaults, **(_from_file(file, known) if file else {})}
    for name, each in known.items():
        if (text := environment.get(PREFIX + name.upper())) is not None:
            values[name] = _from_text(each, text, PREFIX + name.upper())
    values.update({name: value for name, value in flags.items() if value is not None})
    return Settings(**values)


def _from_file(file: Path, known: Mapping[str, Field[Any]]) -> dict[str, Any]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupProblem(f"The configuration file {file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupProblem(f"The configuration file {file} is not TOML: {error}.") from error
    for name in content:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; it may hold {', '.join(known)}."
            raise SetupProblem(f"The configuration file {file} sets {name}, which is no setting{hint}")
    return {name: _from_toml(known[name], value, file) for name, value in content.items()}


def _from_toml(each: Field[Any], value: Any, file: Path) -> Any:
    kind = kind_of(each)
    if kind is Path and isinstance(value, str):
        return (file.parent / Path(value).expanduser()).resolve()
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise SetupProblem(f"{file} sets {each.name} = {value!r}; it must be {KIND_NAMES[kind]}.")
    return value


def _from_text(each: Field[Any], text: str, name: str) -> Any:
    kind = kind_of(each)
    try:
        return Path(text).expanduser() if kind is Path else kind(text)
    except ValueError as error:
        raise SetupProblem(f"{name}={text!r} is not {KIND_NAMES[kind]}.") from error


def kind_of(each: Field[Any]) -> type:
    """The type behind `X` or `X | None`."""
    options = [option for option in get_args(each.type) if option is not type(None)]
    return options[0] if options else each.type  # type: ignore[return-value]


def _check(each: Field[Any], value: Any) -> None:
    """Choices and ranges of one setting."""
    about = each.metadata
    if value is None:
        return
    if about["choices"] and value not in about["choices"]:
        raise SetupProblem(f"{each.name} is {value!r}; it must be one of {', '.join(about['choices'])}.")
    if about["least"] is not None and not about["least"] <= value <= about["most"]:
        raise SetupProblem(f"{each.name} is {value}; it must lie between {about['least']} and {about['most']}.")


def default_text(each: Field[Any]) -> str:
    """A setting's default as the documents show it; paths relative to the project's root."""
    value = each.default
    if value is MISSING or value is None or value == "":
        return ""
    return str(value.relative_to(ROOT)) if isinstance(value, Path) else str(value)
