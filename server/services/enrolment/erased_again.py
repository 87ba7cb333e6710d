"""Erase again in a restored database whoever was erased since its backup was made."""

from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Final

from server.domain.consents import Channel, Consent, Purpose
from server.store import Standing, Store

BY: Final = "restore of a backup"


@dataclass(frozen=True, slots=True)
class ErasedAgain:
    """How many students, and how many of their consents."""

    students: int
    consents: int


def erase_again(store: Store, standing: Standing, *, at: datetime) -> ErasedAgain:
    """Bring erasures, and consents that were withdrawn, up to the list. Doing it twice changes nothing more.

    Photographs that come back into the folder are refused from then on, as after every erasure.
    """
    students = store.erasures.known_students()
    again = [each for each in sorted(students - store.erasures.students()) if _is_gone(standing, each)]
    for student in again:
        store.erasures.erase(student, at=at, by=BY)
        store.mails.forget_student(student)
    withdrawn = _withdrawn(store, standing, students)
    if withdrawn:
        store.consents.record(withdrawn)
    store.health.finish_removal()
    return ErasedAgain(len(again), len(withdrawn))


def _is_gone(standing: Standing, student: str) -> bool:
    last = standing.of(student, "face")
    return last is not None and last[0] == "erased"


def _withdrawn(store: Store, standing: Standing, students: frozenset[str]) -> list[Consent]:
    """A no for every consent that stands in the database and was taken back by the list."""
    given = {purpose: store.consents.standing(purpose) for purpose in Purpose}
    found = []
    for student, purpose in product(sorted(students), Purpose):
        kept, last = given[purpose].get(student), standing.of(student, purpose.value)
        if kept is not None and kept.given and last is not None and last[0].startswith("refused"):
            found.append(
                Consent(
                    student=student,
                    purpose=purpose,
                    given=False,
                    decided_at=last[1],
                    text_version="",
                    language=kept.language,
                    channel=Channel.IMPORT,
                    who=BY,
                )
            )
    return found
