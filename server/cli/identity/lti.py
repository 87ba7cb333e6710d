"""`lti`: the key that learning platforms know this server by, and the lists that they give."""

from dataclasses import asdict
from pathlib import Path

import click

from server.bootstrap.sign_on import lti_rosters_of
from server.bootstrap.store import store_of
from server.cli.classes.roster import told_of_change, told_of_plan
from server.cli.options import DATABASE, IDENTIFIER, change_options, print_result, with_settings
from server.clock import utc_now
from server.config import Settings
from server.domain.calendar import campus_day
from server.services.rosters.first_days import with_begins
from server.services.rosters.headings import Headings
from server.services.rosters.imports import read_rosters
from server.services.rosters.plan import change_roster, plan_roster
from server.services.sign_on.lti_rosters import new_key


@click.group()
def lti() -> None:
    """Learning platforms by LTI 1.3: the key that they know us by, and the lists of students that they give."""


@lti.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key(file: Path) -> None:
    """Make a key in FILE (readable by its owner alone), for `key_file` of [[lti]] in the file of sign_on.

    Platforms read its public half from HTTP_URL/lti/jwks.

    \b
    Example:
      face_recog_server.py lti key lti.pem
    """
    new_key(file)
    click.echo(f"The key is in {file}. Name it as key_file under [[lti]], and give platforms HTTP_URL/lti/jwks.")


@lti.command()
@click.argument("course", type=IDENTIFIER)
@with_settings((*DATABASE, "timezone", "sign_on"))
@click.option("--complete", is_flag=True, help="whoever is missing there has left, and their enrolment ends today")
@click.option("--dry-run", is_flag=True, help="say what would change, and change nothing")
@change_options
def roster(settings: Settings, course: str, complete: bool, dry_run: bool, by: str, as_json: bool) -> None:
    """Ask the learning platform who is on the list of COURSE, and import that.

    Somebody has to have opened Rollcall from the course there once. Who leads the course there is not imported: who
    teaches here is said by `staff add`.

    \b
    Examples:
      face_recog_server.py lti roster ea0017_1 --dry-run
      face_recog_server.py lti roster ea0017_1 --complete --as office
    """
    now = utc_now()
    day = campus_day(now, settings.zone)
    with store_of(settings) as store:
        fetched = lti_rosters_of(settings, store).fetch(course, now=now, by=by)
        listed = with_begins(store, read_rosters([fetched], Headings(course=course)), day=day, begins=None)
        plan = plan_roster(store, listed, complete=complete, day=day)
        change = None if dry_run else change_roster(store, listed, plan, at=now, by=by, day=day)
    lines = told_of_plan(listed, plan) if change is None else told_of_change(listed, plan, change)
    told = {"remarks": listed.remarks, "unread": listed.unread}
    print_result(as_json, {**asdict(change or plan), **told}, lines)
