"""Say whose an HTTP request is, by the credential that it brings."""

from datetime import datetime

from server.access import LOCAL, NOBODY, Principal
from server.config import is_loopback
from server.dispatch import Services
from server.errors import Unauthorised
from server.http.credentials import Identify, Presented


def identify_by(services: Services) -> Identify:
    """By a token or a session of the pages; NOBODY without either."""

    def identify(presented: Presented, address: str, now: datetime) -> Principal:
        if not services.authentication.required:
            # Through a proxy of the list others may come too, and nobody has asked who they are.
            return LOCAL if is_loopback(address) else NOBODY
        if presented.token is not None:
            return services.authentication.of_request(presented.token, address, now)
        if presented.session is not None:
            return services.web_sessions.find(presented.session, now, used=not presented.by_itself)[1]
        return NOBODY

    return identify


def known_or_nobody(identify: Identify, presented: Presented, address: str, now: datetime) -> Principal:
    """NOBODY too where the credential is over: a page then asks to sign in."""
    try:
        return identify(presented, address, now)
    except Unauthorised:
        return NOBODY
