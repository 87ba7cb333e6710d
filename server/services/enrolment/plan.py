"""Compare the folder's photographs with the templates in the store, and plan what an enrolment has to do."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from server.services.enrolment.photographs import (
    PhotographFile,
    RefusedFile,
    begun_numbers,
    digest,
    possible_numbers,
    printable,
    read,
    student_number,
)
from server.services.enrolment.portrait import Unfit
from server.store import Store, Template

NO_CONSENT: Final = "no consent: call this student by name, or record the consent and enrol again"

# missing: its template is there and the photograph is not; pruned: such a template was removed.
Outcome = Literal["taken", "already", "refused", "missing", "pruned"]


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """What became of one photograph."""

    name: str  # relative to the folder, fit to be printed
    student: str | None
    outcome: Outcome
    text: str = ""  # why, or a remark


@dataclass(frozen=True, slots=True)
class Claim:
    """A photograph whose file name says whom it shows."""

    photograph: PhotographFile
    student: str
    sha256: bytes

    @property
    def name(self) -> str:
        return self.photograph.name

    @property
    def reading(self) -> str:
        """How the number was read, where it is not as it stands in the name."""
        written = unicodedata.normalize("NFC", self.name)
        return "" if self.student in written else f"the number in its name was read as {self.student}"


@dataclass(frozen=True, slots=True)
class Students:
    """The students whose numbers the files may begin with."""

    names: Mapping[str, str]  # of those in a roster, by number
    erased: Collection[str]  # those who are not to be enrolled
    allowed: Collection[str] | None = None  # those who consented; None: nobody is asked

    @classmethod
    def of(
        cls, store: Store, found: Iterable[PhotographFile | RefusedFile], allowed: Collection[str] | None
    ) -> "Students":
        labels = [each.label for each in found if isinstance(each, PhotographFile)]
        possible = {number for label in labels for number in (*possible_numbers(label), *begun_numbers(label))}
        return cls(store.rosters.names(possible), store.erasures.students(), allowed)

    def shown_on(self, photograph: PhotographFile) -> str:
        """The number of the student whose photograph it is, erased or not. Raises Unfit."""
        student = student_number(photograph.label, self.names)
        if student is None:
            raise Unfit(self._no_number(photograph.label), lasting=False)
        return student

    def may_be_enrolled(self, student: str) -> bool:
        """Whether nothing speaks against it that the student decides: no consent is no consent."""
        return self.allowed is None or student in self.allowed

    def _no_number(self, label: str) -> str:
        shown = printable(label)
        begun = next((number for number in begun_numbers(label) if number in self.names), None)
        if begun:
            return (
                f"no student number: {shown!r} goes on behind the number of student {begun} with "
                f"{label[len(begun)]!r}, as a longer number would that no student of a roster has: import the "
                "roster, or put a space behind the number"
            )
        if label[:9].isdigit():
            return (
                f"no student number: {shown!r} begins with more than nine digits, which are no number of a "
                "student of a roster: import the roster, or rename it"
            )
        return (
            f"no student number: {shown!r} begins neither with the number of a student of a roster nor with nine "
            "digits: import the roster, or rename it"
        )

    def remark(self, student: str) -> str:
        return "" if student in self.names else f"student {student} is in no roster yet"


def claims(found: Iterable[PhotographFile | RefusedFile], students: Students) -> tuple[list[Claim], list[PhotoLine]]:
    """The photographs with student and hash, and a line for each file that is refused."""
    claimed, lines = [], []
    for each in found:
        if isinstance(each, RefusedFile):
            lines.append(PhotoLine(each.name, None, "refused", each.reason))
            continue
        try:
            student = students.shown_on(each)
            if students.may_be_enrolled(student):
                claimed.append(Claim(each, student, digest(read(each))))
            else:
                lines.append(PhotoLine(each.name, student, "refused", NO_CONSENT))
        except Unfit as unfit:
            lines.append(PhotoLine(each.name, None, "refused", unfit.reason))
        except OSError as error:
            lines.append(PhotoLine(each.name, None, "refused", f"it cannot be read: {error.strerror or error}"))
    return claimed, lines


class Plan:
    """What to do about each photograph."""

    def __init__(
        self,
        claimed: Sequence[Claim],
        templates: Sequence[Template],
        refused: Mapping[bytes, str],
        erased: Collection[str],
    ) -> None:
        self.lines: list[PhotoLine] = []  # of the photographs that are settled
        self.wrong: Final[list[bytes]] = []  # photographs whose templates name somebody else and must go
        self.renamed: Final[list[Template]] = []  # templates that stay, under another name
        self.new: Final[list[Claim]] = []  # photographs to be embedded
        self._templates: Final[dict[bytes, list[Template]]] = defaultdict(list)
        self._refused = refused
        self._erased = erased
        by_photograph: dict[bytes, list[Claim]] = defaultdict(list)
        for template in templates:
            self._templates[template.photo_sha256].append(template)
        for claim in claimed:
            by_photograph[claim.sha256].append(claim)
        for same in by_photograph.values():
            self._sort_out(same)
        # Templates without a photograph.
        self.gone: Final = [template for template in templates if template.photo_sha256 not in by_photograph]

    def _sort_out(self, same: Sequence[Claim]) -> None:
        """Settle the files that are one and the same photograph."""
        first, *others = same
        if first.student in self._erased or any(claim.student != first.student for claim in others):
            self._refuse_all(same)
            return
        text = f"it is the same photograph as {first.name}"
        self.lines += [PhotoLine(claim.name, claim.student, "already", text) for claim in others]
        if templates := self._templates.get(first.sha256):
            self._keep(first, templates, {claim.name for claim in same})
        elif reason := self._refused.get(first.sha256):
            self.lines.append(PhotoLine(first.name, first.student, "refused", reason))
        else:
            self.new.append(first)

    def _refuse_all(self, same: Sequence[Claim]) -> None:
        # Whose face it is cannot be known, and a wrong name is worse than none: what was taken from it goes. A
        # photograph with an erased student's number is nobody else's either.
        if same[0].sha256 in self._templates:
            self.wrong.append(same[0].sha256)
        for claim in same:
            self.lines.append(PhotoLine(claim.name, claim.student, "refused", self._refusal(claim, same)))

    def _refusal(self, claim: Claim, same: Sequence[Claim]) -> str:
        if claim.student in self._erased:
            return f"student {claim.student} was erased: enrol with --again {claim.student} if they agree"
        other = next(each for each in same if each.student != claim.student)
        return f"the same photograph is there for student {other.student} ({other.name}): remove the wrong one"

    def _keep(self, claim: Claim, templates: Sequence[Template], files: Collection[str]) -> None:
        former = {template.student for template in templates} - {claim.student}
        if former:
            self.wrong.append(claim.sha256)
        if former or templates[0].photo_name not in files:
            self.renamed.append(replace(templates[0], student=claim.student, photo_name=claim.name))
        self.lines.append(
            PhotoLine(claim.name, claim.student, "taken", f"it was student {min(former)}'s before")
            if former
            else PhotoLine(claim.name, claim.student, "already")
        )
