"""Would the place where a student sat in the last weeks help where a face is in doubt? Composed rooms, not the product.

In each room everybody has a place of their own and keeps to it in so many of the weeks. In the week that is decided
the faces of a place are taken together, as the product takes a track. Where it would ask (`check`), the place answers:

as shipped  it is asked
own place   the student who is proposed sits where they sat in most of the weeks: not asked
whose place of the students who fit about as well, the one whose place it is, is named, and not asked about
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.accuracy.fitting import present, reporting
from bench.accuracy.people import DRAWN_TOGETHER, drawn_together
from bench.accuracy.rooms import CLASS, Room, composed
from server.gallery.assignment import NOBODY, assign
from server.gallery.fitting import Population

ROOMS: Final = 80
PICTURES: Final = 3
KEEPS: Final = 0.8
WEEKS: Final = 4
MOST_WEEKS: Final = 3
"""In so many of the weeks somebody sat at one place for it to be theirs."""
KINDS: Final = ("as they like", "proxies", "swaps")
"""Proxies: the stranger most like an absent student sits at that student's place. Swaps: the pairs who are most alike
have changed places this week."""


@dataclass(frozen=True, slots=True)
class Week:
    """places: whose place each face of the room's pictures is at, -1: nobody's. A student is a column."""

    room: Room
    places: NDArray[np.intp]


def report(family: str) -> None:
    """Rooms of LFW and of LFW drawn together: asked about and falsely named, of faces."""
    if not present(family, ("lfw",)):
        return
    people = reporting(family, "lfw")
    for population in (people, drawn_together(people, DRAWN_TOGETHER[family])):
        for px in (None, 40):
            for kind in KINDS:
                weeks = [
                    _week(room, kind, np.random.default_rng(number)) for number, room in _rooms(family, population, px)
                ]
                for name, rule in RULES.items():
                    print(
                        f"{population.name}, faces {px or 'large'}, {kind} | {name} | {_tallied(weeks, rule)}",
                        flush=True,
                    )


def _rooms(family: str, population: Population, px: int | None) -> Iterator[tuple[int, Room]]:
    yield from enumerate(composed(family, population, px, 1, PICTURES, look_alikes=False, rooms=ROOMS))


def _week(room: Room, kind: str, chance: np.random.Generator) -> Week:
    columns = {name: column for column, name in enumerate(room.matcher.students)}
    # Who has a place that is known: they kept to it in enough of the weeks before.
    known = {name for name in room.students if chance.binomial(WEEKS, KEEPS) >= MOST_WEEKS}
    sits = {name: name for name in room.present if chance.random() < KEEPS}
    free = [name for name in room.students if name not in sits.values()]
    for name in room.faces:
        if name not in sits:
            # Somebody's who is not at it, or a place where nobody sits as a rule.
            sits[name] = free.pop(int(chance.integers(len(free)))) if free and chance.random() < 0.5 else ""
    means = np.mean(np.stack(room.pictures), axis=0)
    templates = room.matcher.calibrations[None].templates.means
    if kind == "proxies":
        for name in room.absent[: len(room.strangers)]:
            apart = {
                each: float(np.linalg.norm(means[room.faces.index(each)] - templates[columns[name]]))
                for each in room.strangers
            }
            sits[min(apart, key=lambda each: apart[each])] = name
    if kind == "swaps":
        for one, other in _most_alike(room, templates, columns):
            sits[one], sits[other] = other, one
            known |= {one, other}
    return Week(room, np.array([columns[sits[name]] if sits[name] in known else NOBODY for name in room.faces]))


def _most_alike(room: Room, templates: NDArray[np.float32], columns: dict[str, int]) -> list[tuple[str, str]]:
    rows = templates[[columns[name] for name in room.present]]
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=2) + 9 * np.tri(len(rows))
    pairs: list[tuple[str, str]] = []
    for pair in np.argsort(apart, axis=None):
        one, other = (room.present[each] for each in divmod(int(pair), len(rows)))
        if not any(name in each for each in pairs for name in (one, other)):
            pairs.append((one, other))
        if len(pairs) == CLASS // 10:
            break
    return pairs


# Of a track in doubt: plain distances and leads (n,), the student who is proposed and the one whose place it is.
Rule = Callable[[NDArray[np.float64], NDArray[np.float64], int, int, float], int]


def _as_shipped(
    _plain: NDArray[np.float64], _leads: NDArray[np.float64], _chosen: int, _place: int, _clear: float
) -> int:
    return NOBODY


def _own_place(_plain: NDArray[np.float64], _leads: NDArray[np.float64], chosen: int, place: int, _clear: float) -> int:
    return chosen if place == chosen else NOBODY


def _whose_place(plain: NDArray[np.float64], leads: NDArray[np.float64], _chosen: int, place: int, clear: float) -> int:
    fits = place != NOBODY and leads[place] >= 0 and plain[place] <= plain.min() + clear
    return place if fits else NOBODY


RULES: Final[dict[str, Rule]] = {"as shipped": _as_shipped, "own place": _own_place, "whose place": _whose_place}


def _tallied(weeks: list[Week], rule: Rule) -> str:
    asked = wrong = faces = 0
    for week in weeks:
        named, doubtful = _decided(week, rule)
        faces += len(week.room.faces)
        asked += doubtful
        wrong += sum(week.room.matcher.students[student] != who for who, student in named)
    return f"asked about {100 * asked / faces:.2f} % | named falsely {100 * wrong / faces:.3f} % ({wrong} of {faces})"


def _decided(week: Week, rule: Rule) -> tuple[list[tuple[str, int]], int]:
    """Who is named without a question, as who they are and the student; how many are asked about."""
    room, matcher = week.room, week.room.matcher
    tracks, constants = np.mean(np.stack(room.pictures), axis=0).astype(np.float32), matcher.constants
    sizes = np.full(len(tracks), np.inf if room.px is None else float(room.px))
    handicap = np.full(len(tracks), constants.tracks.mean_handicap * (1 - 1 / len(room.pictures)))
    judged = matcher.judge(tracks, sizes, handicap)
    named, asked, clear = [], 0, constants.resemblance.clear_lead
    for row, chosen in enumerate(assign(-judged.leads, constants.tracks.check_band)):
        if chosen == NOBODY:
            continue
        plain, leads = judged.plain[row], judged.leads[row]
        others = np.delete(plain, chosen)
        sure = leads[chosen] >= constants.tracks.sure_lead and plain[chosen] + clear <= others.min()
        student = int(chosen) if sure else rule(plain, leads, int(chosen), int(week.places[row]), clear)
        if student == NOBODY:
            asked += 1
        else:
            named.append((room.faces[row], student))
    return named, asked
