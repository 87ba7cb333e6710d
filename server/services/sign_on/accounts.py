"""Find the account of somebody whom a provider has proven, the first time by what it is believed."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from protocol.error_texts import ServerText
from server.domain.notices import is_address
from server.errors import Unauthorised
from server.services.sign_on.sign_on_file import AccountRules
from server.store import ACCOUNT_ROLES, Store, User

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Somebody as a provider knows them. "": it did not say, or is not believed. roles: None: it decides on none."""

    issuer: str
    subject: str
    account: str = ""
    student: str = ""
    name: str = ""
    address: str = ""  # for mail
    roles: frozenset[str] | None = None


class ProvenAccounts:
    """For any thread. label: what people know the provider by."""

    def __init__(self, store: Store, rules: AccountRules, label: str) -> None:
        self._store = store
        self._rules = rules
        self._label = label

    def account(self, proven: Proven, now: datetime) -> User:
        """Raises Unauthorised where there is none, or it is disabled."""
        user = self._store.logins.user_of(proven.issuer, proven.subject) or self._first(proven, now)
        if user.disabled_at is not None:
            raise Unauthorised(ServerText.ACCOUNT_DISABLED)
        return self._with_role(user, proven, now)

    def _first(self, proven: Proven, now: datetime) -> User:
        user = self._there(proven) or self._made(proven, now)
        if user is None:
            raise Unauthorised(ServerText.SIGN_ON_NO_ACCOUNT, provider=self._label)
        numbers = {user.student, proven.student or user.student}
        # A name that somebody else had before them at the provider must not open that person's account.
        if self._store.logins.is_known_to(proven.issuer, user.id) or (user.student and len(numbers) > 1):
            raise Unauthorised(ServerText.SIGN_ON_OTHER_PERSON, provider=self._label)
        self._store.logins.link(proven.issuer, proven.subject, user, at=now)
        # Once: who takes it away later does not find it there again.
        if not user.email and is_address(proven.address):
            self._store.accounts.set_address(user.name, proven.address, at=now, by=self._by)
        return user

    def _there(self, proven: Proven) -> User | None:
        found = self._store.accounts.find(proven.account) if proven.account else None
        if found is not None or not proven.student:
            return found
        theirs = self._store.accounts.of_student(proven.student)
        return theirs[0] if len(theirs) == 1 else None

    def _made(self, proven: Proven, now: datetime) -> User | None:
        name = proven.account or proven.student
        if not self._rules.new_accounts or not name:
            return None
        enrolled = bool(proven.student) and bool(self._store.rosters.names([proven.student]))
        student = proven.student if enrolled else None
        full_name = proven.name[:200]
        return self._store.accounts.add(name, full_name=full_name, student=student, at=now, by=self._by)

    def _with_role(self, user: User, proven: Proven, now: datetime) -> User:
        """Of the roles that the provider decides on, they have the one that it says now, or none."""
        decided = self._rules.role_values
        if proven.roles is None or not decided:
            return user
        role = next((role for role, values in decided.items() if values & proven.roles), None)
        if role is None and user.role not in decided:
            return user
        wanted = role or ACCOUNT_ROLES[0]
        if wanted != user.role:
            self._store.accounts.set_role(user.name, wanted, at=now, by=self._by)
        return self._store.accounts.get(user.name)

    @property
    def _by(self) -> str:
        return f"sign-on: {self._label}"


def proven_by(
    rules: AccountRules, issuer: str, subject: str, texts: Mapping[str, str], roles: frozenset[str]
) -> Proven:
    """texts: what the provider says under each name that the rules ask for."""
    return Proven(
        issuer=issuer,
        subject=subject,
        account=texts.get(rules.account, ""),
        student=texts.get(rules.student, ""),
        name=texts.get(rules.name, ""),
        address=texts.get(rules.address, ""),
        roles=roles if rules.roles else None,
    )
