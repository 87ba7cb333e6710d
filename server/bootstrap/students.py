"""Make what answers students about themselves."""

import logging
from datetime import datetime
from pathlib import Path

from server.bootstrap.class_day import ClassDayServices
from server.bootstrap.consent import consent_texts
from server.config import Settings
from server.counted import counted
from server.domain.consents import Policy
from server.services.class_day.retention import HourlyJob
from server.services.class_day.vetoes import FaceVetoes
from server.services.consent.decisions import Consents
from server.services.consent.texts import ConsentTexts
from server.services.student.absences import Absences
from server.services.student.appeals import Appeals
from server.services.student.attendance import StudentAttendance
from server.services.student.services import StudentServices
from server.services.student.stored import StoredData

log = logging.getLogger(__name__)


def student_services(settings: Settings, class_day: ClassDayServices) -> StudentServices:
    return students_around(
        class_day,
        consent_texts(settings),
        settings.consent_policy,
        settings.own_photographs,
        settings.appeal_days,
        settings.absence_proof_days,
    )


def students_around(
    class_day: ClassDayServices,
    texts: ConsentTexts,
    policy: Policy,
    knowns: Path | None,
    appeal_days: int,
    proof_days: int,
) -> StudentServices:
    store = class_day.store
    attendance = StudentAttendance(store, class_day.courses, class_day.sessions)
    return StudentServices(
        attendance=attendance,
        appeals=Appeals(store, class_day.courses, class_day.decisions, attendance, appeal_days),
        absences=Absences(store, class_day.courses, class_day.decisions, proof_days),
        stored=StoredData(store, attendance, knowns),
        consents=Consents(store, texts, knowns),
        policy=policy,
    )


def vetoes_job(vetoes: FaceVetoes) -> HourlyJob:
    """Remove the vetoes of terms that are over."""

    def forget(now: datetime) -> None:
        if gone := vetoes.forget_old(now):
            log.info("%d vetoes of terms that are over removed", gone)

    return HourlyJob("vetoes", forget)


def proofs_job(absences: Absences) -> HourlyJob:
    """Destroy the proofs of absences whose time is over."""

    def destroy(now: datetime) -> None:
        if gone := absences.destroy_proofs(now):
            log.info("%s of absences destroyed", counted(gone, "proof"))

    return HourlyJob("proofs", destroy)
