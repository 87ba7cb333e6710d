"""Read the numbers that decide about a family's faces from its file; they are fitted, never typed in."""

import math
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from server.errors import SetupProblem
from server.families import family_of
from texts.toml_files import MAX_BYTES, read_toml

FOLDER: Final = Path(__file__).parent
# Length of dlib's embeddings. Embeddings of this length that belong to no family are decided about as dlib's are,
# others as khuface's, until `fit` has made constants for them.
LIKE_DLIB: Final = 128


class Scoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a face is compared with a student, see scores.py."""

    # Of the distance to the best other student.
    margin_weight: float
    # Of what a face's embedding is longer than typical_length.
    length_weight: float
    typical_length: float
    # Of two people.
    typical_distance: float
    # Of two people where people resemble each other.
    homogeneous_distance: float


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The score under which 1 % of strangers' faces lie."""

    # The score is level + per_log_students * ln(students), and what the two weights add.
    level: float
    per_log_students: float
    # Times what the class's mean distance is above the typical one.
    class_weight: float
    # Times 1 - 1 / face sizes averaged in a template.
    size_weight: float
    # The rate falls by e where the threshold falls by this.
    tail_scale: float
    # Standard deviation of a class's true threshold about this one.
    error: float


class Probabilities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Log odds that a student is the right one: at_threshold + slope * lead."""

    # Both hold where one face in ten is a stranger's.
    at_threshold: float
    slope: float


class Verification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a face is one given student's."""

    # Distance under which a share of 1e-4 of other people's faces lie.
    level: float
    # The level falls by this where that share falls by e.
    tail_scale: float
    # Times what the class's mean distance is above the typical one.
    class_weight: float


class FirstLook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Leads between which a face that was embedded without its mirror image is worth a second look."""

    doubt_from: float
    doubt_to: float
    # Whether faces are embedded so at first; what is fitted says only what a first look would be worth.
    used: bool


class Tracking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Distances by which faces of several pictures are linked and decided together, see tracks.py."""

    link_distance: float
    seat_bonus: float
    check_band: float
    sure_lead: float
    mean_handicap: float


class Resemblance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When two students, or two photographs, look like one person, see duplicates.py."""

    # All but weights are distances. Two are alike where they are nearer than level + nearest_weight * how near the next
    # people come + per_log_students * ln(students), or than surely_under.
    level: float
    nearest_weight: float
    per_log_students: float
    surely_under: float
    # How near the next people come in a class of thirty.
    typical_nearest: float
    # Half of the pairs of one person are nearer.
    one_person_under: float
    # Two photographs of one person are seldom farther apart.
    same_person_at_most: float
    # By which a student must be nearer than whoever is next to be named without a question.
    clear_lead: float


class VisibleSizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Width in pixels under which a face is not decided about."""

    # Where photographs as seen small are known.
    smallest_px: int
    # Where they are not.
    smallest_unreduced_px: int
    # Whether templates for small faces are means over the photographs as seen at those sizes.
    reduced: bool
    # Face sizes measured, ascending, and the share of students missed at each in one picture of a class of thirty; the
    # last share is of large faces. Empty: not measured.
    sizes_px: tuple[int, ...] = ()
    missed: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.missed and len(self.missed) != len(self.sizes_px) + 1:
            raise ValueError("missed has one share more than sizes_px")
        if list(self.sizes_px) != sorted(set(self.sizes_px)):
            raise ValueError("sizes_px are not ascending")


class DecisionConstants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is fitted."""

    # Whose embeddings they are for.
    family: str
    # When, and on whom.
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
        with path.open("rb") as opened:
            values = read_toml(opened.read(MAX_BYTES + 1), _finite)
        return msgspec.convert(values, DecisionConstants)
    except OSError as error:
        raise SetupProblem(f"The constants in {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, msgspec.ValidationError) as error:
        raise SetupProblem(
            f"{path} does not hold the constants of a decision ({error}); make them by "
            "`face_recog_server.py fit DIR --out FILE.toml`."
        ) from error


def constants_text(constants: DecisionConstants) -> str:
    """The constants as the text of a TOML file."""
    lines: list[str] = []
    for name, value in msgspec.to_builtins(constants).items():
        if isinstance(value, dict):
            lines += ["", f"[{name}]", *(f"{key} = {_number(each)}" for key, each in value.items())]
        else:
            lines.append(f"{name} = {_quoted(value)}")
    return "\n".join([*lines, ""])


def constants_of(model_id: str, dimensions: int) -> DecisionConstants:
    """The constants of the family with this model id; of another, LIKE_DLIB says whose."""
    family = family_of(model_id)
    if family is not None and family.decision is not None:
        return family_constants(family.decision)
    return family_constants("dlib" if dimensions in {0, LIKE_DLIB} else "khuface")


@cache
def family_constants(name: str) -> DecisionConstants:
    """The constants that ship for this family."""
    return read_constants(FOLDER / f"{name}.toml")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"a number is {text}")
    return value


def _number(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_number(each) for each in value)}]"
    return str(value).lower() if isinstance(value, bool) else f"{value:.4g}" if isinstance(value, float) else str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
