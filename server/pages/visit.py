"""One request for a page: who asks, in which language, and the answer as HTML."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from language.words import error_words
from protocol.fields import Message
from protocol.replies import Error
from protocol.sentences import Sentence
from server.access import Action, Kind, Principal, courses_for, may_everywhere
from server.dispatch import Call, Caller, Dispatcher, Need, Services, require
from server.http.application import exchange_of
from server.http.credentials import COOKIE, Identify, Presented
from server.http.problems import STATUSES
from server.pages.language import Language, chosen, translator
from server.pages.office_services import OfficeServices
from server.pages.rendering import Place, Renderer, Viewer
from server.pages.static_files import packed
from server.services.consent.texts import ConsentTexts
from server.services.enrolment.upload import PhotographUploads
from server.services.identity.web_sessions import IDLE, SEEN_EVERY
from server.services.sign_on.lti import LtiLaunches
from server.services.sign_on.lti_rosters import LtiRosters
from server.services.sign_on.openid_sign_on import OpenIdSignOn
from server.services.sign_on.proxy_sign_on import ProxySignOn

TAUGHT_PLACES: Final = (
    Place("/", "Now"),
    Place("/report", "Report"),
    Place("/appeals", "Appeals"),
    Place("/absences", "Official absence"),
)
OWN_PLACES: Final = (
    Place("/my", "My attendance"),
    Place("/my/consent", "My consent"),
    Place("/my/photographs", "My photographs"),
    Place("/my/absences", "Official absence"),
    Place("/my/data", "My data"),
)
R = TypeVar("R", bound=Message)
AnyRequest = Request[Any, Any, Any]

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

LANGUAGE_COOKIE: Final = "language"
SIGN_IN: Final = "Sign in first."
HTML: Final = "text/html; charset=utf-8"
# Who may this everywhere has that place among the links.
OFFICES: Final = (
    (Action.IMPORT_ROSTER, Place("/office", "Office")),
    (Action.MANAGE_USERS, Place("/admin", "Administration")),
    (Action.READ_ACCESS_LOG, Place("/access-log", "Access log")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """By whom people are signed in beside passwords. url: how browsers call this server."""

    url: str = ""
    openid: OpenIdSignOn | None = None
    proxy: ProxySignOn | None = None
    lti: LtiLaunches | None = None
    lti_rosters: LtiRosters | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the pages stand on. identify: who comes with a signed-in session's cookie."""

    dispatcher: Dispatcher
    services: Services
    zone: ZoneInfo
    clock: Callable[[], datetime]
    identify: Identify
    renderer: Renderer
    texts: ConsentTexts
    contact: str  # whom students ask; "": nobody is named
    uploads: PhotographUploads
    office: OfficeServices
    sign_on: SignOn = SignOn()
    mails: bool = False  # whether people are told by mail

    def visit(self, request: AnyRequest, route: str) -> "Visit":
        """route: the path as the table of routes has it, for the log."""
        exchange_of(request).route = route
        language = chosen(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))
        now, came_with = self.clock(), Presented(session=request.cookies.get(COOKIE))
        principal = self.identify(came_with, exchange_of(request).address, now)
        return Visit(self, request, principal, language, now)


class PageProblem(Exception):
    """What stops a page: an error as the wire has it, and where the reader goes back to."""

    def __init__(self, error: Error, back: str = "/") -> None:
        super().__init__(error.text)
        self.error = error
        self.back = back


@dataclass(frozen=True, slots=True)
class Visit:
    """Of one request. now: UTC-aware."""

    pages: Pages
    request: AnyRequest
    principal: Principal
    language: Language
    now: datetime

    def ask(self, message: Message, reply: type[R], *, back: str = "/") -> R:
        """The server's reply, as every client gets it. Raises PageProblem for an error."""
        found = self.pages.dispatcher.answer(message, self.caller)
        if isinstance(found, reply):
            return found
        if isinstance(found, Error):
            raise PageProblem(found, back)
        raise TypeError(f"{type(message).__name__} was answered by {type(found).__name__}")

    def require(self, action: Action, **about: Any) -> Call:
        """A call for what is asked by no message. about: as of Need. Raises Unauthorised or Forbidden."""
        call = self.pages.dispatcher.call(self.caller)
        require([Need(action=action, **about)], call)
        return call

    def may(self, action: Action) -> bool:
        """Whether they may do it in no course in particular."""
        return may_everywhere(self.principal, action)

    def require_person(self) -> None:
        """Raises PageProblem where nobody is signed in."""
        if self.principal.kind is Kind.NOBODY:
            raise PageProblem(Error(code="unauthorised", text=SIGN_IN))

    def may_list(self, course: str) -> bool:
        everywhere = may_everywhere(self.principal, Action.LIST_SESSIONS)
        return everywhere or course in courses_for(self.principal, Action.LIST_SESSIONS)

    def show(self, template: str, values: Mapping[str, object], status: int = 200) -> Response[Any]:
        html = self.pages.renderer.page(template, self._viewer(), values).encode()
        return packed(html, HTML, self.request.headers.get("accept-encoding", ""), status)

    def problem(self, problem: PageProblem) -> Response[Any]:
        """The page that says what went wrong; who is not signed in, or no longer, is asked to."""
        if problem.error.code == "unauthorised" and self.request.method == "GET":
            return to(f"/sign-in?{urlencode({'next_page': self._path})}")
        said, status = self.words(problem.error), STATUSES.get(problem.error.code, 500)
        number = exchange_of(self.request).id
        return self.show("problem.html", {"text": said, "back": problem.back, "number": number}, status)

    def say(self, text: str) -> str:
        """A text of the pages in the reader's language."""
        return translator(self.language)(text)

    def words(self, error: Error) -> str:
        """An error in the reader's language."""
        sentence = Sentence(error.text, error.template, dict(error.values))
        return error_words(sentence, error.code, translator(self.language))

    def said(self, sentence: Sentence) -> str:
        """A sentence in the reader's language."""
        return error_words(sentence, "", translator(self.language))

    def translated(self, text: str) -> str:
        return translator(self.language)(text)

    @property
    def address(self) -> str:
        return exchange_of(self.request).address

    def _viewer(self) -> Viewer:
        viewer = Viewer(self.language, self.pages.zone, self.principal.name, self.places, self.request.url.path)
        return replace(viewer, session_left_s=self._session_left_s)

    @property
    def _session_left_s(self) -> int | None:
        expires = self.principal.expires
        if self.principal.kind is not Kind.USER or expires is None:
            return None
        return int(min(expires - self.now, IDLE - SEEN_EVERY).total_seconds())

    @property
    def caller(self) -> Caller:
        address = exchange_of(self.request).address
        return Caller(address=address, connected_since=self.now, principal=self.principal)

    @property
    def _path(self) -> str:
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    @property
    def teaches(self) -> bool:
        """Whether there is a course whose sessions they may see."""
        everywhere = may_everywhere(self.principal, Action.LIST_SESSIONS)
        return everywhere or bool(courses_for(self.principal, Action.LIST_SESSIONS))

    @property
    def places(self) -> tuple[Place, ...]:
        """The links of the frame: what is theirs to see."""
        own = OWN_PLACES if self.principal.student else ()
        taught = TAUGHT_PLACES if self.teaches else ()
        offices = tuple(place for action, place in OFFICES if may_everywhere(self.principal, action))
        return (*taught, *own, *offices)


def new_key() -> str:
    """A key for a form, so that sending it twice changes nothing twice."""
    return secrets.token_urlsafe(24)


def own_path(path: str) -> str:
    """A path of this server, or its first page: nobody is sent elsewhere."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def to(path: str) -> Redirect:
    """Answer a form by another page."""
    return Redirect(path, status_code=303)


def text_of(form: Mapping[str, str], name: str) -> str:
    """A field of a form, without spaces around it; "" where it is missing."""
    return str(form.get(name, "")).strip()
