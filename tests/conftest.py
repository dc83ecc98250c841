"""What all tests share: the summary of skipped programs, the record of what was proved."""

import hypothesis

from tests.faults.proof import record
from tests.programs import pytest_terminal_summary

__all__ = ["pytest_terminal_summary", "record"]

# A busy machine is slow: how long an example takes says nothing about what is right.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")
