"""A course's attendance rules as data, and those that some universities prescribe.

Minutes are whole minutes after the hour starts, seconds dropped: 10 min 59 s are 10.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from server.domain.attendance import State

MUST_ALLOW: Final = frozenset({State.PRESENT, State.ABSENT})
# More than a term is a slip of the keyboard; who means it says never.
LONGEST_FREEZE_DAYS: Final = 180


@dataclass(frozen=True, slots=True)
class Rules:
    """How a course counts. Raises ValueError for a rule that cannot be meant."""

    # First seen so many minutes after the start or more is late, or absent; None: late is late, however late.
    late_minutes: int = 10
    absent_minutes: int | None = None
    # Missing from the hour's last so many usable pictures, and for so many minutes before the last, is left early.
    leave_pictures: int = 3
    leave_minutes: int = 5
    # So many hours are one absence, the rest of the division is forgiven; 0: they never are, 1: each is.
    lates_per_absence: int = 3
    leaves_per_absence: int = 3
    # The part of the term's class hours that may be missed; None: nobody fails by absence. Whether missing exactly
    # that part fails ("1/4 or more") or only more of it ("more than 1/3").
    fail_fraction: Fraction | None = Fraction(1, 3)
    fail_at_limit: bool = False
    # Class hours a week -> so many absences or more fail; goes before fail_fraction.
    fail_hours: Mapping[int, int] = field(default_factory=dict)
    allowed_states: frozenset[State] = frozenset(State)  # what a person may record
    freeze_days: int | None = None  # corrections until midnight after the n-th day behind the class; None: always
    copy_consecutive: bool = (
        False  # at submission an hour that nobody looked at takes the roll of the one before (연강)
    )
    # What an hour late or left early counts for in the hours attended: 1 in most schools, 4/5 in Canvas, 1/2 by
    # Moodle's points. Where one such hour is an absence it counts 0.
    score_late: Fraction = Fraction(1)
    shadow: bool = False  # proposals are kept and shown to nobody, to be compared with the professor's own roll
    near: int = 2  # who may miss at most so many hours more is shown as near the limit

    def __post_init__(self) -> None:
        object.__setattr__(self, "fail_hours", MappingProxyType(dict(self.fail_hours)))
        for name, least in _LEAST.items():
            if (value := getattr(self, name)) is not None and value < least:
                raise ValueError(f"{name} is {value}; it is a number from {least} on.")
        if self.freeze_days is not None and self.freeze_days > LONGEST_FREEZE_DAYS:
            raise ValueError(f"freeze_days is {self.freeze_days}; it is {LONGEST_FREEZE_DAYS} at most, or never.")
        self._check_minutes()
        self._check_fractions()
        self._check_fail_hours()
        if missing := MUST_ALLOW - self.allowed_states:
            raise ValueError(f"allowed_states lacks {', '.join(sorted(missing))}, without which no roll can be kept.")

    def _check_minutes(self) -> None:
        if self.absent_minutes is not None and self.absent_minutes <= self.late_minutes:
            raise ValueError(
                f"absent_minutes is {self.absent_minutes}, late_minutes {self.late_minutes}: nobody could be late. "
                "Make absent_minutes the larger."
            )

    def _check_fractions(self) -> None:
        if self.fail_fraction is not None and not 0 < self.fail_fraction < 1:
            raise ValueError(f"fail_fraction is {self.fail_fraction}; it is more than 0 and less than 1, such as 1/3.")
        if not 0 <= self.score_late <= 1:
            raise ValueError(f"score_late is {self.score_late}; it is between 0 and 1, such as 4/5.")

    def _check_fail_hours(self) -> None:
        for weekly, absences in self.fail_hours.items():
            if weekly < 1 or absences < 1:
                raise ValueError(f"fail_hours says {absences} absences of {weekly} hours a week; both are 1 or more.")


_LEAST: Final = {
    "late_minutes": 1,
    "absent_minutes": 1,
    "leave_pictures": 1,
    "leave_minutes": 0,
    "lates_per_absence": 0,
    "leaves_per_absence": 0,
    "freeze_days": 0,
    "near": 0,
}

PRESETS: Final[Mapping[str, Rules]] = MappingProxyType(
    {
        "default": Rules(),
        "soongsil": Rules(late_minutes=10, lates_per_absence=3),
        "kyungil": Rules(late_minutes=16, lates_per_absence=3, leaves_per_absence=3, fail_fraction=Fraction(1, 3)),
        "kangnam": Rules(absent_minutes=25, lates_per_absence=3, leaves_per_absence=1),
        "kookmin": Rules(fail_fraction=Fraction(1, 4), fail_at_limit=True),
        "kyungsung": Rules(fail_hours={2: 11, 3: 16}),
        "dongeui": Rules(fail_fraction=Fraction(1, 3)),
        "woosong": Rules(freeze_days=1, copy_consecutive=True),
        "silla": Rules(freeze_days=1, copy_consecutive=True),
    }
)
# What a school's regulation does not say is as in `default`.

PRESET_NOTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "default": "What most regulations say: late from 10 minutes, 3 lates or 3 early leaves are an absence, more "
        "than 1/3 of the hours fails, no freeze.",
        "soongsil": "Soongsil University: late from 10 minutes, 3 lates are 1 absence, the roll is called every hour.",
        "kyungil": "Kyungil University: late after 15 minutes (from the 16th), 3 lates or 3 early leaves (조퇴) are 1 "
        "absence, absent for more than 1/3 of the class hours fails.",
        "kangnam": "Kangnam University: 25 minutes or more count as absent, 3 lates are 1 hour, leaving during the "
        "lecture is absence.",
        "kookmin": "Kookmin University: absent for 1/4 of the hours or more fails.",
        "kyungsung": "Kyungsung University: 11 absences or more of a course of 2 hours a week fail, 16 of one of 3; "
        "nothing counts before the student was added to the course.",
        "dongeui": "Dong-Eui University: 출석인정 is present everywhere; 공결 is present for the score and absent for "
        "the rule of 1/3.",
        "woosong": "Woosong University: corrections until midnight of the next day, then closed (마감); consecutive "
        "hours (연강) take over the roll of the hour before.",
        "silla": "Silla University: corrections until midnight of the next day, then closed (마감); consecutive hours "
        "(연강) take over the roll of the hour before.",
    }
)
# From the schools' own regulations.
