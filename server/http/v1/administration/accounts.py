"""The routes of accounts, and of where people are signed in to the pages."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from protocol.fields import Moment, Name, StudentId
from server.access import Action
from server.dispatch import Call
from server.domain.identifiers import normal
from server.http.v1.pages import Listed, page_of
from server.http.v1.route import Api, Number, Route, needs_of
from server.store import User

AccountName = Annotated[str, Meta(min_length=1, max_length=100)]
AccountRole = Literal["member", "office", "admin", "privacy_officer"]
Password = Annotated[str, Meta(min_length=10, max_length=200)]


class ListedAccounts(Listed, frozen=True, kw_only=True):
    """user: this one alone."""

    user: AccountName | None = None


class AccountShown(Struct, frozen=True, kw_only=True):
    """role: everywhere; who teaches what is of `/v1/staff`. has_password: False: they sign in elsewhere.

    has_address: whether they are told of notices by mail.
    """

    user: Name
    full_name: str
    role: AccountRole
    student: str | None
    has_password: bool
    has_address: bool
    state: Literal["good", "locked", "disabled"]


class AccountPage(Struct, frozen=True, kw_only=True):
    accounts: tuple[AccountShown, ...]  # by name
    next: str | None


class AddAccount(Struct, frozen=True, kw_only=True):
    user: AccountName
    full_name: Name = ""
    role: AccountRole = "member"
    student: StudentId | None = None
    password: Password | None = None


class ChangeAccount(Struct, frozen=True, kw_only=True):
    """What is left out stays. email: where they are told of notices; "": nowhere.

    disabled: false lets in again, after too many wrong passwords too. unlink: forget who the account is at identity
    providers. A new password and unlinking sign out everywhere.
    """

    user: AccountName
    role: AccountRole | None = None
    email: Annotated[str, Meta(max_length=254)] | None = None
    password: Password | None = None
    disabled: bool | None = None
    unlink: bool = False


class ListedSignIns(Listed, frozen=True, kw_only=True):
    """user: of this account alone."""

    user: AccountName | None = None


class SignInShown(Struct, frozen=True, kw_only=True):
    sign_in: int
    user: Name
    address: str
    browser: str
    lectern: bool
    since: Moment
    seen: Moment
    until: Moment


class SignInPage(Struct, frozen=True, kw_only=True):
    sign_ins: tuple[SignInShown, ...]  # oldest first
    next: str | None


class OneSignIn(Struct, frozen=True, kw_only=True):
    sign_in: Number


class Ended(Struct, frozen=True, kw_only=True):
    """ended: False where it was over."""

    ended: bool


def _accounts(asked: ListedAccounts, call: Call, _api: Api) -> AccountPage:
    found = [each for each in call.services.store.accounts.listed() if asked.user in {None, each.name}]
    page = page_of(found, lambda each: (each.name,), asked.limit, asked.cursor, ("accounts", asked.user))
    return AccountPage(accounts=tuple(_shown(each, call) for each in page.items), next=page.next)


def _add(asked: AddAccount, call: Call, api: Api) -> AccountShown:
    made = api.accounts.add(
        asked.user,
        full_name=asked.full_name,
        role=asked.role,
        student=None if asked.student is None else normal(asked.student),
        password=asked.password,
        at=call.now,
        by=call.caller.name,
    )
    return _shown(made, call)


def _change(asked: ChangeAccount, call: Call, api: Api) -> AccountShown:
    changed = api.accounts.change(
        asked.user,
        role=asked.role,
        email=asked.email,
        password=asked.password,
        disabled=asked.disabled,
        unlinked=asked.unlink,
        at=call.now,
        by=call.caller.name,
    )
    return _shown(changed, call)


def _shown(user: User, call: Call) -> AccountShown:
    locked = user.locked_until is not None and user.locked_until > call.now
    role: AccountRole = user.role  # type: ignore[assignment]  # the table has no other
    return AccountShown(
        user=user.name,
        full_name=user.full_name,
        role=role,
        student=user.student,
        has_password=user.password_hash is not None,
        has_address=bool(user.email) and user.email_refused_at is None,
        state="disabled" if user.disabled_at is not None else "locked" if locked else "good",
    )


def _sign_ins(asked: ListedSignIns, call: Call, _api: Api) -> SignInPage:
    found = [
        each
        for each in call.services.store.web_sessions.listed()
        if each.expires_at > call.now and asked.user in {None, each.user.name}
    ]
    page = page_of(found, lambda each: ("", each.id), asked.limit, asked.cursor, ("sign-ins", asked.user))
    shown = tuple(
        SignInShown(
            sign_in=each.id,
            user=each.user.name,
            address=each.address,
            browser=each.agent,
            lectern=each.lectern,
            since=each.created_at,
            seen=each.seen_at,
            until=each.expires_at,
        )
        for each in page.items
    )
    return SignInPage(sign_ins=shown, next=page.next)


def _end(asked: OneSignIn, call: Call, _api: Api) -> Ended:
    return Ended(ended=call.services.store.web_sessions.end(asked.sign_in, at=call.now, by=call.caller.name))


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/users",
        name="list_users",
        summary="Accounts, by name",
        asks=ListedAccounts,
        gives=AccountPage,
        answer=_accounts,
        needs=needs_of(Action.MANAGE_USERS),
    ),
    Route(
        method="POST",
        path="/v1/users",
        name="add_user",
        summary="Make an account, as `user add`",
        asks=AddAccount,
        gives=AccountShown,
        answer=_add,
        needs=needs_of(Action.MANAGE_USERS),
    ),
    Route(
        method="PATCH",
        path="/v1/users",
        name="change_user",
        summary="Give an account another right or password, shut it, or let it in again",
        asks=ChangeAccount,
        gives=AccountShown,
        answer=_change,
        needs=needs_of(Action.MANAGE_USERS),
    ),
    Route(
        method="GET",
        path="/v1/sign-ins",
        name="list_sign_ins",
        summary="Where people are signed in to the pages",
        asks=ListedSignIns,
        gives=SignInPage,
        answer=_sign_ins,
        needs=needs_of(Action.MANAGE_USERS),
    ),
    Route(
        method="DELETE",
        path="/v1/sign-ins/{sign_in}",
        name="end_sign_in",
        summary="Sign somebody out of the pages",
        asks=OneSignIn,
        gives=Ended,
        answer=_end,
        needs=needs_of(Action.MANAGE_USERS),
    ),
)
