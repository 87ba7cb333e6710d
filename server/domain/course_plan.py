"""What a university or a professor sets for a course: title, room, timetable and rules, and from which day on."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from server.domain.rules import PRESETS, Rules
from server.domain.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePlan:
    """How a course is held and counted; as it stands, a course that was never set."""

    title: str = ""
    room: str = ""
    devices: tuple[str, ...] = ()  # addresses, or names as of `hello`, of the clients in the room
    preset: str = "default"  # the one that the rules began with
    timetable: Timetable = field(default_factory=Timetable)
    rules: Rules = PRESETS["default"]


@dataclass(frozen=True, slots=True)
class DatedPlan:
    """A plan that holds from a day on, until the next one begins."""

    begins: date
    plan: CoursePlan
    set_at: datetime | None = None  # None: from before this was kept
    set_by: str = ""


@dataclass(frozen=True, slots=True)
class PlanHistory:
    """The plans of a course, by first day. title: as its roster says it, where a plan says none."""

    plans: tuple[DatedPlan, ...] = ()
    title: str = ""

    def on(self, day: date) -> CoursePlan:
        """The plan of that day; before the first one begins, that of a course that was never set."""
        found = next((each.plan for each in reversed(self.plans) if each.begins <= day), CoursePlan())
        return found if found.title else replace(found, title=self.title)

    def until(self, begins: date) -> date | None:
        """The last day of a plan that begins on that day; None: no later one is set."""
        later = min((each.begins for each in self.plans if each.begins > begins), default=None)
        return later - timedelta(days=1) if later else None

    def changed(self, begins: date, plan: CoursePlan) -> "PlanHistory":
        """The same with this plan from that day on; one that begins on the same day is replaced."""
        kept = [each for each in self.plans if each.begins != begins]
        return replace(self, plans=tuple(sorted([*kept, DatedPlan(begins, plan)], key=lambda each: each.begins)))
