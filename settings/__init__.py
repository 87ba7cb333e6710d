"""Read settings from a TOML file, the environment and flags."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from texts.toml_files import MAX_BYTES, BadToml, read_toml

PREFIX: Final = "ROLLCALL_"
_KIND_NAMES: Final[dict[type, str]] = {
    int: "a whole number",
    float: "a number",
    str: "text",
    Path: "a path",
    bool: "true or false",
}

S = TypeVar("S")


class WrongSetting(ValueError):
    """setting: the name of the one that is out of its range or choices."""

    def __init__(self, text: str, setting: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.setting = setting


def setting(
    default: Any,
    text: str,
    *,
    unit: str = "",
    choices: tuple[str, ...] = (),
    least: float | None = None,
    most: float | None = None,
    flag: str = "",
    parse: Callable[[str, str], Any] | None = None,
    secret: bool = False,
) -> Any:
    """A field `idle_timeout_s` is `--idle-timeout-s` and `ROLLCALL_IDLE_TIMEOUT_S`.

    flag: its flag's name where that is another. parse: takes a text and what to call it in an error. secret: not shown
    with the settings.
    """
    about = {"text": text, "unit": unit, "choices": choices, "least": least, "most": most, "flag": flag, "parse": parse}
    return field(default=default, metadata=about, repr=not secret)


def load_settings(
    kind: type[S], flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None = None, **defaults: Any
) -> S:
    """Defaults < TOML file < environment (empty: not set) < flags (None: not given). Raises WrongSetting.

    defaults: what holds instead of the fields' own.
    """
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]  # a dataclass, as its caller says
    values = _from_file(file, known) if file else {}
    sources = dict.fromkeys(values, str(file))
    for name, each in known.items():
        for source, value in ((variable_of(each), environment.get(variable_of(each)) or None), _flag(each, flags)):
            if value is not None:
                values[name] = _from_text(each, value, source) if isinstance(value, str) else value
                sources[name] = source
    try:
        return kind(**{**defaults, **values})
    except WrongSetting as wrong:
        if (said := sources.get(wrong.setting)) is None:
            raise
        raise WrongSetting(f"{wrong.text.removesuffix('.')} ({said}).") from wrong


def require_possible(settings: Any) -> None:
    """Raises WrongSetting for a value that is no choice or out of its range; None is always possible."""
    for each in fields(settings):
        about, value = each.metadata, getattr(settings, each.name)
        if value is None:
            continue
        if about["choices"] and value not in about["choices"]:
            choices = ", ".join(about["choices"])
            raise WrongSetting(f"{each.name} is {value!r}; it must be one of {choices}.", each.name)
        if about["least"] is not None and not about["least"] <= value <= about["most"]:
            limits = f"{about['least']} and {about['most']}"
            raise WrongSetting(f"{each.name} is {value}; it must lie between {limits}.", each.name)


def variable_of(each: Field[Any]) -> str:
    return PREFIX + each.name.upper()


def flag_of(each: Field[Any]) -> str:
    """`--idle-timeout-s`."""
    return "--" + (each.metadata["flag"] or each.name).replace("_", "-")


def kind_of(each: Field[Any]) -> type:
    """The type behind `X` or `X | None`."""
    options = [option for option in get_args(each.type) if option is not type(None)]
    return options[0] if options else each.type  # type: ignore[return-value]


def default_of(each: Field[Any]) -> Any:
    """A setting's default; None where it has none."""
    return None if each.default is MISSING or each.default == "" else each.default


def _flag(each: Field[Any], flags: Mapping[str, Any]) -> tuple[str, Any]:
    return flag_of(each), flags.get(each.metadata["flag"] or each.name)


def _from_file(file: Path, known: Mapping[str, Field[Any]]) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            content = read_toml(opened.read(MAX_BYTES + 1))
    except OSError as error:
        raise WrongSetting(f"The configuration file {file} cannot be read: {error.strerror}.") from error
    except BadToml as error:
        raise WrongSetting(f"The configuration file {file} {error}") from error
    for name in content:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; it may hold {', '.join(known)}."
            raise WrongSetting(f"The configuration file {file} sets {name}, which is no setting{hint}")
    return {name: _from_toml(known[name], value, file) for name, value in content.items()}


def _from_toml(each: Field[Any], value: Any, file: Path) -> Any:
    kind = kind_of(each)
    if kind is Path and isinstance(value, str):
        return (file.parent / Path(value).expanduser()).resolve()
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
        raise WrongSetting(f"{file} sets {each.name} = {value!r}; it must be {_KIND_NAMES[kind]}.")
    return value


def _from_text(each: Field[Any], text: str, source: str) -> Any:
    kind = kind_of(each)
    if each.metadata["parse"]:
        return each.metadata["parse"](text, source)
    try:
        if kind is bool:
            return {"true": True, "false": False}[text]
        return Path(text).expanduser() if kind is Path else kind(text)
    except (ValueError, KeyError) as error:
        raise WrongSetting(f"{source}={text!r} is not {_KIND_NAMES[kind]}.") from error
