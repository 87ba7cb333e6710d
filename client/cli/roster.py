"""`roster`: show a course's list, and what is recorded today."""

import click

from client.cli.options import PROGRAM, api_of, course_argument, everywhere, wants_json
from client.cli.results import show_roster


@click.command(epilog=f"Example: {PROGRAM} roster ea0017_1")
@course_argument
@everywhere
@click.pass_context
def roster(context: click.Context, course: str) -> None:
    """Show a COURSE's list, and what is recorded today."""
    show_roster(api_of(context).roster(course), as_json=wants_json(context))
