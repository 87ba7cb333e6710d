"""What an enrolment has to do: the folder's photographs and what the store has in, a plan out.

Hashes photographs and looks at none; knows no recogniser and writes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from server.services.enrolment.photographs import (
    Photograph,
    Refusal,
    digest,
    possible_numbers,
    printable,
    read,
    student_number,
)
from server.services.enrolment.portrait import Unfit
from server.store import Store, Template

Outcome = Literal["taken", "already", "refused", "missing", "pruned"]
"""missing: its template is there and the photograph is not; pruned: so it was, and the template was removed."""


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """What became of one photograph. name: relative to the folder, fit to be printed; text: why, or a remark."""

    name: str
    student: str | None
    outcome: Outcome
    text: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A file's name says that the photograph with this hash shows this student."""

    photograph: Photograph
    student: str
    sha256: bytes

    @property
    def name(self) -> str:
        """Of the file, relative to the folder."""
        return self.photograph.name


@dataclass(frozen=True, slots=True)
class Students:
    """Whose numbers count. names: of those in a roster; erased: those who are not to be enrolled."""

    names: Mapping[str, str]
    erased: Collection[str]

    @classmethod
    def of(cls, store: Store, found: Iterable[Photograph | Refusal]) -> "Students":
        """Those whose numbers the files may begin with."""
        possible = {number for each in found if isinstance(each, Photograph) for number in possible_numbers(each.label)}
        return cls(store.rosters.names(possible), store.erasures.students())

    def shown_on(self, photograph: Photograph) -> str:
        """The number of the student whose photograph it is, erased or not. Raises Unfit."""
        student = student_number(photograph.label, self.names)
        if student is None:
            raise Unfit(
                f"no student number: {printable(photograph.label)!r} begins neither with the number of a "
                "student of a roster nor with nine digits: import the roster, or rename it",
                lasting=False,
            )
        return student

    def remark(self, student: str) -> str:
        """What is to be said of a student who was enrolled."""
        return "" if student in self.names else f"student {student} is in no roster yet"


def claims(found: Iterable[Photograph | Refusal], students: Students) -> tuple[list[Claim], list[PhotoLine]]:
    """The photographs with student and hash, and a line for each file that is none."""
    claimed, lines = [], []
    for each in found:
        if isinstance(each, Refusal):
            lines.append(PhotoLine(each.name, None, "refused", each.reason))
            continue
        try:
            claimed.append(Claim(each, students.shown_on(each), digest(read(each))))
        except Unfit as unfit:
            lines.append(PhotoLine(each.name, None, "refused", unfit.reason))
        except OSError as error:
            lines.append(PhotoLine(each.name, None, "refused", f"it cannot be read: {error.strerror or error}"))
    return claimed, lines


class Plan:
    """What to do about each photograph.

    lines: of those that are settled. wrong: photographs whose templates name somebody else and must go. renamed:
    templates that stay, under another name. new: what is to be looked at. gone: templates without a photograph.
    """

    def __init__(
        self,
        claimed: Sequence[Claim],
        templates: Sequence[Template],
        refused: Mapping[bytes, str],
        erased: Collection[str],
    ) -> None:
        self.lines: list[PhotoLine] = []
        self.wrong: Final[list[bytes]] = []
        self.renamed: Final[list[Template]] = []
        self.new: Final[list[Claim]] = []
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
        """Whose face it is cannot be known, and a wrong name is worse than none: what was taken from it goes.

        A photograph with an erased student's number is nobody else's either.
        """
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
