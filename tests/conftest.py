"""What all tests share: the summary of skipped programs."""

from tests.programs import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
