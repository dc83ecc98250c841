"""`make soak`: a day of polling in minutes, and what the program holds meanwhile.

`python -m tests.soak --share 0.1` for a tenth of the articles; `--json`; `--keep DIR` leaves the
database and the log there. Progress goes to standard error. Exit 1 where a goal is missed.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.soak.plan import Plan, make_plan
from tests.soak.report import judge, write_lines
from tests.soak.run import Soak, soak
from tests.soak.watch import Sample


def main() -> int:
    """Soak, and say what came of it."""
    asked = read_arguments()
    plan = make_plan(asked.share)
    with tempfile.TemporaryDirectory(prefix="monitor-soak-") as folder:
        place = asked.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        seen = asyncio.run(show(plan, place))
    lines = judge(seen)
    if asked.json:
        told = {"plan": asdict(plan), "seconds": seen.seconds, "goals": [asdict(i) for i in lines]}
        told["samples"] = [asdict(sample) for sample in seen.samples]
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201 - this is what it is for
    else:
        print(write_lines(seen, lines))  # noqa: T201
    return int(not all(line.ok for line in lines))


async def show(plan: Plan, folder: Path) -> Soak:
    """Run it with a bar that says how far it is and what the program holds."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("polls", total=plan.total)

        def tell(sample: Sample) -> None:
            held = f"{sample.memory:.0f} MiB, log {sample.log:.1f} MiB, {sample.files} descriptors"
            progress.update(task, completed=round(sample.done * plan.total), description=held)

        return await soak(plan, folder, tell)


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the articles, 0.01 to 1")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--keep", type=Path, help="a folder for the database and the log")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
