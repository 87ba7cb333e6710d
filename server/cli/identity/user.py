"""`user`: people's accounts, their passwords and their rights everywhere."""

import sys
from typing import Any

import click

from server.bootstrap.store import store_of
from server.cli.options import DATABASE, change_options, json_option, print_json, print_result, with_settings
from server.cli.table import print_table
from server.clock import utc_now
from server.config import Settings
from server.errors import BadRequest
from server.services.identity.accounts import Accounts
from server.services.identity.passwords import Passwords
from server.store import ACCOUNT_ROLES as ROLES
from server.store import User

_ROLE = click.option("--role", type=click.Choice(ROLES), default=ROLES[0], show_default=True, help="right everywhere")


@click.group()
def user() -> None:
    """People's accounts: who they are, their passwords, their rights everywhere; who teaches what is `staff`."""


@user.command()
@click.argument("name")
@click.option("--full-name", default="", help="the person's name")
@_ROLE
@click.option("--student", help="their student number, of a student's account")
@click.option("--no-password", is_flag=True, help="they sign in elsewhere, or are given a password later")
@with_settings(DATABASE)
@change_options
def add(
    settings: Settings,
    name: str,
    full_name: str,
    role: str,
    student: str | None,
    no_password: bool,
    by: str,
    as_json: bool,
) -> None:
    """Make the account NAME, and ask for its password: twice in a terminal, else as the first line of the input.

    \b
    Examples:
      face_recog_server.py user add prof.kim --full-name "Kim Professor" --as admin
      face_recog_server.py user add haneul --student 201511041 --no-password --as office
    """
    chosen = None if no_password else _asked()
    with store_of(settings) as store:
        made = Accounts(store, Passwords()).add(
            name, full_name=full_name, role=role, student=student, password=chosen, at=utc_now(), by=by
        )
    print_result(as_json, _shown(made), [f"The account {name} is there. Say what they teach by `staff add`."])


@user.command()
@click.argument("name")
@with_settings(DATABASE)
@change_options
def password(settings: Settings, name: str, by: str, as_json: bool) -> None:
    """Give the account NAME a new password, asked for as `user add` does; it is unlocked and signed out everywhere."""
    hashed = Passwords().hash(_asked())
    with store_of(settings) as store:
        store.accounts.set_password(name, hashed, at=utc_now(), by=by)
    print_result(as_json, {"user": name}, [f"The password of {name} is changed."])


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@with_settings(DATABASE)
@change_options
def role(settings: Settings, name: str, role: str, by: str, as_json: bool) -> None:
    """Give the account NAME another right everywhere; `member`: none."""
    with store_of(settings) as store:
        store.accounts.set_role(name, role, at=utc_now(), by=by)
    print_result(as_json, {"user": name, "role": role}, [f"{name} is {role} now."])


@user.command()
@click.argument("name")
@with_settings(DATABASE)
@change_options
def disable(settings: Settings, name: str, by: str, as_json: bool) -> None:
    """Shut the account NAME; whoever is signed in with it is nobody within seconds."""
    with store_of(settings) as store:
        store.accounts.disable(name, at=utc_now(), by=by)
    print_result(as_json, {"user": name, "disabled": True}, [f"{name} is disabled."])


@user.command()
@click.argument("name")
@click.argument("email", required=False, metavar="[ADDRESS]")
@click.option("--none", "remove", is_flag=True, help="remove it: nobody writes to them any more")
@with_settings(DATABASE)
@change_options
def address(settings: Settings, name: str, email: str | None, remove: bool, by: str, as_json: bool) -> None:
    """Say by which ADDRESS the account NAME is told of notices; people change their own on the page Notices.

    \b
    Examples:
      face_recog_server.py user address prof.kim kim@example.ac.kr
      face_recog_server.py user address prof.kim --none
    """
    if remove == (email is not None):
        raise BadRequest("Say which address, or --none.")
    with store_of(settings) as store:
        store.accounts.set_address(name, email or "", at=utc_now(), by=by)
    said = f"{name} is written to at {email}." if email else f"{name} is not written to any more."
    print_result(as_json, {"user": name, "address": email or ""}, [said])


@user.command()
@click.argument("name")
@with_settings(DATABASE)
@change_options
def unlock(settings: Settings, name: str, by: str, as_json: bool) -> None:
    """Let the account NAME in again, after too many wrong passwords or `user disable`."""
    with store_of(settings) as store:
        store.accounts.unlock(name, at=utc_now(), by=by)
    print_result(as_json, {"user": name, "disabled": False}, [f"{name} may sign in again."])


@user.command()
@click.argument("name")
@with_settings(DATABASE)
@change_options
def unlink(settings: Settings, name: str, by: str, as_json: bool) -> None:
    """Forget who the account NAME is at identity providers; the next sign-in by one finds it by its name or number.

    For an account that a provider has given to somebody else, or that was found wrongly. It is signed out everywhere.
    """
    with store_of(settings) as store:
        found = store.logins.unlink(store.accounts.get(name), at=utc_now(), by=by)
    print_result(as_json, {"user": name, "identities": found}, [f"{name} was known by {found} and is by none now."])


@user.command()
@click.argument("name")
@click.option("--end", is_flag=True, help="sign them out everywhere")
@with_settings(DATABASE)
@change_options
def sessions(settings: Settings, name: str, end: bool, by: str, as_json: bool) -> None:
    """Show where the account NAME is signed in to the pages; or, with --end, sign it out."""
    with store_of(settings) as store:
        number = store.accounts.get(name).id
        found = store.web_sessions.of_user(number)
        if end:
            store.web_sessions.end_of_user(number, at=utc_now(), by=by)
    rows = [(each.address, each.agent[:40], each.seen_at.isoformat(timespec="minutes")) for each in found]
    if as_json:
        print_json([dict(zip(("address", "agent", "seen"), row, strict=True)) for row in rows])
    elif rows:
        print_table(("address", "browser", "seen"), rows, texts=3)
    else:
        click.echo(f"{name} is signed in nowhere.")


@user.command(name="list")
@with_settings(DATABASE)
@json_option
def list_command(settings: Settings, as_json: bool) -> None:
    """List the accounts."""
    with store_of(settings) as store:
        found = [_shown(each) for each in store.accounts.listed()]
    if as_json:
        print_json(found)
    elif found:
        print_table(tuple(found[0]), [[str(value or "") for value in row.values()] for row in found], texts=7)
    else:
        click.echo("There is no account yet: add one by `user add`.")


def _shown(found: User) -> dict[str, Any]:
    state = "disabled" if found.disabled_at else "locked" if (found.locked_until or utc_now()) > utc_now() else ""
    password = "yes" if found.password_hash else "no"
    named = {"user": found.name, "name": found.full_name, "role": found.role, "student": found.student}
    address = "refused" if found.email_refused_at else "yes" if found.email else "no"
    return {**named, "password": password, "address": address, "state": state}


def _asked() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise BadRequest("The password comes as the first line of the input, and there is none.")
    return line
