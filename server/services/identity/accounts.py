"""Make people's accounts and change them: each change whole or not at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from server.errors import BadRequest
from server.services.identity.passwords import Passwords
from server.store import ACCOUNT_ROLES, Store, User

OWN_ROLE: Final = "You cannot take your own right, nor shut your own account: ask another administrator."


@dataclass(frozen=True, slots=True)
class Accounts:
    """For any thread. `by`: who answers for it."""

    store: Store
    passwords: Passwords

    def add(
        self,
        name: str,
        *,
        full_name: str = "",
        role: str = ACCOUNT_ROLES[0],
        student: str | None = None,
        password: str | None = None,
        at: datetime,
        by: str,
    ) -> User:
        """password: None: they sign in elsewhere, or are given one later. Raises BadRequest, and Busy."""
        # Hashed first: a wrong one leaves nothing behind.
        hashed = None if password is None else self.passwords.hash(password)

        def make(store: Store) -> User:
            store.accounts.add(name, full_name=full_name, role=role, student=student, at=at, by=by)
            if hashed is not None:
                store.accounts.set_password(name, hashed, at=at, by=by)
            return store.accounts.get(name)

        return self.store.transaction(make)

    def change(
        self,
        name: str,
        *,
        role: str | None = None,
        email: str | None = None,
        password: str | None = None,
        disabled: bool | None = None,
        unlinked: bool = False,
        at: datetime,
        by: str,
    ) -> User:
        """What is None stays. email: "": none. unlinked: as `user unlink`. Raises BadRequest, and Busy.

        disabled: False: let in again, after too many wrong passwords too.
        """
        if name == by and (role is not None or disabled):
            raise BadRequest(OWN_ROLE)
        hashed = None if password is None else self.passwords.hash(password)

        def change(store: Store) -> User:
            accounts = store.accounts
            if role is not None:
                accounts.set_role(name, role, at=at, by=by)
            if email is not None:
                accounts.set_address(name, email, at=at, by=by)
            if hashed is not None:
                accounts.set_password(name, hashed, at=at, by=by)
            if disabled is not None:
                (accounts.disable if disabled else accounts.unlock)(name, at=at, by=by)
            if unlinked:
                store.logins.unlink(accounts.get(name), at=at, by=by)
            return accounts.get(name)

        return self.store.transaction(change)
