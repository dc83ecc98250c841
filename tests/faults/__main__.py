"""`make faults`: prove each fault with full amounts, and print a line for each.

`python -m tests.faults A1 E2` proves these alone; `--quick` as `make test` does; `--json`.
The tests' own output goes to standard error. Exit 1 when a test failed.
"""

import argparse
import contextlib
import json
import os
import sys
import time

import pytest

from tests.faults.ids import FAULTS
from tests.faults.proof import ENVIRON, FULL
from tests.faults.report import Collector, write_lines


def main() -> int:
    """Run the tests of the faults that were asked for."""
    asked = read_arguments()
    if not asked.quick:
        os.environ[ENVIRON] = FULL
    began = time.monotonic()
    collector = Collector(asked.ids or FAULTS)
    with contextlib.redirect_stdout(sys.stderr):
        code = pytest.main(["-q", *asked.pytest], plugins=[collector])
    if asked.json:
        told = {name: tally.as_json() for name, tally in collector.tallies.items()}
        print(json.dumps(told, indent=2))  # noqa: T201 - this is what it is for
    else:
        seconds = f"{time.monotonic() - began:.0f} s"
        print("\n".join([*write_lines(collector.tallies), seconds]))  # noqa: T201
    return int(code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED))


def read_arguments() -> argparse.Namespace:
    """Read the command line; what follows `--pytest` is for pytest."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help=f"one of {', '.join(FAULTS)}")
    parser.add_argument("--quick", action="store_true", help="the amounts of `make test`")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--pytest", nargs=argparse.REMAINDER, default=[], help="more for pytest")
    asked = parser.parse_args()
    unknown = [name for name in asked.ids if name not in FAULTS]
    if unknown:
        parser.error(f"no such fault: {', '.join(unknown)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
