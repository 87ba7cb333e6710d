"""What the tests of notices share: a course, accounts with addresses, and what makes and sends their mails."""

import ssl
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.access import Role
from server.bootstrap.class_day import class_day_around
from server.domain.consents import Policy
from server.domain.notices import Notice
from server.pages.language import day_words
from server.services.class_day.galleries import Galleries
from server.services.notices.collecting import Collector
from server.services.notices.daily import DailyMails
from server.services.notices.digest import DigestWriter
from server.services.notices.outgoing import Outgoing, Rest
from server.services.notices.smtp import MailServer
from server.store import StaffEntry, Store
from tests.server.services.reported_class import BADA, COURSE, FIRST, HANEUL, NOON, ZONE, make_course

SENDER = "attendance@example.ac.kr"
WRITER = DigestWriter(sender=SENDER, url="https://attendance.example.ac.kr", contact="", day_words=day_words)
TEXT = "2026-1"


@dataclass
class Outbox:
    """now: what its clock says."""

    store: Store
    now: datetime = NOON
    seconds: float = 1000.0
    collector: Collector = field(init=False)

    def __post_init__(self) -> None:
        class_day = class_day_around(self.store, ZONE, Galleries(self.store, "made-up"))
        class_day.recorder.close()
        how: dict[str, Any] = {"store": self.store, "courses": class_day.courses, "sessions": class_day.sessions}
        self.collector = Collector(**how, policy=Policy.REQUIRED, current_text=TEXT, accepted_texts=frozenset({TEXT}))

    def account(self, name: str, role: str = "member", student: str | None = None, language: str = "en") -> int:
        made = self.store.accounts.add(name, role=role, student=student, at=self.now, by="test")
        self.store.accounts.set_address(name, f"{name}@example.ac.kr", at=self.now, by="test")
        self.store.accounts.set_notices(made.id, language=language, wanted=True)
        return made.id

    def found(self) -> dict[str, list[Notice]]:
        """By the account's name."""
        names = {each.id: each.name for each in self.store.accounts.listed()}
        return {names[number]: notices for number, notices in self.collector.found(self.now).items()}

    def make(self, hour: int = 7) -> int:
        return DailyMails(store=self.store, collector=self.collector, hour=hour, sender=SENDER).run(self.now)

    def sending_to(self, port: int) -> Outgoing:
        server = MailServer(
            host="127.0.0.1",
            port=port,
            encryption="none",
            context=ssl.create_default_context(),
            user="",
            password=lambda: "",
        )
        return Outgoing(self.store, server, WRITER, rest=Rest(lambda: self.seconds))

    def send(self, port: int) -> int:
        return self.sending_to(port).run(lambda: self.now)


def with_a_course(store: Store) -> Outbox:
    """Two of the students, a professor, an assistant, the office and the administrator can be written to."""
    make_course(store)
    outbox = Outbox(store)
    outbox.account("haneul", student=HANEUL)
    outbox.account("bada", student=BADA)
    outbox.account("kim")
    outbox.account("lee")
    outbox.account("office", role="office")
    for name, role in (("kim", Role.PROFESSOR), ("lee", Role.ASSISTANT)):
        store.accounts.add_staff(StaffEntry(COURSE, name, role, frozenset(), FIRST), at=NOON, by="test")
    return outbox
