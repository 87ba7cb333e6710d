"""Single faces against drawn classes, by what ships: the long table."""

from typing import Final

from bench.accuracy.fitting import present, reporting
from bench.accuracy.outcomes import measure
from bench.accuracy.people import DRAWN_TOGETHER, SIZES, drawn_together, load, together
from server.gallery.constants import family_constants
from server.gallery.fitting import Kind, Population, Setting

KINDS: Final[tuple[tuple[Kind, int], ...]] = (("mixed", 1), ("similar", 1), ("similar", 3), ("similar, others", 1))
HEAD: Final = "class | classes | strangers named % | 95th percentile | missed % | missed at the best plain threshold %"


def report(family: str) -> None:
    """Every set that is there, on the people for reporting; London whole beside its half."""
    names = present(family, ("lfw", "congress"))
    for name in names:
        people = reporting(family, name)
        _print(people, family, [Setting(n, kind, alike) for n in (3, 10, 30, 100) for kind, alike in KINDS])
        _print(people, family, [Setting(n, photographs=k) for k in (2, 3) for n in (30, 100)])
        _print(people, family, [Setting(30, face_px=px) for px in SIZES if px])
        tight = drawn_together(people, DRAWN_TOGETHER[family])
        _print(tight, family, [Setting(n) for n in (3, 10, 30, 100)])
    for name in present(family, ("london",)):
        _print(reporting(family, name), family, [Setting(3), Setting(10), Setting(30)])
        _print(load(family, name), family, [Setting(3), Setting(10), Setting(30)])
        if "congress" in names:
            both = together("congress and london", reporting(family, "congress"), reporting(family, name))
            _print(both, family, [Setting(10), Setting(30), Setting(100)])


def _print(people: Population, family: str, settings: list[Setting]) -> None:
    print(f"\n{family}: {people.name}, {len(people.people)} people\n{HEAD}")
    for setting in settings:
        outcome = measure(people, setting, family_constants(family))
        if outcome is not None:
            size = f", {setting.face_px} px" if setting.face_px else ""
            kind = f"{setting.kind} of {setting.alike}" if setting.kind != "mixed" else setting.kind
            print(f"{setting.students} {kind}, {setting.photographs} photographs{size} | {outcome.line()}", flush=True)
