"""Ask a student for their consents, each by itself; take them back with one tap, and give receipts."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect

from protocol.replies import Error
from server.access import Action
from server.domain.consents import Channel, Consent, Purpose
from server.errors import BadRequest
from server.pages.student import own_number
from server.pages.visit import AnyRequest, Form, PageProblem, Pages, Visit, text_of, to
from server.services.consent.texts import ConsentText
from server.services.student.texts import StudentText

PARTS: Final = {
    "purpose": "Purpose",
    "items": "What is processed",
    "period": "How long",
    "refusal": "Your right to refuse, and what follows",
    "withdrawal": "Taking it back",
    "decision": "Automated decisions",
}
# What the law wants to stand out: sensitive items, and how long they are kept.
MATTERS: Final = ("items", "period", "refusal")
PURPOSES: Final = {Purpose.TEMPLATE: "facial features", Purpose.CAMERA: "camera in the room"}
CHANNELS: Final = {Channel.PAGE: "on this page", Channel.PAPER: "on paper", Channel.IMPORT: "from a list"}
NOT_UNDERSTOOD: Final = "What was sent cannot be understood; load the page anew and try again."


def consent_routes(pages: Pages) -> list[Any]:
    @get("/my/consent", sync_to_thread=True)
    def show(request: AnyRequest) -> Response[str]:
        visit = pages.visit(request, "/my/consent")
        return consent_page(visit, own_number(visit, Action.GIVE_CONSENT))

    @post("/my/consent", sync_to_thread=True)
    def decide(request: AnyRequest, data: Form) -> Redirect:
        visit = pages.visit(request, "/my/consent")
        purpose, answer = text_of(data, "purpose"), text_of(data, "answer")
        if purpose not in {each.value for each in Purpose} or answer not in {"yes", "no"}:
            raise PageProblem(Error(code="bad_request", text=NOT_UNDERSTOOD), back="/my/consent")
        action = Action.GIVE_CONSENT if answer == "yes" else Action.WITHDRAW_CONSENT
        student = own_number(visit, action)
        _decide(visit, student, Purpose(purpose), answer == "yes", text_of(data, "version"))
        standing = pages.services.students.consents.standing(student, Purpose(purpose))
        return to(f"/my/consent/receipt?decision={standing.number if standing else 0}")

    @get("/my/consent/receipt", sync_to_thread=True)
    def receipt(request: AnyRequest, decision: FromQuery[int], file: FromQuery[bool] = False) -> Response[Any]:
        visit = pages.visit(request, "/my/consent/receipt")
        student = own_number(visit, Action.READ_OWN)
        found = _decision(visit, student, decision)
        text = receipt_text(visit, student, found)
        if file:
            return Response(text, media_type="text/plain; charset=utf-8", headers=_attached(decision))
        return visit.show("my_receipt.html", {"text": text, "decision": found, "PURPOSES": PURPOSES})

    return [show, decide, receipt]


def consent_page(visit: Visit, student: str) -> Response[str]:
    consents = visit.pages.services.students.consents
    asked = consents.to_ask(student)
    texts = [consents.texts.text(each, visit.language) for each in Purpose]
    values = {
        "texts": texts,
        "standing": {each: consents.standing(student, each) for each in Purpose},
        "asked": asked,
        "PARTS": PARTS,
        "MATTERS": MATTERS,
        "PURPOSES": PURPOSES,
        "CHANNELS": CHANNELS,
        "decisions": list(reversed(consents.of_student(student))),
    }
    return visit.show("my_consent.html", values)


def _decide(visit: Visit, student: str, purpose: Purpose, given: bool, version: str) -> None:
    consents = visit.pages.services.students.consents
    how: dict[str, Any] = {"language": visit.language, "channel": Channel.PAGE, "by": visit.principal.name}
    if not given:
        consents.refuse(student, purpose, at=visit.now.astimezone(visit.pages.zone), **how)
        return
    if version != consents.texts.current:
        raise BadRequest(StudentText.TEXT_CHANGED)
    consents.give(student, purpose, version=version, at=visit.now, **how)


def _decision(visit: Visit, student: str, number: int) -> Consent:
    """Raises PageProblem, alike for a decision of somebody else and for none."""
    decisions = visit.pages.services.students.consents.of_student(student)
    found = next((each for each in decisions if each.number == number), None)
    if found is None:
        raise PageProblem(Error(code="no_session", text=StudentText.NO_RECEIPT), back="/my/consent")
    return found


def receipt_text(visit: Visit, student: str, decision: Consent) -> str:
    """What was decided, and of a withdrawal what was removed."""
    said = visit.translated
    moment = decision.decided_at.astimezone(visit.pages.zone)
    lines = [
        said("Receipt"),
        f"{said('Student number')}: {student}",
        f"{said('About')}: {said(PURPOSES[decision.purpose])}",
        f"{said('Decision')}: {said('Yes, I consent' if decision.given else 'No, or taken back')}",
        f"{said('When')}: {moment:%Y-%m-%d %H:%M:%S %z}",
    ]
    if decision.text_version:
        text = _shown_text(visit, decision)
        lines += [f"{said('Text')}: {decision.text_version} ({decision.language})", f"SHA-256: {text.sha256}"]
    kept = visit.pages.services.store.consents.receipt(student, decision.number)
    return "\n".join([*lines, *(["", kept] if kept else []), ""])


def _shown_text(visit: Visit, decision: Consent) -> ConsentText:
    texts = visit.pages.services.students.consents.texts
    return texts.text(decision.purpose, decision.language, decision.text_version)


def _attached(number: int) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="receipt-{number}.txt"'}
