"""Who has to be told of a breach, and drafts of the documents that the law asks for."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery

from server.access import Action
from server.errors import BadRequest
from server.pages.privacy.access_log import day_of_text, start_of
from server.pages.visit import AnyRequest, Form, Pages, text_of
from server.services.privacy.breach import affected, everybody
from server.services.privacy.documents import DOCUMENTS, LANGUAGES, count, document

PATH: Final = "/breach"
MARKDOWN: Final = "text/markdown; charset=utf-8"
NO_DOCUMENT: Final = "There is no such document."


def affected_routes(pages: Pages) -> list[Any]:
    @get(PATH, sync_to_thread=True)
    def shown(
        request: AnyRequest, since: FromQuery[str] = "", who: FromQuery[str] = "", whole: FromQuery[str] = ""
    ) -> Response[str]:
        visit = pages.visit(request, PATH)
        visit.require(Action.READ_ACCESS_LOG)
        begins, found, store = day_of_text(since), None, pages.services.store
        if whole == "yes":
            found = everybody(store)
        elif begins is not None:
            found = affected(store, pages.zone, since=start_of(begins, pages.zone), who=who.strip() or None)
        return visit.show("privacy/breach.html", {"found": found, "since": since, "who": who, "whole": whole == "yes"})

    @post("/privacy-documents", sync_to_thread=True)
    def drafted(request: AnyRequest, data: Form) -> Response[bytes]:
        visit = pages.visit(request, "/privacy-documents")
        call = visit.require(Action.READ_ACCESS_LOG)
        which = next((each for each in DOCUMENTS if each == text_of(data, "which")), None)
        language = text_of(data, "language")
        if which is None or language not in LANGUAGES:
            raise BadRequest(NO_DOCUMENT)
        counts = count(call.services.store, pages.office.consent.texts.accepted)
        text = document(which, language, pages.office.privacy, counts)
        name = f'attachment; filename="{which}-{language}.md"'
        return Response(text.encode(), media_type=MARKDOWN, headers={"Content-Disposition": name})

    return [shown, drafted]
