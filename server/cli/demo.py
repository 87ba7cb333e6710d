"""`demo`: play a class."""

import sys

import click
from rich.console import Console

from demo import run_demo


@click.command()
def demo() -> None:
    """Play a class: enrol, recognise, confirm, call the roll; in a temporary folder, with nothing kept.

    \b
    Example:
      face_recog_server.py demo
    """
    sys.exit(run_demo(Console(highlight=False)))
