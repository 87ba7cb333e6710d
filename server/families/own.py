"""Somebody's own embedder: an ONNX file and a small TOML file beside it that says what the network wants."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from server.errors import SetupProblem
from server.families.family import ALIGNMENT_IDS, Alignment, Embedder, Family, short_hash
from texts.toml_files import MAX_BYTES, BadToml, read_toml

KEYS: Final = ("name", "licence", "alignment", "length", "input_px", "colour", "mean", "scale")
# Longest vector; the store's columns hold six of them sealed together.
MAX_LENGTH: Final = 1024
MAX_INPUT_PX: Final = 512


@dataclass(frozen=True, slots=True)
class InputForm:
    """What a network wants: a square of input_px, its colours in that order, each pixel as (x - mean) * scale."""

    input_px: int
    colour: Literal["RGB", "BGR"]
    mean: tuple[float, float, float]
    scale: float


def description_path(network: Path) -> Path:
    """The TOML file that belongs to an ONNX file: of the same name, ending in .toml."""
    return network.with_suffix(".toml")


def own_family(network: Path) -> tuple[Family, InputForm]:
    """The family of an ONNX file as the TOML file beside it describes it. Raises SetupProblem with what to mend.

    Its faces are found by MTCNN, or by MMOD where it wants dlib's alignment. No constants of a decision belong to it.
    """
    content = _bytes(network, "another by --embedder, or none for the family's own")
    path = description_path(network)
    values = _values(path)
    form = InputForm(
        _whole(path, values, "input_px", MAX_INPUT_PX),
        _choice(path, values, "colour", ("RGB", "BGR")),
        _mean(path, values),
        _number(path, values, "scale"),
    )
    alignment = _choice(path, values, "alignment", tuple(ALIGNMENT_IDS))
    embedder = Embedder(
        name="own",
        title=_text(path, values, "name"),
        model=f"own-{short_hash(content + path.read_bytes())}",
        alignment=alignment,
        dimensions=_whole(path, values, "length", MAX_LENGTH),
        unit=True,
        scaling=f"(x - {list(form.mean)}) * {form.scale:g}, {form.colour}",
        licence=_text(path, values, "licence"),
        origin=str(network),
    )
    return _family(embedder, alignment), form


def _family(embedder: Embedder, alignment: Alignment) -> Family:
    of_dlib = alignment == "dlib150"
    return Family(
        name="own",
        title=embedder.title,
        detectors=("mmod", "hog", "mtcnn", "yunet") if of_dlib else ("mtcnn", "yunet", "mmod", "hog"),
        embedders=(embedder,),
        landmarks="dlib" if of_dlib else "mtcnn",
        decision=None,
        min_face_px=30,
    )


def _bytes(path: Path, remedy: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupProblem(f"The embedder {path} cannot be read: {error.strerror}. Name {remedy}.") from error


def _values(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as opened:
            values = read_toml(opened.read(MAX_BYTES + 1))
    except OSError as error:
        raise SetupProblem(
            f"The file {path}, which says what the network beside it wants, cannot be read: {error.strerror}. "
            f"It holds {', '.join(KEYS)}; docs/models.md shows one."
        ) from error
    except BadToml as error:
        raise SetupProblem(f"The file {path} {error}") from error
    wrong = [name for name in KEYS if name not in values] or [name for name in values if name not in KEYS]
    if wrong:
        said = "lacks" if wrong[0] in KEYS else "may not hold"
        raise SetupProblem(f"The file {path} {said} {', '.join(wrong)}; it holds {', '.join(KEYS)}.")
    return values


def _text(path: Path, values: dict[str, Any], key: str) -> str:
    value = values[key]
    if not isinstance(value, str) or not value.strip():
        raise SetupProblem(f"{path} sets {key} = {value!r}; it must be a text in quotes.")
    return value


def _choice(path: Path, values: dict[str, Any], key: str, choices: tuple[Any, ...]) -> Any:
    if values[key] not in choices:
        raise SetupProblem(f"{path} sets {key} = {values[key]!r}; it must be one of {', '.join(choices)}.")
    return values[key]


def _whole(path: Path, values: dict[str, Any], key: str, most: int) -> int:
    value = values[key]
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise SetupProblem(f"{path} sets {key} = {value!r}; it must be a whole number from 1 to {most}.")
    return value


def _number(path: Path, values: dict[str, Any], key: str) -> float:
    value = values[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) > 0 or value != value:
        raise SetupProblem(f"{path} sets {key} = {value!r}; it must be a number other than 0.")
    return float(value)


def _mean(path: Path, values: dict[str, Any]) -> tuple[float, float, float]:
    value = values["mean"]
    numbers = value if isinstance(value, list) and len(value) == 3 else [None]
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in numbers):
        raise SetupProblem(f"{path} sets mean = {value!r}; it must be three numbers, like [127.5, 127.5, 127.5].")
    red, green, blue = map(float, numbers)
    return red, green, blue
