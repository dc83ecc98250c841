"""The one place below the daemon that reads the clock."""

from datetime import UTC, datetime


def read_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)
