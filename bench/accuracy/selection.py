"""Ways of scoring side by side, on both halves of the people: which were tried, and what the margin brings."""

from typing import Final, Literal

import msgspec
import numpy as np

from bench.accuracy.fitting import SETS, present
from bench.accuracy.people import load
from server.gallery.constants import family_constants
from server.gallery.fitting import Setting, draw, half
from server.gallery.fitting.fit import KINDS, RULES
from server.gallery.fitting.thresholds import level_of, score

HALVES: Final[tuple[Literal["choosing", "reporting"], ...]] = ("choosing", "reporting")
SIZES: Final = (10, 30, 100)


def report(family: str) -> None:
    """Misses of each population and kind at the threshold that keeps the promise in all of them at once."""
    constants = family_constants(family)
    apart, reduced = constants.resemblance.same_person_at_most, constants.visibility.reduced
    settings = [Setting(n, kind, alike) for n in SIZES for kind, alike in KINDS]
    for which in HALVES:
        people = [half(load(family, name), which) for name in present(family, SETS[family])]
        drawn = draw(people, settings, np.random.default_rng(7), reduced=reduced, apart=apart)
        print(f"\n{family}, {which}: class | margin, length | missed % by population and kind | mean")
        for students in SIZES:
            of_size = [each for each in drawn if each.setting.students == students]
            groups = sorted({(each.population, each.setting.kind, each.setting.alike) for each in of_size})
            for margin, length in RULES:
                scoring = msgspec.structs.replace(constants.scores, margin_weight=margin, length_weight=length)
                trial = msgspec.structs.replace(constants, scores=scoring)
                scored = [(each, score(each, trial)) for each in of_size]
                by_group = {
                    group: [s for d, s in scored if (d.population, d.setting.kind, d.setting.alike) == group]
                    for group in groups
                }
                level = min(map(level_of, by_group.values()))
                missed = {
                    group: 100 * float(np.mean(np.concatenate([each.students for each in of]) > level))
                    for group, of in by_group.items()
                }
                cells = ", ".join(
                    f"{name} {kind} of {alike} {missed[name, kind, alike]:.1f}" for name, kind, alike in groups
                )
                print(f"{students} | {margin}, {length} | {cells} | {np.mean(list(missed.values())):.2f}", flush=True)
