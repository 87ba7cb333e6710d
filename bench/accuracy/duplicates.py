"""One person enrolled again under another number: is it told, does it move the others' threshold, who is named?"""

import numpy as np

from bench.accuracy.people import half, load
from server.gallery import Gallery
from server.gallery.findings import find_oddities

CLASSES = 200
STUDENTS = 30
TWIN = "the same person again"


def report() -> None:
    """Table (f), over people with three photographs: two enrolled under two numbers, the third comes."""
    people = half(load("lfw"), "reporting")
    rows = {name: np.flatnonzero(people.owners == name) for name in people.names}
    able = [name for name in rows if len(rows[name]) >= 3]
    random = np.random.default_rng(51)
    told, false_alarms, moved = [], [], []
    verdicts: dict[str, int] = {}
    for _ in range(CLASSES):
        students = [str(each) for each in random.choice(able, STUDENTS, replace=False)]
        photographs = {name: people.mirrored[random.permutation(rows[name])[:3], 0] for name in students}
        plain = Gallery(students, np.stack([photographs[name][0] for name in students]), model_id="bench")
        twice = plain.joined(Gallery([TWIN], photographs[students[0]][1:2], model_id="bench"))
        pair = {students[0], TWIN}
        told.append(any(set(each.students) == pair for each in find_oddities(twice)))
        false_alarms.append(len(find_oddities(plain)))
        thresholds = [each.matcher().calibrations[None].threshold for each in (plain, twice)]
        moved.append(abs(thresholds[1] - thresholds[0]))
        match = twice.matcher().identify(photographs[students[0]][2:3])[0]
        what = f"{match.verdict}{'' if match.student_id in {None, *pair} else ', wrong'}"
        verdicts[what] = verdicts.get(what, 0) + 1
    print(f"told {100 * np.mean(told):.0f} %, told of 30 different people {np.mean(false_alarms):.2f} a class, "
          f"threshold moved by {np.mean(moved):.4f} (most {np.max(moved):.4f}), the third photograph {verdicts}")
