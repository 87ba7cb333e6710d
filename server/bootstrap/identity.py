"""Make the services that know who somebody is."""

from dataclasses import dataclass

from server.config import Settings
from server.services.class_day.courses import Courses
from server.services.identity.authentication import Authentication
from server.services.identity.devices import Devices
from server.services.identity.pairings import Pairings
from server.services.identity.passwords import Passwords
from server.services.identity.principals import Principals
from server.services.identity.web_sessions import WebSessions
from server.store import Store


@dataclass(frozen=True, slots=True)
class IdentityServices:
    """The server's and the commands' alike."""

    authentication: Authentication
    devices: Devices
    pairings: Pairings
    passwords: Passwords
    web_sessions: WebSessions


def identity_around(settings: Settings, store: Store, courses: Courses) -> IdentityServices:
    """As it is set: who has to say who they are, and from where the form of 2019 is taken."""
    principals, passwords = Principals(store, courses, settings.legacy_course), Passwords()
    required, legacy = settings.authentication == "required", settings.legacy_networks
    if legacy is None and settings.tls_policy == "required":
        legacy = ()  # it cannot encrypt: only who is named may come in the clear
    return IdentityServices(
        authentication=Authentication(store, principals, required=required, legacy=legacy),
        devices=Devices(store),
        pairings=Pairings(store, principals, courses, settings.pages_url),
        passwords=passwords,
        web_sessions=WebSessions(store, principals, passwords),
    )
