"""`breach` and `privacy`: who has to be told, and the documents that the law asks for."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path

import click

from server.access import Action
from server.bootstrap.consent import consent_texts
from server.bootstrap.privacy import privacy_facts
from server.bootstrap.store import store_of
from server.cli.options import DATABASE, DAY, json_option, print_json, print_result, with_settings
from server.cli.table import print_table
from server.cli.viewing import log_view
from server.config import Settings
from server.counted import counted
from server.errors import BadRequest, Unavailable
from server.services.privacy.breach import Breach, affected, breach_lines, everybody
from server.services.privacy.documents import DOCUMENTS, LANGUAGES, Document, count, document
from server.store import Store

FACTS = (
    *DATABASE,
    "host",
    "institution",
    "privacy_contact",
    "consent",
    "sightings_days",
    "access_log_days",
    "authentication",
    "photographs",
    "keep_photographs",
    "mail_days",
    "template_days",
    "smtp_host",
)


@click.command(name="breach")
@click.option("--since", type=DAY, help="first day on which somebody may have looked")
@click.option("--until", type=DAY, help="last day  [default: today]")
@click.option("--who", help="only what this account or device saw or changed")
@click.option("--all", "whole", is_flag=True, help="a database or backup is lost as a whole: everybody")
@with_settings((*DATABASE, "timezone"))
@json_option
def breach(
    settings: Settings, since: date | None, until: date | None, who: str | None, whole: bool, as_json: bool
) -> None:
    """List the people whose data may have been seen, who have to be told within 72 hours.

    From the access log: whoever was shown or changed, and of a course's board or report everybody on its list that
    day. Whoever reads the database's files beside the server is in no log: then it is --all.

    \b
    Examples:
      face_recog_server.py breach --since 2026-03-02 --who prof.kim
      face_recog_server.py breach --all --json
    """
    if whole == (since is not None):
        raise BadRequest("Say since when by --since DAY, or --all.")
    with store_of(settings) as store:
        found = everybody(store) if since is None else _affected(store, settings, since, until, who)
        log_view(store, Action.READ_ACCESS_LOG, detail="breach")
    _print(found, as_json)


def _affected(store: Store, settings: Settings, since: date, until: date | None, who: str | None) -> Breach:
    begins = datetime.combine(since, time(), settings.zone).astimezone(UTC)
    ends = datetime.combine(until, time.max, settings.zone).astimezone(UTC) if until else None
    return affected(store, settings.zone, since=begins, until=ends, who=who)


def _print(found: Breach, as_json: bool) -> None:
    if as_json:
        print_json(asdict(found))
        return
    if found.people:
        print_table(
            ("student", "name", "courses", "features of the face", "photograph", "address"),
            breach_lines(found),
            texts=6,
        )
    more = f" {counted(found.unnamed, 'line')} of the log names nobody who is known still." if found.unnamed else ""
    click.echo(f"{len(found.people)} people have to be told.{more}", err=bool(found.people))


@click.command(name="privacy")
@click.argument("which", type=click.Choice(DOCUMENTS), metavar="DOCUMENT")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="file to write")
@click.option("--language", type=click.Choice(LANGUAGES), default="ko", show_default=True)
@with_settings(FACTS)
@json_option
def privacy(settings: Settings, which: Document, out: Path, language: str, as_json: bool) -> None:
    """Write a draft of the privacy policy (`policy`) or the impact assessment (`assessment`).

    It is filled in from the settings and what is kept. What a person has to add stands in brackets. It is no
    legal advice.

    \b
    Example:
      face_recog_server.py privacy policy --out policy.md --language ko
    """
    with store_of(settings) as store:
        counts = count(store, consent_texts(settings).accepted)
    text = document(which, language, privacy_facts(settings), counts)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"{out} could not be written: {error.strerror or error}.") from error
    print_result(as_json, {"file": str(out)}, [f"Written: {out}"])
