"""The numbers that decide about a family's faces, read from the family's file. They are fitted, never typed in."""

import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from server.errors import SetupProblem
from server.families import family_of

FOLDER: Final = Path(__file__).parent
LIKE_DLIB: Final = 128
"""Length of dlib's embeddings. Embeddings of this length that belong to no family are decided about as dlib's are,
others as khuface's, until `fit` has made constants for them."""


class Scoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a face is compared with a student, see scores.py.

    margin_weight: of the distance to the best other student. length_weight: of what a face's embedding is longer than
    typical_length. typical_distance: of two people; homogeneous_distance: where people resemble each other.
    """

    margin_weight: float
    length_weight: float
    typical_length: float
    typical_distance: float
    homogeneous_distance: float


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The score under which 1 % of strangers' faces lie: level + per_log_students * ln(students) and what follows.

    class_weight: times what the class's mean distance is above the typical one. size_weight: times 1 - 1 / face sizes
    averaged in a template. tail_scale: the rate falls by e where the threshold falls by this. error: standard deviation
    of a class's true threshold about this one.
    """

    level: float
    per_log_students: float
    class_weight: float
    size_weight: float
    tail_scale: float
    error: float


class Probabilities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Log odds that a student is the right one: at_threshold + slope * lead, where one face in ten is a stranger's."""

    at_threshold: float
    slope: float


class Verification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Distance under which a share of 1e-4 of other people's faces lie, and by how much it falls as that falls by e."""

    level: float
    tail_scale: float
    class_weight: float


class FirstLook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Leads between which a face that was embedded without its mirror image is worth a second look.

    used: whether faces are embedded so at first; what is fitted says only what a first look would be worth.
    """

    doubt_from: float
    doubt_to: float
    used: bool


class Tracking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How faces of several pictures are linked and decided together, see tracks.py. All are distances."""

    link_distance: float
    seat_bonus: float
    check_band: float
    sure_lead: float
    mean_handicap: float


class Resemblance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When two students, or two photographs, look like one person, see duplicates.py. All but weights are distances.

    Two are alike where they are nearer than level + nearest_weight * how near the next people come + per_log_students *
    ln(students), or than surely_under. typical_nearest: how near the next people come in a class of thirty.
    one_person_under: half of the pairs of one person are. same_person_at_most: two photographs of one person are seldom
    farther apart. clear_lead: by which a student must be nearer than whoever is next to be named without a question.
    """

    level: float
    nearest_weight: float
    per_log_students: float
    surely_under: float
    typical_nearest: float
    one_person_under: float
    same_person_at_most: float
    clear_lead: float


class VisibleSizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Width in pixels under which a face is not decided about, by whether photographs as seen small are known.

    reduced: whether templates for small faces are means over the photographs as seen at those sizes.
    """

    smallest_px: int
    smallest_unreduced_px: int
    reduced: bool


class DecisionConstants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is fitted. family: whose embeddings they are for; fitted: when, and on whom."""

    family: str
    fitted: str
    scores: Scoring
    thresholds: Thresholds
    probabilities: Probabilities
    verification: Verification
    first_look: FirstLook
    tracks: Tracking
    resemblance: Resemblance
    visibility: VisibleSizes


def read_constants(path: Path) -> DecisionConstants:
    """The constants in a file that `fit` has written. Raises SetupProblem where it is none."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=_finite)
        return msgspec.convert(values, DecisionConstants)
    except OSError as error:
        raise SetupProblem(f"The constants in {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, msgspec.ValidationError) as error:
        raise SetupProblem(
            f"{path} does not hold the constants of a decision ({error}); make them by "
            "`face_recog_server.py fit DIR --out FILE.toml`."
        ) from error


def constants_text(constants: DecisionConstants) -> str:
    """As the text of a TOML file."""
    lines: list[str] = []
    for name, value in msgspec.to_builtins(constants).items():
        if isinstance(value, dict):
            lines += ["", f"[{name}]", *(f"{key} = {_number(each)}" for key, each in value.items())]
        else:
            lines.append(f"{name} = {_quoted(value)}")
    return "\n".join([*lines, ""])


def constants_of(model_id: str, dimensions: int) -> DecisionConstants:
    """Those of the family that makes embeddings with this model id; of another, LIKE_DLIB says whose."""
    family = family_of(model_id)
    if family is not None and family.decision is not None:
        return family_constants(family.decision)
    return family_constants("dlib" if dimensions in {0, LIKE_DLIB} else "khuface")


@cache
def family_constants(name: str) -> DecisionConstants:
    """Those that ship for the family called so."""
    return read_constants(FOLDER / f"{name}.toml")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"a number is {text}")
    return value


def _number(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:.4g}" if isinstance(value, float) else str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
