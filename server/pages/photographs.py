"""Let a student add photographs of themselves, and see at once whether each can be used."""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery
from litestar.response import Redirect

from server.access import Action
from server.domain.consents import Policy, Purpose
from server.errors import BadRequest
from server.pages.student import own_number
from server.pages.visit import AnyRequest, Pages, to
from server.services.student.photographs import OwnPhotographs
from server.services.student.texts import StudentText

Parts = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
ENOUGH: Final = 3
MOST: Final = 5
TAKEN: Final = {
    "new": "Received. It can be used; a person may look at it.",
    "known": "This photograph was sent before.",
}


def photograph_routes(pages: Pages) -> list[Any]:
    @get("/my/photographs", sync_to_thread=True)
    def show(request: AnyRequest, done: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, "/my/photographs")
        student, services = own_number(visit, Action.ADD_PHOTOGRAPHS), pages.services.students
        standing = services.consents.standing(student, Purpose.TEMPLATE)
        counts = standing is not None and standing.counts(services.consents.texts.accepted)
        values = {
            "count": _own(pages).count(student),
            "allowed": services.policy is not Policy.REQUIRED or counts,
            "notice": TAKEN.get(done, ""),
            "keeps": pages.uploads.keeps,
            "ENOUGH": ENOUGH,
            "MOST": MOST,
        }
        return visit.show("my_photographs.html", values)

    @post("/my/photographs", sync_to_thread=True)
    def add(request: AnyRequest, data: Parts) -> Redirect:
        visit = pages.visit(request, "/my/photographs")
        student, own = own_number(visit, Action.ADD_PHOTOGRAPHS), _own(pages)
        part = data.get("photograph")
        content = part.file.read() if isinstance(part, UploadFile) else b""
        if not content:
            raise BadRequest(StudentText.NO_FILE)
        if own.count(student) >= MOST:
            raise BadRequest(StudentText.ENOUGH_PHOTOGRAPHS, most=MOST)
        taken = own.add(student, content, at=visit.now, by=visit.principal.name, address=visit.address)
        return to(f"/my/photographs?done={'new' if taken.new else 'known'}")

    return [show, add]


def _own(pages: Pages) -> OwnPhotographs:
    return OwnPhotographs(pages.services.store, pages.uploads, pages.services.recognition)
