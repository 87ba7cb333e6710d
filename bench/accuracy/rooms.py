"""Composed rooms: several pictures of one class hour, with absent students, strangers and look-alikes among them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from bench.accuracy.fitting import present, reporting
from server.gallery import Gallery, Matcher, SeenFace, decide_hour
from server.gallery.constants import family_constants
from server.gallery.fitting import Population

CLASS = 30
STRANGERS = 3
ROOMS = 80
BOOTSTRAPS = 1000
FACE_PX = 80


@dataclass
class Counts:
    """What was decided, by person: share of class hours (or faces) in which the error was made."""

    absent_named: dict[str, list[bool]] = field(default_factory=dict)
    not_sure: dict[str, list[bool]] = field(default_factory=dict)
    not_found: dict[str, list[bool]] = field(default_factory=dict)
    swapped: dict[str, list[bool]] = field(default_factory=dict)
    checks: list[int] = field(default_factory=list)
    decisions: int = 0


@dataclass(frozen=True)
class Room:
    """One class hour. px: size of the faces, None: large.

    pictures: of each the faces' embeddings as they are kept, of the first look or, where that leaves doubt, the second.
    """

    matcher: Matcher
    students: list[str]
    present: list[str]
    strangers: list[str]
    pictures: list[NDArray[np.float32]]
    px: int | None

    @property
    def absent(self) -> list[str]:
        return [each for each in self.students if each not in self.present]

    @property
    def faces(self) -> list[str]:
        """Who each face of a picture is."""
        return [*self.present, *self.strangers]


def report(family: str) -> None:
    """Rooms of people of LFW with six photographs, a different one in every picture."""
    if not present(family, ("lfw",)):
        return
    for photographs, pictures in ((1, 5), (3, 3)):
        for px in (None, 40):
            for absent in ("a tenth", "look-alikes"):
                rooms = list(_rooms(family, px, photographs, pictures, absent == "look-alikes"))
                print(f"\nlfw, {photographs} enrolled, faces {px or 'large'}, absent: {absent}; {len(rooms)} rooms")
                for name, decide in WAYS.items():
                    print(name, "|", _line([_tallied(room, decide) for room in rooms]), flush=True)


def _rooms(family: str, px: int | None, photographs: int, pictures: int, look_alikes: bool) -> Iterator[Room]:
    yield from composed(family, reporting(family, "lfw"), px, photographs, pictures, look_alikes=look_alikes)


def composed(
    family: str,
    people: Population,
    px: int | None,
    photographs: int,
    pictures: int,
    *,
    look_alikes: bool,
    rooms: int = ROOMS,
) -> Iterator[Room]:
    """Rooms of these people; look_alikes: who is absent resembles somebody who comes."""
    seen = people.faces[None].any(axis=1) & people.faces[px].any(axis=1)
    rows = {name: np.flatnonzero((people.owners == name) & seen) for name in people.people}
    able = [name for name in rows if len(rows[name]) >= photographs + pictures]
    random = np.random.default_rng(31)
    for _ in range(rooms):
        drawn = [str(each) for each in random.choice(able, CLASS + STRANGERS, replace=False)]
        order = {name: random.permutation(rows[name]) for name in drawn}
        students, strangers = drawn[:CLASS], drawn[CLASS:]
        enrolled = np.concatenate([order[name][:photographs] for name in students])
        matcher = _gallery(people, family, students, enrolled, photographs).matcher()
        absent = _nearest_pairs(people, students, enrolled, photographs) if look_alikes else students[: CLASS // 10]
        present = [name for name in students if name not in absent]
        shown = [np.array([order[name][photographs + k] for name in [*present, *strangers]]) for k in range(pictures)]
        faces = [_kept(matcher, people, each, px) for each in shown]
        yield Room(matcher, students, present, strangers, faces, px)


def _kept(matcher: Matcher, people: Population, rows: NDArray[np.intp], px: int | None) -> NDArray[np.float32]:
    """What the server keeps of the faces of one picture: those in doubt are embedded again."""
    if not matcher.constants.first_look.used:
        return people.faces[px][rows]
    first = people.plain[px][rows]
    matches = matcher.identify(first, None if px is None else np.full(len(rows), px))
    return np.where(matcher.in_doubt(matches)[:, None], people.faces[px][rows], first)


def _gallery(
    people: Population, family: str, students: list[str], enrolled: NDArray[np.intp], photographs: int
) -> Gallery:
    """By large photographs alone: of people with six, those seen at every size are too few."""
    ids = [name for name in students for _ in range(photographs)]
    constants = family_constants(family)
    return Gallery(ids, people.faces[None][enrolled], model_id="bench", constants=constants)


def _nearest_pairs(people: Population, students: list[str], enrolled: NDArray[np.intp], photographs: int) -> list[str]:
    """One of each of the CLASS / 10 pairs that resemble each other most: the other one comes."""
    rows = people.faces[None][enrolled[::photographs]]
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=2) + 9 * np.tri(len(rows))
    absent: list[str] = []
    for pair in np.argsort(apart, axis=None):
        one, other = (students[each] for each in divmod(int(pair), len(rows)))
        if one not in absent and other not in absent:
            absent.append(one)
        if len(absent) == CLASS // 10:
            break
    return absent


Decision = dict[str, tuple[str, str | None]]
"""Student to verdict, and who the face really is (None: not told)."""
Decide = Callable[[Room], Decision]


def _first_picture(room: Room) -> Decision:
    faces = room.pictures[0]
    matches = room.matcher.identify(faces, None if room.px is None else np.full(len(faces), room.px))
    return {
        match.student_id: (match.verdict, who)
        for match, who in zip(matches, room.faces, strict=True)
        if match.student_id
    }


def _nearest_alone(room: Room) -> Decision:
    """Every face by itself, no student withheld from another face."""
    named: Decision = {}
    for face, who in zip(room.pictures[0], room.faces, strict=True):
        match = room.matcher.identify(face[None], None if room.px is None else np.array([room.px]))[0]
        if match.student_id:
            named[match.student_id] = (match.verdict, who)
    return named


def _forced_assignment(room: Room) -> Decision:
    """One-to-one without the choice of nobody: everybody in the picture is somebody."""
    sizes = np.full(len(room.faces), np.inf if room.px is None else float(room.px))
    leads = room.matcher.judge(room.pictures[0], sizes).leads
    pairs = zip(*linear_sum_assignment(-leads), strict=True)
    return {room.matcher.students[column]: ("sure", room.faces[row]) for row, column in pairs}


def _votes(room: Room) -> Decision:
    """Whoever is named in two pictures of the hour or more; in one, he is asked about."""
    votes: dict[str, int] = {}
    for faces in room.pictures:
        for match in room.matcher.identify(faces, None if room.px is None else np.full(len(faces), room.px)):
            if match.student_id:
                votes[match.student_id] = votes.get(match.student_id, 0) + 1
    return {name: ("sure" if count > 1 else "check", None) for name, count in votes.items()}


def _hour(room: Room, *, every_face: bool = False) -> Decision:
    """By tracks of the faces that are kept, those that are plausible in their own picture."""
    pictures = []
    for faces in room.pictures:
        matches = room.matcher.identify(faces, None if room.px is None else np.full(len(faces), room.px))
        pictures.append(
            [
                SeenFace(face, _seat(place, room.px or FACE_PX * 3))
                for place, (face, match) in enumerate(zip(faces, matches, strict=True))
                if every_face or match.plausible
            ]
        )
    return {each.student_id: (each.verdict, None) for each in decide_hour(room.matcher, pictures)}


def _seat(place: int, size: int) -> tuple[int, int, int, int]:
    return (300 * place, 0, 300 * place + size - 1, size - 1)


WAYS: dict[str, Decide] = {
    "one picture, nearest": _nearest_alone,
    "one picture, one-to-one, nobody not allowed": _forced_assignment,
    "one picture, as shipped": _first_picture,
    "hour, votes": _votes,
    "hour, tracks of every face": partial(_hour, every_face=True),
    "hour, tracks (as shipped)": _hour,
}


def _tallied(room: Room, decide: Decide) -> Counts:
    decision, counts = decide(room), Counts()
    sure = {name for name, (verdict, _) in decision.items() if verdict == "sure"}
    for name in room.absent:
        counts.absent_named.setdefault(name, []).append(name in sure)
    for name in room.present:
        counts.not_sure.setdefault(name, []).append(name not in sure)
        counts.not_found.setdefault(name, []).append(name not in decision)
        counts.swapped.setdefault(name, []).append(decision.get(name, ("", name))[1] not in {name, None})
    counts.checks.append(sum(verdict == "check" for verdict, _ in decision.values()))
    counts.decisions = len(room.faces)
    return counts


def _line(rooms: list[Counts]) -> str:
    checks = sum(sum(each.checks) for each in rooms) / sum(each.decisions for each in rooms)
    return " | ".join(
        [
            f"absent named {_limits([each.absent_named for each in rooms])}",
            f"present not sure {_limits([each.not_sure for each in rooms])}",
            f"present neither sure nor asked about {_limits([each.not_found for each in rooms])}",
            f"another's face {_limits([each.swapped for each in rooms])}",
            f"asked about {100 * checks:.1f} % of faces",
        ]
    )


def _limits(outcomes: list[dict[str, list[bool]]]) -> str:
    """Mean over people in percent, with 95 % limits from drawing people again; nobody erred: 3 / people."""
    by_person: dict[str, list[bool]] = {}
    for each in outcomes:
        for name, happened in each.items():
            by_person.setdefault(name, []).extend(happened)
    shares = np.array([np.mean(each) for each in by_person.values()])
    drawn = np.random.default_rng(0).choice(shares, (BOOTSTRAPS, len(shares))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{100 * shares.mean():.2f} ({100 * low:.2f}-{100 * (high or 3 / len(shares)):.2f})"
