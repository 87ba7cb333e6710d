"""Keep what students consented to, and the texts that they were shown."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from server.domain.consents import Channel, Consent, Purpose
from server.store import access_log, templates
from server.store.database.readable import made
from server.store.database.statements import insert_new
from server.store.database.tables import consent_texts, consents
from server.store.identifiers import require_identifier
from server.store.topic import Topic, reads, writes


@dataclass(frozen=True, slots=True)
class ShownText:
    """A consent text, word for word."""

    purpose: Purpose
    version: str
    language: str
    text: str


class ConsentStore(Topic):
    """Decisions are only ever added; the last one of a student for a purpose stands."""

    @writes
    def record(self, connection: Connection, decisions: Sequence[Consent]) -> None:
        """Add decisions; galleries are loaded anew at the next picture."""
        templates.hold(connection)
        for each in decisions:
            require_identifier(each.student, "student number")
            what = f"{'give' if each.given else 'withdraw'} {each.purpose} {each.text_version} {each.channel}"
            access_log.write(connection, each.decided_at, each.who, "consent", subject=each.student, detail=what)
        connection.execute(insert(consents), [_row(each) for each in decisions])
        templates.bump(connection)

    @reads
    def of_student(self, connection: Connection, student: str) -> list[Consent]:
        """All decisions of a student, the oldest first.

        One that cannot be read may have withdrawn what stood before it: those before it are left out as well.
        """
        query = select(consents).where(consents.c.student == student).order_by(consents.c.id)
        numbers = connection.scalars(select(consents.c.id).where(consents.c.student == student)).all()
        found = made(connection, query, _consent, consents.c.id)
        lost = max(set(numbers) - {each.number for each in found}, default=0)
        return [each for each in found if each.number > lost]

    @reads
    def standing(self, connection: Connection, purpose: Purpose) -> dict[str, Consent]:
        """What stands for every student who has ever decided, by number; nothing, where the last cannot be read."""
        last = select(func.max(consents.c.id)).where(consents.c.purpose == purpose.value).group_by(consents.c.student)
        found = made(connection, select(consents).where(consents.c.id.in_(last)), _consent, consents.c.id)
        return {each.student: each for each in found}

    @writes
    def keep_receipt(self, connection: Connection, student: str, purpose: Purpose, receipt: str) -> None:
        """Keep the receipt of the student's last decision for that purpose."""
        which = (consents.c.student == student) & (consents.c.purpose == purpose.value)
        last = connection.scalar(select(func.max(consents.c.id)).where(which))
        connection.execute(update(consents).where(consents.c.id == last).values(receipt=receipt))

    @reads
    def receipt(self, connection: Connection, student: str, number: int) -> str | None:
        """What is kept of a decision of this student's beside the decision; None where there is no such."""
        query = select(consents.c.receipt).where(consents.c.id == number, consents.c.student == student)
        row = connection.execute(query).one_or_none()
        return None if row is None else row.receipt or ""

    @writes
    def keep_text(self, connection: Connection, text: ShownText, *, at: datetime) -> None:
        """Keep a text as it was shown: a later version of the program may have lost it."""
        which = {"purpose": text.purpose.value, "version": text.version, "language": text.language}
        row = {**which, "sha256": hashlib.sha256(text.text.encode()).digest(), "text": text.text}
        insert_new(connection, consent_texts, [{**row, "first_shown_at": at}])

    @reads
    def texts(self, connection: Connection) -> list[ShownText]:
        """Every text that was ever shown."""
        table = consent_texts.c
        rows = connection.execute(
            select(table.purpose, table.version, table.language, table.text).order_by(table.first_shown_at)
        )
        return [ShownText(Purpose(row.purpose), row.version, row.language, row.text) for row in rows]


def _row(consent: Consent) -> dict[str, object]:
    return {
        "student": consent.student,
        "purpose": consent.purpose.value,
        "given": consent.given,
        "decided_at": consent.decided_at,
        "text_version": consent.text_version,
        "language": consent.language,
        "channel": consent.channel.value,
        "who": consent.who,
    }


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        student=row.student,
        purpose=Purpose(row.purpose),
        given=row.given,
        decided_at=row.decided_at,
        text_version=row.text_version,
        language=row.language,
        channel=Channel(row.channel),
        who=row.who,
        number=row.id,
    )
