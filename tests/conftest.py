"""What all tests share: the summary of skipped programs, the record of what was proved."""

from tests.faults.proof import record
from tests.programs import pytest_terminal_summary

__all__ = ["pytest_terminal_summary", "record"]
