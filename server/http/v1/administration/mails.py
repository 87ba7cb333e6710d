"""The route of what became of the mails that tell people of notices; no address is told."""

from typing import Final, Literal

from msgspec import Struct

from protocol.fields import Day, Moment, Name
from server.access import Action
from server.dispatch import Call
from server.domain.notices import MailState
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import Api, Route, needs_of
from server.store import Mail

MOST_LISTED: Final = 500


class ListedMails(Listed, frozen=True, kw_only=True):
    pass


class MailShown(Struct, frozen=True, kw_only=True):
    """when: it was settled, or is tried again. why: what the mail server said."""

    user: Name
    date: Day
    state: Literal["waiting", "sent", "refused", "given_up"]
    tries: int
    when: Moment | None
    why: str


class MailPage(Struct, frozen=True, kw_only=True):
    mails: tuple[MailShown, ...]  # those that wait first, then the newest; at most 500
    next: str | None


def _mails(asked: ListedMails, call: Call, _api: Api) -> MailPage:
    found = call.services.store.mails.listed(MOST_LISTED)
    page = page_of(found, _place, asked.limit, asked.cursor, "mails")
    return MailPage(mails=tuple(map(_shown, page.items)), next=page.next)


def _place(mail: Mail) -> tuple[str, int, int]:
    """Those that wait first, then the newest."""
    return ("", int(mail.state not in {MailState.WAITING, MailState.HANDING}), -mail.id)


def _shown(mail: Mail) -> MailShown:
    return MailShown(
        user=mail.user.name,
        date=mail.day.isoformat(),
        state="waiting" if mail.state is MailState.HANDING else mail.state.value,  # type: ignore[arg-type]  # those of MailState
        tries=mail.attempts,
        when=mail.settled_at or (mail.due_at if mail.attempts else None),
        why=mail.problem,
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/mails",
        name="list_mails",
        summary="What became of the mails that tell people of notices",
        asks=ListedMails,
        gives=MailPage,
        answer=_mails,
        needs=needs_of(Action.MANAGE_USERS),
    ),
)
