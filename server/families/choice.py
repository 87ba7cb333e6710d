"""Which family is meant: by its name, or by somebody's own embedder. Loads no network."""

import hashlib
from pathlib import Path
from typing import Final

from server.errors import SetupProblem
from server.families import DEFAULT, FAMILIES, Family
from server.families.dlib_family import with_embedder
from server.families.own import own_family

CHOICES: Final = ("auto", *FAMILIES)


def chosen_family(family: str = "auto", embedder: Path | None = None) -> Family:
    """The family called so; `auto` is the default one. embedder: an .onnx file of one's own, or a .dat of dlib's form.

    Raises SetupProblem where there is none of that name, or where the embedder's files cannot be used.
    """
    if family not in CHOICES:
        if embedder is None and Path(family).suffix in {".onnx", ".dat"}:
            return chosen_family("auto", Path(family))
        raise SetupProblem(f"No family is called {family!r}; the family is one of {', '.join(CHOICES)}, or a file.")
    if embedder is None:
        return DEFAULT if family == "auto" else FAMILIES[family]
    if embedder.suffix.lower() == ".onnx":
        _require(family, "auto", "is a family of its own")
        return own_family(embedder)[0]
    _require(family, "dlib", "is an embedder of the family dlib")
    return with_embedder(_sha256(embedder))


def _require(family: str, fitting: str, what: str) -> None:
    if family not in {"auto", fitting}:
        raise SetupProblem(f"The file of --embedder {what}: leave --family {family} away, or --embedder.")


def _sha256(embedder: Path) -> str:
    try:
        with embedder.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SetupProblem(
            f"The embedder {embedder} cannot be read: {error.strerror}. Name another by --embedder, "
            "or none for the family's own."
        ) from error
