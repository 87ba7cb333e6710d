"""Read the file that says by whom people are signed in beside passwords."""

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from server.errors import BadRequest, SetupProblem, TooLarge
from server.services.plans.toml_section import Section, read_section
from server.services.sign_on.outside import is_safe
from server.store import ACCOUNT_ROLES

MOST: Final = 200
ROLES: Final = ACCOUNT_ROLES[1:]
_ACCOUNTS: Final = ("account", "student", "name", "address", "new_accounts", "roles")
_OPENID: Final = ("label", "issuer", "client_id", "client_secret_file", "scope", "ca_file", *_ACCOUNTS)
_PROXY: Final = ("label", "user_header", "secret_header", "secret_file", *_ACCOUNTS)

_LTI: Final = (
    *("label", "issuer", "client_id", "deployments", "login_url", "jwks_url", "ca_file", "courses"),
    *("account", "student", "token_url", "key_file", "roster_host"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRules:
    """What a provider is believed of a person: the names of its claims, or headers; "": nothing.

    account: the claim whose value is the account's name here. student: the one that is a student's number. address: the
    one with an address for mail. roles: the one that gives roles, and of each role the values that give it.
    """

    account: str = ""
    student: str = ""
    name: str = ""
    address: str = ""
    new_accounts: bool = False
    roles: str = ""
    role_values: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def claims(self) -> tuple[str, ...]:
        """The names of what is asked for, beside roles."""
        return tuple(filter(None, (self.account, self.student, self.name, self.address)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdSettings:
    """A provider of OpenID Connect. label: what the button says."""

    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = "openid"
    ca_file: Path | None = None
    accounts: AccountRules = field(default_factory=AccountRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """A proxy that has signed people in, and names them in a header."""

    label: str
    user_header: str
    secret_header: str
    secret: str = field(repr=False)
    accounts: AccountRules = field(default_factory=AccountRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class LtiSettings:
    """A learning platform that launches by LTI 1.3. courses: the place of a link there -> the course here.

    token_url, key_file: where, and by which key of ours, the right to read rosters is asked for; "" and None: they are
    not read. roster_host: where they lie, beside the hosts of the URLs above.
    """

    label: str
    issuer: str
    client_id: str
    deployments: frozenset[str]
    login_url: str
    jwks_url: str
    ca_file: Path | None = None
    courses: Mapping[str, str] = field(default_factory=dict)
    accounts: AccountRules = field(default_factory=AccountRules)
    token_url: str = ""
    key_file: Path | None = None
    roster_host: str = ""

    @property
    def id(self) -> str:
        """By which the database knows it."""
        return f"{self.issuer}\n{self.client_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnSettings:
    """By whom people are signed in beside passwords."""

    openid: OpenIdSettings | None = None
    proxy: ProxySettings | None = None
    lti: tuple[LtiSettings, ...] = ()


def read_sign_on(file: Path) -> SignOnSettings:
    """Raises SetupProblem that names what to mend."""
    try:
        top = read_section(file.read_bytes(), str(file), ("openid", "proxy", "lti"))
        return SignOnSettings(
            openid=_openid(top.table("openid", _OPENID), file.parent) if "openid" in top.names else None,
            proxy=_proxy(top.table("proxy", _PROXY), file.parent) if "proxy" in top.names else None,
            lti=tuple(_lti(each, file.parent) for each in top.tables("lti", _LTI)),
        )
    except OSError as error:
        raise SetupProblem(f"The file {file} of the setting sign_on cannot be read: {error.strerror}.") from error
    except (BadRequest, TooLarge) as error:
        raise SetupProblem(error.text) from error


def _openid(section: Section, folder: Path) -> OpenIdSettings:
    issuer = section.text("issuer", most=MOST, needed=True)
    if not is_safe(issuer):
        raise section.wrong("issuer", "it must begin with https://; only on this machine http:// will do.")
    scope = section.text("scope", most=MOST) or "openid"
    if "openid" not in scope.split():
        raise section.wrong("scope", 'it must hold "openid".')
    ca_file = section.text("ca_file", most=MOST)
    return OpenIdSettings(
        label=section.text("label", most=60, needed=True),
        issuer=issuer,
        client_id=section.text("client_id", most=MOST, needed=True),
        client_secret=_secret(section, "client_secret_file", folder),
        scope=scope,
        ca_file=folder / ca_file if ca_file else None,
        accounts=_accounts(section),
    )


def _proxy(section: Section, folder: Path) -> ProxySettings:
    return ProxySettings(
        label=section.text("label", most=60, needed=True),
        user_header=section.text("user_header", most=60, needed=True).lower(),
        secret_header=section.text("secret_header", most=60, needed=True).lower(),
        secret=_secret(section, "secret_file", folder),
        accounts=_accounts(section),
    )


def _lti(section: Section, folder: Path) -> LtiSettings:
    for key in ("issuer", "login_url", "jwks_url"):
        if not is_safe(section.text(key, most=MOST, needed=True)):
            raise section.wrong(key, "it must begin with https://; only on this machine http:// will do.")
    courses = section.get("courses") or {}
    if not isinstance(courses, dict) or not all(isinstance(each, str) for each in courses.values()):
        raise section.wrong("courses", 'it must be a table, such as courses = { "place there" = "course here" }.')
    token_url, key_file = section.text("token_url", most=MOST), section.text("key_file", most=MOST)
    if token_url and not is_safe(token_url):
        raise section.wrong("token_url", "it must begin with https://; only on this machine http:// will do.")
    if bool(token_url) != bool(key_file):
        raise section.wrong("token_url", "rosters need both token_url and key_file: make the key by `lti key`.")
    if not section.texts("deployments"):
        raise section.wrong("deployments", 'it must list the deployments that may launch, such as ["1"].')
    ca_file = section.text("ca_file", most=MOST)
    return LtiSettings(
        label=section.text("label", most=60, needed=True),
        issuer=section.text("issuer", most=MOST),
        client_id=section.text("client_id", most=MOST, needed=True),
        deployments=frozenset(section.texts("deployments")),
        login_url=section.text("login_url", most=MOST),
        jwks_url=section.text("jwks_url", most=MOST),
        ca_file=folder / ca_file if ca_file else None,
        courses=courses,
        accounts=AccountRules(account=section.text("account", most=MOST), student=section.text("student", most=MOST)),
        token_url=token_url,
        key_file=folder / key_file if key_file else None,
        roster_host=section.text("roster_host", most=MOST).lower(),
    )


def _accounts(section: Section) -> AccountRules:
    new_accounts = section.get("new_accounts") or False
    if not isinstance(new_accounts, bool):
        raise section.wrong("new_accounts", "it must be true or false.")
    roles = section.table("roles", ("from", *ROLES))
    claim = roles.text("from", most=MOST, needed=bool(roles.names))
    return AccountRules(
        account=section.text("account", most=MOST),
        student=section.text("student", most=MOST),
        name=section.text("name", most=MOST),
        address=section.text("address", most=MOST),
        new_accounts=new_accounts,
        roles=claim,
        role_values={role: frozenset(roles.texts(role)) for role in ROLES if role in roles.names},
    )


def _secret(section: Section, key: str, folder: Path) -> str:
    path = folder / section.text(key, most=MOST, needed=True)
    try:
        mode, secret = path.stat().st_mode, path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupProblem(f"The secret in {path} cannot be read: {error}.") from error
    if len(secret) < 16 or not secret.isprintable():
        raise SetupProblem(f"The file {path} must hold a secret of 16 characters at least, on one line.")
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        raise SetupProblem(f"Everybody on this machine may read {path}: take that from them by `chmod o= {path}`.")
    return secret
