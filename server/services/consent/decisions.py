"""Take a consent, and take it back: what was made of the face is gone before the receipt is there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from server.domain.consents import Channel, Consent, Purpose
from server.errors import UnknownStudent
from server.services.consent.texts import ConsentTexts
from server.services.enrolment.erasure import Receipt, erase
from server.services.enrolment.photographs import kept_here
from server.store import ErasureEvent, ShownText, Store

_GIVEN: Final[dict[Purpose, ErasureEvent]] = {Purpose.TEMPLATE: "given-template", Purpose.CAMERA: "given-camera"}
_REFUSED: Final[dict[Purpose, ErasureEvent]] = {Purpose.TEMPLATE: "refused-template", Purpose.CAMERA: "refused-camera"}


@dataclass(frozen=True, slots=True)
class ConsentReceipt:
    """What was decided, for the student to keep. erased: of a withdrawal, what was removed."""

    consent: Consent
    sha256: str  # of the text that was shown, 64 hex digits; "" for a withdrawal
    erased: Receipt | None = None

    def record(self) -> dict[str, Any]:
        """The same for programs."""
        found = {**asdict(self.consent), "decided_at": self.consent.decided_at.isoformat(timespec="seconds")}
        return {**found, "sha256": self.sha256, "erased": self.erased.record() if self.erased else None}


@dataclass(frozen=True, slots=True)
class Consents:
    """knowns: the folder of photographs, whose files go with a withdrawal; None: it is elsewhere."""

    store: Store
    texts: ConsentTexts
    knowns: Path | None

    def give(
        self, student: str, purpose: Purpose, *, version: str, language: str, channel: Channel, at: datetime, by: str
    ) -> ConsentReceipt:
        """Keep a yes to that version of the text. A student who was erased may be enrolled again by it.

        Raises BadRequest for a version that never was, UnknownStudent.
        """
        self._require_known(student)
        text = self.texts.text(purpose, language, version)
        consent = Consent(
            student=student,
            purpose=purpose,
            given=True,
            decided_at=at,
            text_version=text.version,
            language=text.language,
            channel=channel,
            who=by,
        )
        shown = ShownText(purpose, text.version, text.language, text.text)

        def keep(store: Store) -> None:
            store.consents.keep_text(shown, at=at)
            store.consents.record([consent])
            if purpose is Purpose.TEMPLATE:
                store.erasures.permit_again(student, at=at, by=by)

        self.store.transaction(keep)
        if purpose is Purpose.TEMPLATE:
            self.store.erasure_list.add("permitted", student, at=at)
        self.store.erasure_list.add(_GIVEN[purpose], student, at=at)
        return ConsentReceipt(consent, text.sha256)

    def refuse(
        self, student: str, purpose: Purpose, *, language: str, channel: Channel, at: datetime, by: str
    ) -> ConsentReceipt:
        """Keep a no, or a consent that is withdrawn; of the face everything goes at once, photographs too.

        Raises UnknownStudent; Unavailable where something could not be removed: the no stands, and doing it again
        completes it. BadRequest where another machine keeps the photographs: the no stands too, and is completed there.
        """
        self._require_known(student)
        consent = Consent(
            student=student,
            purpose=purpose,
            given=False,
            decided_at=at,
            text_version="",
            language=language,
            channel=channel,
            who=by,
        )
        self.store.consents.record([consent])
        self.store.erasure_list.add(_REFUSED[purpose], student, at=at)
        self.store.vetoes.forget_of(student)
        erased = None
        if purpose is Purpose.TEMPLATE:
            erased = erase(self.store, kept_here(self.knowns), student, at=at, by=by, addresses=False)
            self.store.consents.keep_receipt(student, purpose, erased.text())
        return ConsentReceipt(consent, "", erased)

    def of_student(self, student: str) -> Sequence[Consent]:
        """All decisions of a student, the oldest first."""
        return self.store.consents.of_student(student)

    def standing(self, student: str, purpose: Purpose) -> Consent | None:
        """The last decision; None: never asked."""
        found = [each for each in self.of_student(student) if each.purpose is purpose]
        return found[-1] if found else None

    def to_ask(self, student: str) -> list[Purpose]:
        """What the student has never decided, or only under a text that is accepted no more."""
        standing = {each: self.standing(student, each) for each in Purpose}
        return [
            purpose
            for purpose, last in standing.items()
            if last is None or (last.given and not last.counts(self.texts.accepted))
        ]

    def _require_known(self, student: str) -> None:
        if not self.store.rosters.names([student]):
            raise UnknownStudent(f"No roster has a student with the number {student[:40]!r}: import it first.")
