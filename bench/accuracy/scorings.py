"""Ways of comparing a face with a class, each at the threshold that gives FPIR 1 % knowing the truth: table (a)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.people import SIZES, Half, People, half, load
from bench.accuracy.worlds import Setting, World, own_scores
from server.gallery.prior import REFERENCE_FPIR
from server.gallery.scores import Matrix, crowding, distances, length_terms, with_margin

WORLDS = 4
CLASSES = 10
HALVES: tuple[Half, ...] = ("choosing", "reporting")
SETTINGS = (Setting(10), Setting(30), Setting(100), Setting(30, "similar"), Setting(30, "similar", 3))
Embeddings = NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """A class as embeddings. photographs: (p, n, sizes, 128), enrolled, with mirror; plain: the same without, large.
    at: which of SIZES the faces have. others: (c, 128), people who are in no class.
    """

    photographs: Embeddings
    plain: Embeddings
    at: int
    others: Embeddings

    @property
    def template(self) -> Embeddings:
        """What is shipped: the mean over photographs and over the sizes down to the faces'."""
        result: Embeddings = self.photographs[:, :, : self.at + 1].mean(axis=(0, 2))
        return result

    @property
    def one(self) -> Embeddings:
        """One large photograph of each student."""
        return self.photographs[0, :, 0]


Score = Callable[[Case, Embeddings, Embeddings], Matrix]
"""The class, the faces (k, 128) with and without the mirror image -> (k, n)."""


def report() -> None:
    """Print the table for large faces and small ones, one photograph and three."""
    for which in HALVES:
        people = half(load("lfw"), which)
        for size, photographs in ((None, 1), (40, 1), (30, 1), (None, 3)):
            _table(f"{which} half of lfw, faces {size or 'large'}, {photographs} enrolled", people, size, photographs)


def _table(title: str, people: People, size: int | None, photographs: int) -> None:
    cases = [list(_cases(people, size, photographs, setting)) for setting in SETTINGS]
    heads = " | ".join(f"{each.students} {each.kind} of {each.alike}" for each in SETTINGS)
    print(f"\n{title}: missed in percent, one threshold for all classes / one for each\nscore | {heads}")
    for name, score in SCORES.items():
        print(name, "|", " | ".join(_missed(of_setting, score) for of_setting in cases), flush=True)


def _cases(
    people: People, size: int | None, photographs: int, setting: Setting
) -> Iterator[tuple[Case, list[Embeddings], list[Embeddings]]]:
    """The class; its students' faces and its strangers', each with and without mirror."""
    random = np.random.default_rng(5)
    at = SIZES.index(size)
    for _ in range(WORLDS):
        world = World(people, size, random, photographs)
        for _ in range(CLASSES if setting.students * setting.alike <= 0.8 * len(world.can_enrol) else 0):
            students, strangers = world.draw_people(setting, random)
            enrolled = np.stack([each[students] for each in world.enrolled])
            outside = np.setdiff1d(np.arange(len(world.large)), np.concatenate([students, strangers]))
            case = Case(people.mirrored[enrolled], people.plain[enrolled, 0], at, world.large[outside[:100]])
            own, foreign = (
                [people.mirrored[world.coming[who], at], people.plain[world.coming[who], at]]
                for who in (students, strangers)
            )
            yield case, own, foreign


def _missed(cases: list[tuple[Case, list[Embeddings], list[Embeddings]]], score: Score) -> str:
    if not cases:
        return "-"
    students = [own_scores(score(case, *own)) for case, own, _ in cases]
    strangers = [score(case, *foreign).min(axis=1) for case, _, foreign in cases]
    pooled = np.quantile(np.concatenate(strangers), REFERENCE_FPIR)
    each = np.mean(
        [np.mean(own > np.quantile(foreign, REFERENCE_FPIR)) for own, foreign in zip(students, strangers, strict=True)]
    )
    return f"{100 * np.mean(np.concatenate(students) > pooled):.1f} / {100 * each:.1f}"


def _nearest(faces: Embeddings, photographs: Embeddings) -> Matrix:
    result: Matrix = np.min([distances(faces, each) for each in photographs], axis=0)
    return result


def _cosine(case: Case, faces: Embeddings, _: Embeddings, exponent: float = 1.0, room: bool = False) -> Matrix:
    """Distance over the lengths, to the power `exponent`, of face and template from the class's mean; room: the face's
    from the mean of the class as seen at its size."""
    centre = case.template.mean(axis=0)
    seen = case.photographs[:, :, case.at].mean(axis=(0, 1)) if room else centre
    lengths = np.linalg.norm(faces - seen, axis=1)[:, None] * np.linalg.norm(case.template - centre, axis=1)
    result: Matrix = distances(faces, case.template) / lengths ** (exponent / 2)
    return result


def _within(case: Case, faces: Embeddings, _: Embeddings) -> Matrix:
    """Whitened by the within-class covariance of the students' photographs at all sizes, strongly regularised."""
    small = case.photographs.reshape(-1, *case.photographs.shape[2:]).astype(np.float64)
    apart = (small - small.mean(axis=1, keepdims=True)).reshape(-1, small.shape[-1])
    covariance = apart.T @ apart / len(apart)
    mean = np.trace(covariance) / len(covariance)
    values, vectors = np.linalg.eigh(covariance + 3 * mean * np.eye(len(covariance)))
    whitening = (vectors * np.sqrt(4 * mean / values)).astype(np.float32)
    return distances(faces @ whitening, case.template @ whitening)


def _apart(case: Case) -> Matrix:
    return distances(case.one, case.template) + np.where(np.eye(len(case.one), dtype=bool), np.inf, 0.0)


def _near(case: Case) -> Matrix:
    """Classmates and people who are in no class, to the templates."""
    return np.concatenate([distances(case.others, case.template), _apart(case)])


def _z(case: Case, faces: Embeddings, _: Embeddings) -> Matrix:
    own = np.where(np.isfinite(_apart(case)), _apart(case), np.nan)
    result: Matrix = (distances(faces, case.template) - np.nanmean(own, axis=0)) / np.nanstd(own, axis=0)
    return result


def _t(case: Case, faces: Embeddings, _: Embeddings) -> Matrix:
    """With a cohort of other people, who are in no class."""
    cohort = distances(faces, case.others)
    result: Matrix = (distances(faces, case.template) - cohort.mean(axis=1, keepdims=True)) / cohort.std(
        axis=1, keepdims=True
    )
    return result


SCORES: dict[str, Score] = {
    "dlib: plain, nearest photograph": lambda case, _, plain: _nearest(plain, case.plain),
    "mirror, nearest photograph": lambda case, faces, _: _nearest(faces, case.photographs[:, :, 0]),
    "mirror, mean of photographs": lambda case, faces, _: distances(faces, case.photographs[:, :, 0].mean(axis=0)),
    "photographs seen at that size alone": lambda case, faces, _: distances(
        faces, case.photographs[:, :, case.at].mean(axis=0)
    ),
    "T: mean of photographs and sizes": lambda case, faces, _: distances(faces, case.template),
    "T, margin 0.25": lambda case, faces, _: (
        0.5 * with_margin(distances(faces, case.template)) + 0.5 * distances(faces, case.template)
    ),
    "T, margin 0.5": lambda case, faces, _: with_margin(distances(faces, case.template)),
    "T, margin 0.5, length 0.3": lambda case, faces, _: (
        with_margin(distances(faces, case.template)) - length_terms(faces)[:, None]
    ),
    "T, margin 0.5, crowding 0.3, length 0.3": lambda case, faces, _: (
        with_margin(distances(faces, case.template)) - 0.3 * crowding(_apart(case)) - length_terms(faces)[:, None]
    ),
    "T, margin 0.5, length 0.3, crowding among 100 others 0.3": lambda case, faces, _: (
        with_margin(distances(faces, case.template)) - 0.3 * crowding(_near(case)) - length_terms(faces)[:, None]
    ),
    "T, crowding 0.3": lambda case, faces, _: distances(faces, case.template) - 0.3 * crowding(_apart(case)),
    "T, margin 0.5, crowding 0.3": lambda case, faces, _: (
        with_margin(distances(faces, case.template)) - 0.3 * crowding(_apart(case))
    ),
    "T, minus class mean, cosine": _cosine,
    "T, a quarter of the way to it": lambda case, faces, plain: _cosine(case, faces, plain, 0.25),
    "T, two means (enrolment, room), half the way": lambda case, faces, plain: _cosine(case, faces, plain, 0.5, True),
    "T, within-class covariance": _within,
    "T, Z-normalised": _z,
    "T, T-normalised, cohort of others": _t,
    "T, S-normalised (mean of both)": lambda case, faces, plain: (_z(case, faces, plain) + _t(case, faces, plain)) / 2,
}
