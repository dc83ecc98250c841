"""What the composition root makes of the settings."""

import pytest

from monitor import __version__
from monitor.app.parts import name_us


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (None, f"monitor/{__version__} (news feed monitor)"),
        (
            "wache@blatt.example",
            f"monitor/{__version__} (news feed monitor; wache@blatt.example)",
        ),
    ],
)
def test_servers_are_told_who_asks_and_whom_to_write_to(contact: str | None, said: str) -> None:
    assert name_us(contact) == said
