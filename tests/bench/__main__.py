"""`make bench`: what the program costs and how quick it is, beside lemon24/reader in one run.

Without names all cases are measured. Progress goes to standard error. The goals are those of two
idle cores; nothing is said about them by the exit code, since a machine may be busy.
"""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from tests.bench import rival
from tests.bench.bench import Bench, open_bench
from tests.bench.feeds import ENTRIES
from tests.bench.figures import Figure, describe_machine, draw_table
from tests.bench.latency import measure_latency
from tests.bench.many import measure_many
from tests.bench.memory import measure_memory
from tests.bench.pages import measure_pages
from tests.bench.rounds import measure_rounds
from tests.bench.start import measure_start

Case = Callable[[Bench], Iterator[Figure]]

CASES: Mapping[str, Case] = {
    "rounds-http": partial(measure_rounds, scheme="http"),
    "rounds-https": partial(measure_rounds, scheme="https"),
    "latency": measure_latency,
    "memory-off": partial(measure_memory, encoder="off"),
    "memory-on": partial(measure_memory, encoder="on"),
    "start": measure_start,
    "pages": measure_pages,
    "many": measure_many,
}
MANY = "many"
"""The case that has feeds of its own: ten times as many."""

WIDE = 160
"""Columns of a table that is not printed on a terminal."""

FOLDER = Path(__file__).parents[2] / "build/bench"


def main() -> None:
    """Measure what was asked for, and print the table."""
    asked = read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    errors = Console(stderr=True)
    columns = SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    figures: list[Figure] = []
    machine = describe_machine()
    try:
        with Progress(*columns, console=errors, transient=True) as progress:
            task = progress.add_task("beginning", total=None)
            tell = partial(_show_step, progress, task)
            compare = _prepare_rival(asked.alone, tell, errors)
            figures.extend(measure(asked, compare, tell))
    finally:
        # What was measured before an error or Ctrl-C took long enough.
        print_figures(figures, machine, asked)


def measure(
    asked: argparse.Namespace, compare: bool, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """The figures of the cases that were asked for, as they come."""

    def begin(name: str, feeds: int) -> AbstractContextManager[Bench]:
        folder = asked.folder / name
        return open_bench(folder, feeds, asked.runs, compare, tell, asked.articles)

    few = [name for name in CASES if name in asked.cases and name != MANY]
    if few:
        with open_bench(
            asked.folder / "few", asked.feeds, asked.runs, compare, tell, asked.articles
        ) as bench:
            for name in few:
                yield from CASES[name](bench)
    if MANY in asked.cases:
        with open_bench(
            asked.folder / MANY, asked.many, asked.runs, compare, tell, asked.articles
        ) as bench:
            yield from CASES[MANY](bench)


def print_figures(figures: list[Figure], machine: str, asked: argparse.Namespace) -> None:
    """The table, or the same as JSON, with what it was measured on."""
    amounts = f"{asked.feeds} feeds of {ENTRIES} entries, {asked.runs} runs"
    if asked.json:
        told = {"machine": machine, "amounts": amounts, "figures": [f.as_json() for f in figures]}
        print(json.dumps(told, indent=2))  # noqa: T201 - this is what it is for
        return
    out = Console() if sys.stdout.isatty() else Console(width=WIDE)
    out.print(draw_table(figures))
    out.print(f"{amounts}; {machine}", style="dim")


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}")
    parser.add_argument("--feeds", type=int, default=1_000, help="feeds of all cases but one")
    parser.add_argument("--many", type=int, default=10_000, help="feeds of the case `many`")
    parser.add_argument("--articles", type=int, default=50_000, help="articles of the case `pages`")
    parser.add_argument("--runs", type=int, default=5, help="how often each is measured")
    parser.add_argument("--alone", action="store_true", help="do not measure reader")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where it works")
    asked = parser.parse_args()
    unknown = [name for name in asked.cases if name not in CASES]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}")
    asked.cases = asked.cases or list(CASES)
    asked.folder = asked.folder.resolve()
    return asked


def _prepare_rival(alone: bool, tell: Callable[[str], None], errors: Console) -> bool:
    """Whether reader is there to be compared with; install it where it is not."""
    if alone or rival.is_installed():
        return not alone
    tell("installing reader in an environment of its own")
    try:
        rival.install()
    except rival.NotInstalled as error:
        errors.print(f"{error}; its columns stay empty", style="yellow")
        return False
    return True


def _show_step(progress: Progress, task: TaskID, step: str) -> None:
    progress.update(task, description=step)


if __name__ == "__main__":
    main()
