"""What the server destroys by itself: each kind with its period, and a line in the access log for what went."""

from collections.abc import Callable
from datetime import datetime, timedelta

from server.config import Settings
from server.domain.calendar import campus_day
from server.services.class_day.retention import HourlyJob
from server.services.enrolment.expiry import Expiry
from server.services.student.absences import Absences
from server.store import Store

Forget = Callable[[datetime], int]


def retention_jobs(settings: Settings, store: Store, absences: Absences) -> list[HourlyJob]:
    """Beside sightings, which Retention removes itself."""
    expiry = Expiry(store, settings.own_photographs, settings.zone, settings.template_days)
    requests = timedelta(days=settings.request_days)
    return [
        access_log_job(store, settings.access_log_days),
        proofs_job(absences),
        _job("templates", expiry.run),  # each student has a line of their own
        mails_job(store, settings.mail_days),
        _told(store, "appeals", lambda now: store.appeals.forget_old(before=now - requests)),
        _told(store, "absences", lambda now: store.absences.forget_old(before=now - requests)),
        _told(store, "vetoes", lambda now: store.vetoes.forget(campus_day(now, settings.zone))),
        _told(store, "room_checks", lambda now: _room_checks(settings, store, now)),
    ]


def access_log_job(store: Store, days: int) -> HourlyJob:
    """Remove what the access log has kept for long enough, and sessions of the pages that are over."""

    def forget(now: datetime) -> int:
        store.web_sessions.forget_old(now=now)
        return store.access_log.forget_old(before=(now - timedelta(days=days)).date())

    return _told(store, "access_log", forget)


def proofs_job(absences: Absences) -> HourlyJob:
    """Destroy the proofs of absences whose time is over."""
    return _told(absences.store, "proofs", absences.destroy_proofs)


def mails_job(store: Store, days: int) -> HourlyJob:
    """Remove mails that were sent long enough ago, with what they told; also where no mail server is set any more."""
    return _told(store, "mails", lambda now: store.mails.forget_old(before=now - timedelta(days=days)))


def _room_checks(settings: Settings, store: Store, now: datetime) -> int:
    return store.room_checks.forget_old(before=now - timedelta(days=settings.room_check_days))


def _told(store: Store, kind: str, forget: Forget) -> HourlyJob:
    def run(now: datetime) -> None:
        if count := forget(now):
            store.access_log.destroyed(kind, count, at=now)

    return HourlyJob(kind, run)


def _job(kind: str, forget: Forget) -> HourlyJob:
    def run(now: datetime) -> None:
        forget(now)

    return HourlyJob(kind, run)
