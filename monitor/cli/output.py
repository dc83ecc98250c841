"""How the verbs print: tables for people, JSON for machines, complaints on standard error.

The only import of rich that is not a progress bar or a panel; inside, so that `--help` is quick.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from monitor.core.marks import cut_pieces

WIDE = 250
"""Columns of a table that is not printed on a terminal."""

MARKED = "black on yellow"

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def to_plain(value: Any) -> Any:  # any value in, JSON's types out
    """Turn frozen values into what JSON knows: ISO times, seconds, lists; bytes are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: to_plain(item) for name, item in pairs if not isinstance(item, bytes)}
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [to_plain(item) for item in items]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value


def print_json(value: object) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(to_plain(value), ensure_ascii=False, indent=2))


def print_done(value: object, text: str, *, as_json: bool) -> None:
    """Say what a verb has done: to machines the value as JSON, to people the text."""
    print_json(value) if as_json else typer.echo(text)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print rows under columns; `empty` is said when there are none. Cells are never markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    # A pipe has no width: a line broken at 80 columns would be of no use to the next program.
    console = Console() if sys.stdout.isatty() else Console(width=WIDE)
    console.print(table if table.row_count else Text(empty, style="dim"))


def print_line(*parts: str | tuple[str, str]) -> None:
    """Print a line of parts, each plain or with a style such as "bold". None of them is markup."""
    from rich.console import Console
    from rich.text import Text

    # As with tables: a pipe has no width.
    Console(highlight=False, soft_wrap=not sys.stdout.isatty()).print(Text.assemble(*parts))


def printable(text: str) -> str:
    """Replace what could move a terminal's cursor or colour: feed text is not to be trusted."""
    return mask(text).strip()


def mark(
    text: str, spans: Iterable[tuple[int, int]], style: str = "", keep: str = ""
) -> list[tuple[str, str]]:
    """Cut a text of a feed into parts for `print_line`: in `style`, and those of `spans` marked.

    It is masked as by `mask`.
    """
    pieces = cut_pieces(mask(text, keep), spans)
    return [(piece.text, MARKED if piece.marked else style) for piece in pieces]


def mask(text: str, keep: str = "") -> str:
    """As `printable`, place by place; the characters of `keep` stay."""
    return "".join(c if c.isprintable() or c in keep else " " for c in text)


def complain(text: str) -> None:
    """Say on standard error, in one line, what is wrong."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, highlight=False, soft_wrap=True).print(
        Text.assemble(("monitor: ", "bold red"), "\n".join(map(printable, text.splitlines())))
    )


def show_time(at: datetime | None) -> str:
    """A moment in the machine's own zone, to the minute; "–" for none."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M %Z") if at else "–"
