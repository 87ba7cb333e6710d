"""`consent`: enter, show and list what students consented to, and print the texts that they are asked by."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import click

from server.access import Action
from server.bootstrap.consent import consent_texts, consents_of
from server.bootstrap.store import store_of
from server.cli.options import (
    DATABASE,
    FILE,
    IDENTIFIER,
    change_options,
    json_option,
    print_result,
    with_settings,
)
from server.cli.viewing import log_view
from server.clock import utc_now
from server.config import Settings
from server.domain.consents import Channel, Consent, Purpose
from server.services.consent.decisions import ConsentReceipt
from server.services.consent.missing import missing_consents
from server.services.consent.print_form import Form, print_form

SETTINGS = (
    *DATABASE,
    "knowns",
    "photographs",
    "timezone",
    "consent",
    "host",
    "institution",
    "privacy_contact",
    "sightings_days",
)
WHY = {"not_asked": "not asked yet", "older_text": "an older text: to be asked again", "refused": "refused"}
PURPOSE = click.Choice([each.value for each in Purpose])


@click.group()
def consent() -> None:
    """Enter, show and list what students consented to, and print the texts that they are asked by."""


@consent.command(name="record")
@click.argument("student", type=IDENTIFIER)
@click.option("--purpose", type=PURPOSE, default=Purpose.TEMPLATE.value, show_default=True, help="what it is for")
@click.option("--given/--refused", default=None, required=True, help="yes; or no, which a withdrawal is too")
@click.option("--text", "version", default="", metavar="VERSION", help="version of the signed text  [default: current]")
@click.option("--language", type=click.Choice(["ko", "en"]), default="ko", show_default=True, help="of that text")
@with_settings(SETTINGS)
@change_options
def record(
    settings: Settings, student: str, purpose: str, given: bool, version: str, language: str, by: str, as_json: bool
) -> None:
    """Enter a STUDENT's decision from a signed form, and print the receipt.

    A refusal of the purpose `template` removes photographs, templates and sightings at once, as `erase` does. Whoever
    refused is called by name; no list of a professor tells who that is.

    \b
    Example:
      face_recog_server.py consent record 201511041 --given --text 2026-1 --as "office, Lee"
    """
    now = utc_now().astimezone(settings.zone)
    with store_of(settings) as store:
        consents = consents_of(settings, store)
        how: dict[str, Any] = {"language": language, "channel": Channel.PAPER, "at": now, "by": by}
        if given:
            receipt = consents.give(student, Purpose(purpose), version=version, **how)
        else:
            receipt = consents.refuse(student, Purpose(purpose), **how)
    print_result(as_json, receipt.record(), _receipt_lines(receipt, settings))


@consent.command(name="show")
@click.argument("student", type=IDENTIFIER)
@with_settings(SETTINGS)
@json_option
def show(settings: Settings, student: str, as_json: bool) -> None:
    """Show every decision of a STUDENT, the oldest first.

    \b
    Example:
      face_recog_server.py consent show 201511041
    """
    with store_of(settings) as store:
        found = consents_of(settings, store).of_student(student)
        log_view(store, Action.READ_CONSENTS, subject=student)
    lines = [_line(each, settings) for each in found] or [f"Student {student} was never asked."]
    print_result(as_json, [ConsentReceipt(each, "").record() for each in found], lines)


@consent.command(name="list")
@click.argument("course", type=IDENTIFIER)
@with_settings(SETTINGS)
@json_option
def list_command(settings: Settings, course: str, as_json: bool) -> None:
    """List the students of a COURSE whose consent does not count, and why; for the office, never for a classroom.

    \b
    Example:
      face_recog_server.py consent list ea0017_1
    """
    day = utc_now().astimezone(settings.zone).date()
    with store_of(settings) as store:
        found = missing_consents(store, consent_texts(settings).accepted, course, day)
        shown = len({each.student for each in found})
        log_view(store, Action.READ_CONSENTS, course=course, subjects=shown)
    rows = [{**asdict(each), "purpose": each.purpose.value, "why": WHY[each.why]} for each in found]
    lines = [f"{row['student']}  {row['name']}  {row['purpose']}: {row['why']}" for row in rows]
    print_result(as_json, rows, lines or ["Everybody of this course consented to both."])


@consent.command(name="form")
@click.argument("form", type=click.Choice(list(get_args(Form))))
@click.option("--language", type=click.Choice(["ko", "en"]), default="ko", show_default=True, help="of the text")
@click.option("--link", default="", metavar="URL", help="address of the page, shown as a QR code")
@click.option("--out", type=FILE, required=True, help="HTML file to write, to be printed from a browser")
@with_settings(SETTINGS)
def form_command(settings: Settings, form: Form, language: str, link: str, out: Path) -> None:
    """Write a form to print: `consent` to sign, or `door`, the sign beside the classroom's door.

    \b
    Example:
      face_recog_server.py consent form door --link https://rollcall.example.ac.kr/privacy --out door.html
    """
    out.write_text(print_form(form, consent_texts(settings), language, link), encoding="utf-8")
    click.echo(f"Written to {out}; open it in a browser and print it.")


def _receipt_lines(receipt: ConsentReceipt, settings: Settings) -> Iterator[str]:
    yield _line(receipt.consent, settings)
    if receipt.sha256:
        yield f"SHA-256 of the text: {receipt.sha256}"
    if receipt.erased:
        yield receipt.erased.text()


def _line(each: Consent, settings: Settings) -> str:
    at: datetime = each.decided_at.astimezone(settings.zone)
    text = f"text {each.text_version} ({each.language})" if each.text_version else "no text"
    said = "given" if each.given else "refused"
    return f"{at:%Y-%m-%d %H:%M}  {each.purpose}: {said}, {text}, by {each.channel}, entered by {each.who}"
