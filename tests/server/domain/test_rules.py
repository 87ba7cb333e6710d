"""Rules as data: presets with their sources, and rules that cannot be meant."""

from fractions import Fraction

import pytest

from server.domain.attendance import State
from server.domain.rules import PRESET_NOTES, PRESETS, Rules


def test_every_preset_says_what_it_is_taken_from() -> None:
    assert PRESETS.keys() == PRESET_NOTES.keys()
    assert all(note.endswith(".") for note in PRESET_NOTES.values())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"late_minutes": 0}, "late_minutes is 0; it is a number from 1 on"),
        ({"leave_pictures": 0}, "leave_pictures is 0"),
        ({"leave_minutes": -1}, "leave_minutes is -1"),
        ({"lates_per_absence": -1}, "lates_per_absence is -1"),
        ({"freeze_days": -1}, "freeze_days is -1"),
        ({"freeze_days": 10_000}, "freeze_days is 10000; it is 180 at most, or never"),
        ({"near": -1}, "near is -1"),
        ({"absent_minutes": 10}, "absent_minutes is 10, late_minutes 10: nobody could be late"),
        ({"fail_fraction": Fraction(1)}, "fail_fraction is 1; it is more than 0 and less than 1"),
        ({"score_late": Fraction(6, 5)}, "score_late is 6/5; it is between 0 and 1"),
        ({"fail_hours": {3: 0}}, "fail_hours says 0 absences of 3 hours a week"),
        ({"allowed_states": frozenset({State.PRESENT, State.LATE})}, "allowed_states lacks absent"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_with_its_value(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Rules(**changed)  # type: ignore[arg-type]


def test_rules_stay_as_they_were_made() -> None:
    hours = {3: 16}
    rules = Rules(fail_hours=hours)
    hours[3] = 1
    assert rules.fail_hours == {3: 16}
    with pytest.raises(TypeError):
        rules.fail_hours[3] = 1  # type: ignore[index]
