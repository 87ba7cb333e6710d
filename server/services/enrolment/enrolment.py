"""Bring the templates in the store into line with the folder of photographs.

What is in the gallery follows from the folder alone, not from the order of runs.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from server.counted import counted
from server.errors import BadRequest, RollcallError
from server.faces import Decode, Recogniser
from server.services.enrolment.photographs import digest, find_photographs, read
from server.services.enrolment.plan import Claim, Outcome, PhotoLine, Plan, Students, claims
from server.services.enrolment.portrait import Unfit, embed, judged_by
from server.store import PhotoVerdict, Store, Template

log = logging.getLogger(__name__)

# Photographs that are embedded before their templates are written: what a killed enrolment loses, half a minute of work
# on a slow machine.
PHOTOGRAPHS_TOGETHER: Final = 32

IN_WORDS: Final[dict[Outcome, str]] = {
    "taken": "taken",
    "already": "enrolled already",
    "refused": "refused",
    "missing": "gone, with the template kept",
    "pruned": "gone, and the template removed",
}

# Called with how many of the new photographs have been looked at, and how many there are.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class EnrolReport:
    """What became of every photograph, by name."""

    lines: tuple[PhotoLine, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(line.outcome == outcome for line in self.lines)

    @property
    def summary(self) -> str:
        counts = Counter(line.outcome for line in self.lines)
        parts = [f"{counts[outcome]} {text}" for outcome, text in IN_WORDS.items() if counts[outcome]]
        return f"{counted(len(self.lines), 'photograph')}{': ' if parts else ''}{', '.join(parts)}."


def enrol(
    store: Store,
    recogniser: Recogniser,
    folder: Path,
    *,
    decode: Decode,
    at: datetime,
    by: str,
    prune: bool = False,
    again: Collection[str] = (),
    allowed: Collection[str] | None = None,
    progress: Progress = lambda _done, _total: None,
) -> EnrolReport:
    """Photographs that are known already are only hashed.

    prune: remove the templates of photographs that are gone. again: erased students who may be enrolled again.
    allowed: students who consented; None: everybody.
    Raises BadRequest (the folder cannot be opened or is empty when pruning; nobody to enrol again), Unavailable,
    SetupProblem (wrong key: to remove every template helps).
    """
    for student in again:
        if not store.erasures.permit_again(student, at=at, by=by):
            raise BadRequest(f"Student {student} was not erased: enrol without --again.")
        store.erasure_list.add("permitted", student, at=at)
    found = find_photographs(folder)
    students = Students.of(store, found, allowed)
    claimed, lines = claims(found, students)
    templates, refused = store.templates.of_model(recogniser.model_id), store.templates.verdicts(judged_by(recogniser))
    plan = Plan(claimed, templates, refused, students.erased)
    if prune and plan.gone and not claimed:
        raise BadRequest(
            f"The folder {folder} holds no student's photograph, so nothing is pruned; "
            "is it the right one, and its disk there?"
        )
    writer = _Writer(store, recogniser, decode, at)
    writer.correct(plan)
    gone = [*plan.gone, *(_gone_elsewhere(store, recogniser.model_id, claimed) if prune else [])]
    gone = _surely_gone(gone, lines, store.templates.destroyed())
    lines += plan.lines + writer.take(plan.new, students, progress)
    lines += writer.settle_gone(gone, prune=prune)  # last: who has a new photograph is never without any
    report = EnrolReport(tuple(sorted(lines, key=lambda line: line.name)))
    log.info("enrolment: %s", report.summary)
    return report


def unrecognised(store: Store, model_id: str, report: EnrolReport) -> tuple[list[str], list[str]]:
    """Students with templates of other models only: those without a photograph, and those refused."""
    left = store.templates.known_to_other_models(model_id)
    refused = {line.student for line in report.lines if line.student in left}
    return sorted(left - refused), sorted(left & refused)


def _gone_elsewhere(store: Store, model_id: str, claimed: Sequence[Claim]) -> Iterator[Template]:
    """Templates of other models alone whose photograph is gone."""
    known = {each.photo_sha256 for each in store.templates.of_model(model_id)} | {claim.sha256 for claim in claimed}
    for model in store.templates.enrolled_models():
        for each in store.templates.of_model(model.model_id) if model.model_id != model_id else ():
            if each.photo_sha256 not in known:
                known.add(each.photo_sha256)
                yield each


def _surely_gone(
    gone: Sequence[Template], refused: Sequence[PhotoLine], destroyed: Collection[bytes]
) -> list[Template]:
    """Without those whose photograph was destroyed on purpose, or is there but could not be read."""
    there = {line.name for line in refused}
    return [
        each
        for each in gone
        if there.isdisjoint({each.photo_name, each.photo_name.split("/")[0]}) and each.photo_sha256 not in destroyed
    ]


class _Writer:
    """Embeds photographs and writes their templates, a student's always together."""

    def __init__(self, store: Store, recogniser: Recogniser, decode: Decode, at: datetime) -> None:
        self._store = store
        self._recogniser = recogniser
        self._decode = decode
        self._at = at

    def correct(self, plan: Plan) -> None:
        """Remove templates that name somebody else, and keep those that only changed their name."""
        if plan.wrong:
            self._store.templates.remove(plan.wrong)
        if plan.renamed:
            self._store.templates.add(plan.renamed, [], at=self._at)

    def settle_gone(self, gone: Sequence[Template], *, prune: bool) -> list[PhotoLine]:
        """Report the templates whose photograph is gone, or remove them."""
        if not prune:
            text = "the photograph is gone, its template is still used: enrol with --prune to remove it"
            return [PhotoLine(each.photo_name, each.student, "missing", text) for each in gone]
        if gone:
            self._store.templates.remove({each.photo_sha256 for each in gone})
        return [PhotoLine(each.photo_name, each.student, "pruned", "its template was removed") for each in gone]

    def take(self, new: Sequence[Claim], students: Students, progress: Progress) -> list[PhotoLine]:
        lines: list[PhotoLine] = []
        for batch in _whole_students(new):
            templates: list[Template] = []
            verdicts: list[PhotoVerdict] = []
            for claim in batch:
                try:
                    template, remark = self._template(claim)
                    templates.append(template)
                    remarks = filter(None, (remark, students.remark(claim.student), claim.reading))
                    lines.append(PhotoLine(claim.name, claim.student, "taken", ", ".join(remarks)))
                except Unfit as unfit:
                    lines.append(PhotoLine(claim.name, claim.student, "refused", unfit.reason))
                    verdicts += self._verdicts(claim, unfit)
                progress(len(lines), len(new))
            self._store.templates.add(templates, verdicts, at=self._at)
        return lines

    def _verdicts(self, claim: Claim, unfit: Unfit) -> list[PhotoVerdict]:
        judge = judged_by(self._recogniser)
        return [PhotoVerdict(claim.sha256, judge, unfit.reason, claim.student)] if unfit.lasting else []

    def _template(self, claim: Claim) -> tuple[Template, str]:
        """The photograph's template, and a remark about it. Raises Unfit."""
        # Whatever a native library raises makes one photograph unfit and stops nothing.
        try:
            data = read(claim.photograph)
            if digest(data) != claim.sha256:
                raise Unfit("it changed while it was read: enrol again", lasting=False)
            portrait = embed(data, self._recogniser, self._decode)
        except (Unfit, RollcallError):
            raise
        except OSError as error:
            raise Unfit(f"it cannot be read: {error.strerror or error}", lasting=False) from error
        except Exception as error:
            log.exception("the photograph with hash %s could not be looked at", claim.sha256.hex()[:12])
            raise Unfit(
                "it could not be looked at, the log says why: save it anew, or take another", lasting=False
            ) from error
        model = self._recogniser.model_id
        of_photograph = (claim.student, claim.sha256, claim.name, model, portrait.embedding, portrait.reduced)
        return Template(*of_photograph), portrait.remark


def _whole_students(new: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Batches of PHOTOGRAPHS_TOGETHER and up, a student's photographs in one, so that no gallery has only a part."""
    by_student: dict[str, list[Claim]] = defaultdict(list)
    for claim in new:
        by_student[claim.student].append(claim)
    batch: list[Claim] = []
    for of_one in by_student.values():
        batch += of_one
        if len(batch) >= PHOTOGRAPHS_TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch
