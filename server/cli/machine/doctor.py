"""`doctor`: check this installation."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from server import doctor as checks
from server.bootstrap.bundle import write_bundle
from server.bootstrap.checks import check_camera, check_engine, check_family, check_key_file, check_models
from server.bootstrap.database_checks import check_duties, check_integrity, check_keys, check_records
from server.bootstrap.extraction import check_recognisers
from server.bootstrap.family import not_fitted, of_other_families, set_family, store_family
from server.bootstrap.mail import check_mail_server, check_mails
from server.bootstrap.recognition import recogniser_of
from server.bootstrap.store import missing_database, store_of
from server.bootstrap.tls import check_certificate
from server.cli.options import ALL, FILE, change_options, print_json, with_settings
from server.clock import utc_now
from server.config import Settings
from server.errors import BadRequest
from server.store import Store

MARKS = {"fine": "[green]✓ fine   [/]", "warning": "[yellow]! warning[/]", "broken": "[red]✗ broken [/]"}


@click.command()
@with_settings(ALL)
@click.option("--camera", metavar="SRC", help="also take one picture from this camera: a number, a URL or a file")
@click.option("--bundle", type=FILE, help="write a ZIP for who is to help: settings, versions, checks; nobody's name")
@click.option("--log", type=FILE, help="take the end of this log along in the bundle")
@click.option("--confirm-clock", is_flag=True, help="the time is right: what is old enough may be forgotten again")
@change_options
def doctor(
    settings: Settings,
    camera: str | None,
    bundle: Path | None,
    log: Path | None,
    confirm_clock: bool,
    by: str,
    as_json: bool,
) -> None:
    """Check Python, libraries, models, database, key file, disk, clock and, if named, a camera.

    Each line is fine or says what to do. The exit status is 1 where something is broken.

    \b
    Example:
      face_recog_server.py doctor --database mysql://rollcall:secret@127.0.0.1/rollcall --camera 0
    """
    if confirm_clock:
        _confirm_clock(settings, by)
    if bundle is not None:
        write_bundle(bundle, settings, log, lambda: _examine(settings, camera))
        click.echo(f"Written to {bundle}: look into it before you send it.")
        return
    findings = _examine(settings, camera)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        console = Console(highlight=False, soft_wrap=True)
        for finding in findings:
            console.print(f"{MARKS[finding.level]} {finding.what:<12} {escape(finding.text)}")
    if any(finding.level == "broken" for finding in findings):
        sys.exit(1)


def _confirm_clock(settings: Settings, by: str) -> None:
    if missing := missing_database(settings):
        raise BadRequest(f"There is no database at {missing}: name the right one by --database.")
    with store_of(settings) as store:
        confirmed = store.duties.end_clock_step(at=utc_now(), by=by)
    click.echo("The time is confirmed." if confirmed else "Nothing waits for the time to be confirmed.", err=True)


def _examine(settings: Settings, camera: str | None) -> list[checks.CheckResult]:
    findings = [checks.check_python(), checks.check_libraries()]
    findings += checks.guarded("models", lambda: check_models(settings))
    findings += checks.guarded("engine", lambda: check_engine(settings))
    findings += checks.guarded("integrity", lambda: check_integrity(settings))
    findings += checks.guarded("database", lambda: _database(settings))
    unopened = [each.text for each in findings if each.what == "templates" and each.level == "broken"]
    findings += _key_file(settings, unopened)
    findings += checks.guarded("certificate", lambda: check_certificate(settings, utc_now))
    findings += checks.guarded("mail", lambda: check_mail_server(settings))
    findings += checks.guarded("photographs", lambda: iter([checks.check_knowns(settings)]))
    findings += checks.guarded("disk", lambda: iter([checks.check_disk(settings)]))
    if camera is not None:
        findings += checks.guarded(
            "camera", lambda: check_camera(camera, lambda: recogniser_of(settings, set_family(settings)))
        )
    return list(dict.fromkeys(findings))


def _key_file(settings: Settings, broken: list[str]) -> list[checks.CheckResult]:
    # broken: what is said of the templates that the key does not open.
    findings = checks.guarded("key file", lambda: check_key_file(settings))
    return [each for each in findings if not broken or (each.level != "fine" and each.text not in broken)]


def _database(settings: Settings) -> Iterator[checks.CheckResult]:
    """Nothing is made."""
    if missing := missing_database(settings):
        yield checks.CheckResult(
            "database", "warning", f"There is no database at {missing} yet; it is made by `serve` or `roster import`."
        )
        yield checks.check_clock(settings, utc_now(), None)
        return
    with store_of(settings) as store:
        durability = store.health.durability()
        yield checks.CheckResult("database", "fine", durability.database)
        yield from checks.check_database_file(settings)
        for problem in durability.problems:
            yield checks.CheckResult("durability", "warning", problem)
        yield checks.check_access_log(store)
        if not durability.problems:
            yield checks.CheckResult("durability", "fine", "what is acknowledged is on disk")
        yield checks.check_clock(settings, utc_now(), store.health.now())
        yield from checks.guarded("duties", lambda: check_duties(store, utc_now()))
        yield from checks.guarded("mails", lambda: check_mails(store, utc_now()))
        yield from checks.guarded("templates", lambda: iter([checks.check_templates(store)]))
        yield from checks.guarded("look-alikes", lambda: checks.check_twins(store))
        yield from checks.guarded("key", lambda: check_keys(store))
        yield from checks.guarded("records", lambda: iter([check_records(store)]))
        yield from checks.guarded("enrolment", lambda: _enrolment(settings, store))


def _enrolment(settings: Settings, store: Store) -> Iterator[checks.CheckResult]:
    """Raises SetupProblem where the embedder cannot be read."""
    family = store_family(settings, store)
    yield check_family(settings, family)
    if settings.recognisers:
        yield from checks.guarded("recognisers", lambda: check_recognisers(settings, family))
    for said in filter(None, (of_other_families(store, family), not_fitted(settings, family))):
        yield checks.CheckResult("enrolment", "warning", said)
