"""Make what answers students about themselves."""

from pathlib import Path

from server.bootstrap.class_day import ClassDayServices
from server.bootstrap.consent import consent_texts
from server.config import Settings
from server.domain.consents import Policy
from server.services.consent.decisions import Consents
from server.services.consent.texts import ConsentTexts
from server.services.student.appeals import Appeals
from server.services.student.attendance import StudentAttendance
from server.services.student.services import StudentServices


def student_services(settings: Settings, class_day: ClassDayServices) -> StudentServices:
    return students_around(
        class_day, consent_texts(settings), settings.consent_policy, settings.knowns, settings.appeal_days
    )


def students_around(
    class_day: ClassDayServices, texts: ConsentTexts, policy: Policy, knowns: Path, appeal_days: int
) -> StudentServices:
    store = class_day.store
    attendance = StudentAttendance(store, class_day.courses, class_day.sessions)
    return StudentServices(
        attendance=attendance,
        appeals=Appeals(store, class_day.courses, class_day.decisions, attendance, appeal_days),
        consents=Consents(store, texts, knowns),
        policy=policy,
    )
