"""Make what signs people in beside passwords, as the file of the setting `sign_on` says."""

from server.config import Settings
from server.dispatch import Services
from server.errors import SetupProblem
from server.pages.visit import SignOn
from server.services.sign_on.lti import LtiLaunches
from server.services.sign_on.lti_rosters import LtiRosters
from server.services.sign_on.openid import OpenIdProvider
from server.services.sign_on.openid_sign_on import OpenIdSignOn
from server.services.sign_on.proxy_sign_on import ProxySignOn
from server.services.sign_on.sign_on_file import SignOnSettings, read_sign_on
from server.store import Store


def sign_on_of(settings: Settings, services: Services) -> SignOn:
    """Asks no provider yet. Raises SetupProblem."""
    if settings.sign_on is None:
        return SignOn()
    found = read_sign_on(settings.sign_on)
    if settings.authentication != "required":
        raise SetupProblem("Nobody has to say who they are: with sign_on, set authentication = required.")
    if found.proxy is not None and not settings.proxy_networks:
        raise SetupProblem("No proxy is believed: say by trusted_proxies where the one of [proxy] is.")
    if not settings.pages_url:
        raise SetupProblem("Nobody knows where browsers come back to: say by http_url how they call this server.")
    return sign_on_from(found, services, settings.pages_url)


def lti_rosters_of(settings: Settings, store: Store) -> LtiRosters:
    """For a command. Raises SetupProblem where no platform is registered."""
    found = read_sign_on(settings.sign_on).lti if settings.sign_on is not None else ()
    if not any(each.token_url for each in found):
        raise SetupProblem(
            "No learning platform gives lists here: name its token_url and a key_file under [[lti]] in the file of "
            "the setting sign_on."
        )
    return LtiRosters(store, found)


def sign_on_from(found: SignOnSettings, services: Services, url: str) -> SignOn:
    """url: how browsers call this server."""
    store, web_sessions = services.store, services.web_sessions
    openid, proxy = None, None
    if found.openid is not None:
        provider = OpenIdProvider(found.openid, f"{url}/auth/callback")
        openid = OpenIdSignOn(store, web_sessions, provider)
    if found.proxy is not None:
        proxy = ProxySignOn(store, web_sessions, found.proxy)
    if not found.lti:
        return SignOn(url=url, openid=openid, proxy=proxy)
    rosters = LtiRosters(store, found.lti)
    launches = LtiLaunches(store, web_sessions, found.lti, f"{url}/lti/launch", rosters)
    return SignOn(url=url, openid=openid, proxy=proxy, lti=launches, lti_rosters=rosters)
