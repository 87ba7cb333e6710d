"""A plan that is written as a file is the same plan when it is read again."""

import pytest

from server.services.plans.course_file import read_course_toml
from server.services.plans.plan_toml import plan_toml


@pytest.mark.parametrize(
    "text",
    [
        'preset = "default"',
        'title = "\\"a\\\\b 알고리즘"\nroom = "B101"\ndevices = ["10.0.3.7", "front"]\npreset = "kyungsung"',
        '[timetable]\nmonday = ["3 10:30-11:20"]\nfriday = [{ hour = "12 23:00-24:00", weeks = "odd" }]',
        '[timetable]\nmonday = [{ hour = "1 09:00-09:50", weeks = ["2026-03-02"] }]\n[rules]\nlate_minutes = 15',
    ],
)
def test_a_written_plan_is_the_same_when_it_is_read(text: str) -> None:
    plan = read_course_toml(text.encode())
    assert read_course_toml(plan_toml(plan).encode()) == plan
