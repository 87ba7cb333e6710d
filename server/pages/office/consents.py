"""Count who has consented; who has not is told to the office alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from litestar import Response, get
from litestar.params import FromQuery

from server.access import Action, courses_for, may, may_everywhere
from server.domain.calendar import campus_day
from server.domain.consents import Consent, Policy, Purpose
from server.domain.identifiers import normal
from server.http.application import exchange_of
from server.pages.language import Language
from server.pages.visit import HTML, AnyRequest, Pages, Visit
from server.services.consent.print_form import STYLE_HASH, Form, print_form
from server.store import ListedStudent

PATH: Final = "/consents"
PRINT_POLICY: Final = f"default-src 'none'; style-src {STYLE_HASH}; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Count:
    """Of one course's list of today."""

    course: str
    title: str
    students: int
    agreed: int
    refused: int

    @property
    def unanswered(self) -> int:
        return self.students - self.agreed - self.refused


def consent_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def counts(request: AnyRequest, course: FromQuery[str] = "") -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.READ_ROSTER, anywhere=True)
        code = normal(course)
        may_name = may_everywhere(visit.principal, Action.READ_CONSENTS)
        missing: list[tuple[ListedStudent, Consent | None]] = []
        if code:
            visit.require(Action.READ_CONSENTS, course=code)
            missing = _without(visit, code)
        values = {
            "counts": _counts(visit),
            "required": pages.office.consent.policy is Policy.REQUIRED,
            "off": pages.office.consent.policy is Policy.OFF,
            "may_name": may_name,
            "course": code,
            "missing": missing,
        }
        return visit.show("office/consents.html", values)

    @get(f"{PATH}/print", sync_to_thread=True)
    def printed(request: AnyRequest, form: FromQuery[Form], language: FromQuery[Language]) -> Response[str]:
        visit = pages.visit(request, f"{PATH}/print")
        visit.require(Action.READ_ROSTER, anywhere=True)
        html = print_form(form, pages.texts, language, f"{_own_url(visit)}/privacy")
        return Response(html, media_type=HTML, headers={"Content-Security-Policy": PRINT_POLICY})

    return [counts, printed]


def _own_url(visit: Visit) -> str:
    """As it is set, or as this reader calls it."""
    scheme = "https" if exchange_of(visit.request).secure else "http"
    return visit.pages.sign_on.url.rstrip("/") or f"{scheme}://{visit.request.headers.get('host', '')}"


def _counts(visit: Visit) -> list[Count]:
    today, standing = _today(visit), _standing(visit)
    plans = visit.pages.services.courses.all_plans(today)
    theirs = plans if may_everywhere(visit.principal, Action.READ_ROSTER) else _own(visit)
    found = []
    for code in sorted(set(plans) & set(theirs)):
        numbers = visit.pages.services.store.rosters.students_of(code, today)
        found.append(Count(code, plans[code].title, len(numbers), *_split(visit, standing, numbers)))
    return found


def _split(visit: Visit, standing: dict[str, Consent], numbers: Collection[str]) -> tuple[int, int]:
    """Who agreed to a text that counts still, and who said no."""
    accepted = visit.pages.office.consent.texts.accepted
    decided = [standing[each] for each in numbers if each in standing]
    return sum(each.counts(accepted) for each in decided), sum(not each.given for each in decided)


def _without(visit: Visit, code: str) -> list[tuple[ListedStudent, Consent | None]]:
    """The course's students without a consent that counts, and what they decided last."""
    standing, accepted = _standing(visit), visit.pages.office.consent.texts.accepted
    listed = visit.pages.services.store.rosters.of_day(code, _today(visit))
    decided = [(each, standing.get(each.student)) for each in listed]
    return [(each, consent) for each, consent in decided if consent is None or not consent.counts(accepted)]


def _own(visit: Visit) -> frozenset[str]:
    return frozenset(
        each
        for each in courses_for(visit.principal, Action.READ_ROSTER)
        if may(visit.principal, Action.READ_ROSTER, course=each)
    )


def _standing(visit: Visit) -> dict[str, Consent]:
    return visit.pages.services.store.consents.standing(Purpose.TEMPLATE)


def _today(visit: Visit) -> date:
    return campus_day(visit.now, visit.pages.zone)
