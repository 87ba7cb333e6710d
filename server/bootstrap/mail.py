"""Make what tells people by mail, where a mail server is set."""

import os
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from server.bootstrap.class_day import ClassDayServices
from server.bootstrap.consent import consent_texts
from server.config import Settings, is_loopback
from server.doctor import CheckResult
from server.domain.notices import MailState
from server.errors import SetupProblem
from server.pages.language import day_words
from server.process.duties import Duties, Duty
from server.process.liveness import Liveness
from server.services.notices.collecting import Collector
from server.services.notices.daily import DailyMails
from server.services.notices.digest import DigestWriter
from server.services.notices.outgoing import Outgoing
from server.services.notices.smtp import MailServer, MailServerFault
from server.store import Store

# How often the outbox is looked into.
EVERY_S: Final = 15.0
# How far back `doctor` tells of mails that nobody got.
TOLD: Final = timedelta(days=14)
_LONGEST_PASSWORD: Final = 1000


def mail_server(settings: Settings) -> MailServer | None:
    """None: none is set. Raises SetupProblem where settings are missing, or its authority's file cannot be read."""
    if not settings.smtp_host:
        return None
    if missing := _missing(settings):
        raise SetupProblem(missing)
    encryption: Any = settings.smtp_encryption
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        encryption=encryption,
        context=_context(settings.smtp_ca),
        user=settings.smtp_user,
        password=partial(_password, settings.smtp_password_file),
    )


def digest_writer(settings: Settings) -> DigestWriter:
    words: Any = day_words
    return DigestWriter(
        sender=settings.mail_sender, url=settings.pages_url, contact=settings.privacy_contact, day_words=words
    )


def daily_mails(settings: Settings, class_day: ClassDayServices) -> DailyMails:
    texts = consent_texts(settings)
    collector = Collector(
        store=class_day.store,
        courses=class_day.courses,
        sessions=class_day.sessions,
        policy=settings.consent_policy,
        current_text=texts.current,
        accepted_texts=texts.accepted,
    )
    return DailyMails(store=class_day.store, collector=collector, hour=settings.mail_hour, sender=settings.mail_sender)


def mail_duties(
    settings: Settings, class_day: ClassDayServices, liveness: Liveness, clock: Callable[[], datetime]
) -> Duties | None:
    """A thread of its own: a mail server that is slow keeps nothing else waiting. None: none is set."""
    server = mail_server(settings)
    if server is None:
        return None
    daily = daily_mails(settings, class_day)
    ending: list[Callable[[], bool]] = []
    outgoing = Outgoing(
        class_day.store, server, digest_writer(settings), stopping=lambda: any(each() for each in ending)
    )
    duties = Duties(
        [
            Duty("the day's mails are made", lambda: _none(daily.run(clock()))),
            Duty("mails are sent", lambda: _none(outgoing.run(clock))),
        ],
        liveness,
        EVERY_S,
        "mail",
    )
    ending.append(duties.is_ending)
    return duties


def check_mail_server(settings: Settings) -> Iterator[CheckResult]:
    """Whether the mail server greets and lets us sign in; nothing is sent."""
    server = mail_server(settings)
    if server is None:
        yield CheckResult("mail", "fine", "no mail server is set: nobody is told by mail")
        return
    file = settings.smtp_password_file
    if file is not None and os.name == "posix" and file.exists() and file.stat().st_mode & 0o077:
        yield CheckResult("mail", "warning", f"{file} is open to other users: run `chmod 600 {file}`.")
    try:
        with server.connected():
            yield CheckResult("mail", "fine", f"{server.host}:{server.port} answers, {server.encryption}")
    except MailServerFault as fault:
        text = f"{server.host}:{server.port} takes no mail: {fault}. Nothing is lost for three days; see smtp_host."
        yield CheckResult("mail", "warning", text)


def check_mails(store: Store, now: datetime) -> Iterator[CheckResult]:
    """Mails that nobody got, and those that wait."""
    counts = store.mails.counts(since=now - TOLD)
    lost = counts[MailState.REFUSED] + counts[MailState.GIVEN_UP]
    waiting = counts[MailState.WAITING] + counts[MailState.HANDING]
    refused = sum(each.email_refused_at is not None for each in store.accounts.listed())
    text = f"{counts[MailState.SENT]} sent in {TOLD.days} days, {waiting} in the outbox"
    if lost or refused:
        what = f"{lost} put aside, and {refused} addresses refused for good"
        yield CheckResult("mails", "warning", f"{text}, {what}: see `mail list`, and mend them by `user address`.")
    elif sum(counts.values()):
        yield CheckResult("mails", "fine", text)


def _missing(settings: Settings) -> str:
    """What else has to be set; "": nothing."""
    if not settings.mail_sender:
        return "A mail comes from an address: set mail_sender."
    if not settings.pages_url:
        return "Mails lead to the pages: set http_url, how browsers call this server."
    if settings.smtp_encryption == "none" and not is_loopback(settings.smtp_host):
        return "Mails to another machine are encrypted: set smtp_encryption to starttls or tls."
    if bool(settings.smtp_user) != (settings.smtp_password_file is not None):
        return "smtp_user and smtp_password_file belong together: set both, or neither."
    return ""


def _none(_count: int) -> None:
    """A duty tells nothing."""


def _context(file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        raise SetupProblem(f"The certificates in {file} (smtp_ca) cannot be read: {error}.") from error


def _password(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.readline(_LONGEST_PASSWORD).rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise SetupProblem(f"The password in {file} (smtp_password_file) cannot be read: {error}.") from error
