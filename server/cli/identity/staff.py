"""`staff`: who teaches which course, from when until when."""

from datetime import date, datetime
from typing import Any

import click

from server.access import Grant, Role
from server.bootstrap.store import store_of
from server.cli.options import DATABASE, DAY, change_options, json_option, print_json, print_result, with_settings
from server.cli.table import print_table
from server.clock import utc_now
from server.config import Settings
from server.domain.calendar import campus_day
from server.domain.identifiers import normal
from server.store import StaffEntry

TABLES = (*DATABASE, "timezone")


@click.group()
def staff() -> None:
    """Who teaches which course: their rights hold in it, and in no other."""


@staff.command()
@click.argument("course")
@click.argument("user")
@click.option("--role", type=click.Choice(("professor", "assistant")), default="professor", show_default=True)
@click.option(
    "--may",
    type=click.Choice([each.value for each in Grant]),
    multiple=True,
    help="what an assistant may beyond looking: mark, submit, change the list; more than once for more",
)
@click.option("--begins", type=DAY, help="first day  [default: today]")
@click.option("--ends", type=DAY, help="first day on which they no longer teach it  [default: open]")
@with_settings(TABLES)
@change_options
def add(
    settings: Settings,
    course: str,
    user: str,
    role: str,
    may: tuple[str, ...],
    begins: date | None,
    ends: date | None,
    by: str,
    as_json: bool,
) -> None:
    """Let the account USER teach COURSE. Who does already gets this role and these rights instead.

    \b
    Examples:
      face_recog_server.py staff add ea0017_1 prof.kim --as office
      face_recog_server.py staff add ea0017_1 ta.lee --role assistant --may mark --as office
    """
    now = utc_now()
    first = begins or campus_day(now, settings.zone)
    grants = frozenset(map(Grant, may)) if role == Role.ASSISTANT else frozenset()
    entry = StaffEntry(normal(course), user, Role(role), grants, first, ends)
    with store_of(settings) as store:
        store.accounts.add_staff(entry, at=now, by=by)
    print_result(as_json, _shown(entry), [f"{user} is {role} of {entry.course} from {first} on."])


@staff.command()
@click.argument("course")
@click.argument("user")
@click.option("--from", "day", type=DAY, help="first day on which they no longer teach it  [default: today]")
@with_settings(TABLES)
@change_options
def remove(settings: Settings, course: str, user: str, day: date | None, by: str, as_json: bool) -> None:
    """USER no longer teaches COURSE. What they did stays, and that they taught it."""
    now = utc_now()
    last = day or campus_day(now, settings.zone)
    with store_of(settings) as store:
        store.accounts.end_staff(normal(course), user, last, at=now, by=by)
    print_result(as_json, {"course": normal(course), "user": user, "ends": last}, [f"Until before {last}."])


@staff.command(name="list")
@click.argument("course")
@with_settings(TABLES)
@json_option
def list_command(settings: Settings, course: str, as_json: bool) -> None:
    """List who teaches COURSE, taught it or will."""
    with store_of(settings) as store:
        found = [_shown(each) for each in store.accounts.staff_of(normal(course))]
    if as_json:
        print_json(found)
    elif found:
        print_table(tuple(found[0]), [[str(value or "") for value in row.values()] for row in found], texts=6)
    else:
        click.echo("Nobody: say who teaches it by `staff add`.")


@staff.command()
@click.argument("user", required=False)
@with_settings(TABLES)
@json_option
def history(settings: Settings, user: str | None, as_json: bool) -> None:
    """Show who gave which right to whom and when, of USER or of everybody."""
    with store_of(settings) as store:
        found = store.accounts.history(user)
    rows = [(_minute(each.at, settings), each.user, each.course, each.old, each.new, each.who) for each in found]
    names = ("when", "user", "course", "before", "after", "by")
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif rows:
        print_table(names, rows, texts=6)
    else:
        click.echo("No right was given yet.")


def _minute(moment: datetime, settings: Settings) -> str:
    return moment.astimezone(settings.zone).isoformat(timespec="minutes")


def _shown(entry: StaffEntry) -> dict[str, Any]:
    return {
        "user": entry.user,
        "role": entry.role.value,
        "may": ", ".join(sorted(entry.grants)),
        "begins": str(entry.begins),
        "ends": str(entry.ends) if entry.ends else None,
    }
