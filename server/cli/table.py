"""Print a table, ruled in a terminal and with bars between for programs."""

import sys
from collections.abc import Iterable, Sequence

import click
from rich import box
from rich.console import Console
from rich.table import Table


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int = 1) -> None:
    """The first `texts` columns are text, the others figures."""
    console = Console(file=sys.stdout, markup=False, highlight=False)
    if not console.is_terminal:
        for row in (headings, *rows):
            click.echo(" | ".join(row))
        return
    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place < texts else "right", overflow="fold", vertical="bottom")
    for row in rows:
        table.add_row(*row)
    console.print(table)
