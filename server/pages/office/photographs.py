"""Take photographs by the folder, and show which of them somebody should look at."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery, RawBody

from protocol.replies import Error
from server.access import Action
from server.dispatch import Call, explained
from server.dispatch.replies import error_reply
from server.dispatch.viewing import view_line
from server.errors import RollcallError
from server.gallery import Finding, find_oddities
from server.pages.uploads import Upload, files_of
from server.pages.visit import AnyRequest, PageProblem, Pages, Visit
from server.services.enrolment.photograph_names import SentPhotograph, is_passed_over, unpacked, whose
from server.services.enrolment.photographs import MAX_PHOTOGRAPH_BYTES
from server.store import Template

PATH: Final = "/office/photographs"
MOST_FINDINGS: Final = 100
MOST_PICTURES: Final = 6
NOT_THERE: Final = "The photograph is not there any more."
OUTCOMES: Final = {"taken": "taken", "already": "enrolled already", "refused": "refused"}
FINDINGS: Final = {
    "one person": "One person under two numbers, or a photograph that is filed under the wrong number",
    "look-alikes": "They resemble each other more than chance allows",
    "odd photograph": "A photograph that does not look like the student's others",
}
ADVICE: Final = {
    "one person": "Students {students}, distance {distance}: compare the photographs; one may be filed under the wrong "
    "number, or a person stand there under several.",
    "look-alikes": "Students {students}, distance {distance}: compare the photographs. If they are different people, "
    "the professor is asked where both fit a face; a second and third photograph of each helps.",
    "odd photograph": "Students {students}, distance {distance}: look at the photographs, and take away what shows "
    "somebody else.",
}
SIGNATURES: Final = (
    (b"\xff\xd8", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one file."""

    name: str
    student: str
    outcome: str  # a key of OUTCOMES
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Something to look at. pictures: student with the hash of a photograph, side by side; "": it was destroyed."""

    finding: Finding
    pictures: tuple[tuple[str, str], ...]


def photograph_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def form(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.ADD_PHOTOGRAPHS)
        return _page(visit, ())

    @post(PATH, sync_to_thread=True)
    def send(request: AnyRequest, data: Upload) -> Response[str]:
        visit = pages.visit(request, PATH)
        call = visit.require(Action.ADD_PHOTOGRAPHS)
        return _page(visit, tuple(_taken(visit, call, files_of(data, "files"))))

    @post(f"{PATH}/one", sync_to_thread=True)
    def one(request: AnyRequest, body: RawBody, name: FromQuery[str]) -> dict[str, Any]:
        """One file of a folder that a script sends; what is wrong with it is a line, like any other."""
        visit = pages.visit(request, f"{PATH}/one")
        call = visit.require(Action.ADD_PHOTOGRAPHS)
        lines = list(_taken(visit, call, [(name[:500], body)]))
        said = translated_outcomes(visit)
        return {"lines": [{**asdict(each), "said": said[each.outcome]} for each in lines]}

    @get(f"{PATH}/picture", sync_to_thread=True)
    def picture(request: AnyRequest, photograph: FromQuery[str]) -> Response[bytes]:
        """A photograph from the folder; never kept by the browser."""
        visit = pages.visit(request, f"{PATH}/picture")
        call = visit.require(Action.ADD_PHOTOGRAPHS)
        found = next((each for each in _templates(call, pages) if each.photo_sha256.hex() == photograph), None)
        data = _content(pages, found) if found else None
        kind = next((kind for sign, kind in SIGNATURES if data and data.startswith(sign)), None)
        if found is None or data is None or kind is None:
            raise PageProblem(Error(code="unknown_student", text=NOT_THERE), back=PATH)
        seen = view_line(call, Action.ADD_PHOTOGRAPHS, subject=found.student, detail="looked at a photograph")
        call.services.viewings.see(seen)
        return Response(data, media_type=kind, headers={"Cache-Control": "no-store"})

    return [form, send, one, picture]


def translated_outcomes(visit: Visit) -> dict[str, str]:
    return {outcome: visit.say(text) for outcome, text in OUTCOMES.items()}


def _taken(visit: Visit, call: Call, files: Sequence[tuple[str, bytes]]) -> Iterator[Line]:
    for name, data in files:
        if is_passed_over(name):
            continue
        try:
            for sent in unpacked(name, data):
                yield _one(visit, call, sent)
        except RollcallError as refused:
            yield Line(name, "", "refused", visit.words(error_reply(refused)))


def _one(visit: Visit, call: Call, sent: SentPhotograph) -> Line:
    """One that goes wrong stops no other."""
    student = ""
    try:
        if isinstance(sent.data, str):
            return Line(sent.name, "", "refused", sent.data)
        student = whose(call.services.store, sent.name)
        taken = visit.pages.uploads.add(student, sent.data, at=call.now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are taken
        return Line(sent.name, student, "refused", visit.words(error_reply(explained(error))))
    return Line(sent.name, student, "taken" if taken.new else "already", taken.remark)


def _page(visit: Visit, lines: Sequence[Line]) -> Response[str]:
    counts = {outcome: sum(each.outcome == outcome for each in lines) for outcome in OUTCOMES}
    call = visit.pages.dispatcher.call(visit.caller)
    values = {"lines": lines, "counts": counts, "findings": _findings(call, visit.pages)}
    words = {"OUTCOMES": OUTCOMES, "FINDINGS": FINDINGS, "ADVICE": ADVICE}
    return visit.show("office/photographs.html", {**values, **words, "keeps": visit.pages.uploads.keeps})


def _findings(call: Call, pages: Pages) -> list[Shown]:
    """Nearest first. Photographs of which no file is left are told without a picture."""
    oddities = find_oddities(pages.office.galleries.current())[:MOST_FINDINGS]
    if not oddities:
        return []
    hashes: dict[str, list[str]] = {}
    destroyed = call.services.store.templates.destroyed()
    for each in _templates(call, pages):
        shown = "" if each.photo_sha256 in destroyed else each.photo_sha256.hex()
        hashes.setdefault(each.student, []).append(shown)
    return [Shown(each, tuple(_pictures(each, hashes))) for each in oddities]


def _pictures(finding: Finding, hashes: dict[str, list[str]]) -> list[tuple[str, str]]:
    """One of each student; of somebody whose photographs differ, all."""
    alone = len(finding.students) == 1 or finding.kind == "odd photograph"
    shown = [
        (student, photograph)
        for place, student in enumerate(finding.students)
        for photograph in hashes.get(student, [])[: MOST_PICTURES if alone and not place else 1]
    ]
    return shown[:MOST_PICTURES]


def _templates(call: Call, pages: Pages) -> list[Template]:
    return call.services.store.templates.of_model(pages.office.galleries.model_id)


def _content(pages: Pages, template: Template) -> bytes | None:
    """None where it is gone, elsewhere, too large or would lie outside the folder."""
    if pages.office.knowns is None:
        return None
    folder = pages.office.knowns.resolve()
    path = (folder / template.photo_name).resolve()
    try:
        if not path.is_relative_to(folder) or path.stat().st_size > MAX_PHOTOGRAPH_BYTES:
            return None
        return path.read_bytes()
    except OSError:
        return None
