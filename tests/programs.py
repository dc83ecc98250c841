"""Tests that need a program of the system: skipped without it, and the summary says so.

Under MONITOR_REQUIRE_ALL=1, as in CI, a missing program fails the test instead.
"""

import os
import re
import shutil
from collections import Counter

import pytest

_REASON = re.compile(r"needs (\S+), which is not installed: (apt install .+)$")
_SYSTEM_PATH = "/usr/sbin:/sbin"
"""Where servers lie; a plain user's PATH does not name it."""


def require_program(name: str, apt: str) -> str:
    """Give the path of a program, or skip the test and name Debian's package for it."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:{_SYSTEM_PATH}")
    if path is None:
        reason = f"needs {name}, which is not installed: apt install {apt}"
        if os.environ.get("MONITOR_REQUIRE_ALL") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End the run by naming the programs whose absence skipped tests (import it in conftest)."""
    reports = terminalreporter.stats.get("skipped", [])
    found = (_REASON.search(str(report.longrepr[2])) for report in reports)
    for (name, remedy), count in sorted(Counter(m.groups() for m in found if m).items()):
        terminalreporter.write_line(
            f"{count} test{'s' * (count > 1)} skipped: {name} is not installed ({remedy})",
            yellow=True,
        )
