"""Read the plans of a course as the store keeps them."""

from dataclasses import replace

from server.domain.course_plan import CoursePlan, DatedPlan, PlanHistory
from server.services.plans.course_file import from_json
from server.store import Course, KeptPlan


def history_of(course: Course) -> PlanHistory:
    """Raises Internal for a plan that nobody wrote."""
    return PlanHistory(
        tuple(DatedPlan(each.begins, _plan(each), each.set_at, each.set_by) for each in course.plans), course.title
    )


def _plan(kept: KeptPlan) -> CoursePlan:
    return replace(from_json(kept.plan), title=kept.title, room=kept.room, devices=kept.devices)
