"""Log that a command shows people's data, before it does."""

from server.access import Action
from server.bootstrap.account import system_account
from server.clock import utc_now
from server.store import AccessLine, Store


def log_view(
    store: Store,
    action: Action,
    *,
    course: str = "",
    subjects: int = 0,
    subject: str = "",
    detail: str = "",
    why: str = "",
) -> None:
    """Raises Unavailable: then nothing is to be shown. subjects: of how many students; subject: the one's number.

    Who looks is the account that runs the command; where, the store that a command opens says itself.
    """
    store.access_log.write(
        AccessLine(
            at=utc_now(),
            who=system_account(),
            action=action.value,
            subject=subject,
            detail=detail,
            address="",
            device="",
            course=course,
            subjects=subjects,
            why=why,
        )
    )
