"""What the composition root makes of the settings."""

from pathlib import Path

import pytest

from monitor import __version__
from monitor.app import open_app
from monitor.app.parts import name_us
from monitor.config import load_settings
from monitor.pipeline import INSTALLATION, VOTE_KEY


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


async def test_an_installation_has_one_name_and_one_key_for_good(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('classifier = { encoder = "off" }')
    settings = load_settings(tmp_path / "config.toml", {"TZ": "UTC"}, tmp_path)
    seen = set()
    for _ in range(2):
        async with open_app(settings) as app:
            await app.start()
            read = app.parts.store.read
            seen.add(await read(lambda tx: (tx.notes.get(INSTALLATION), tx.notes.get(VOTE_KEY))))
    ((name, key),) = seen
    assert len(bytes.fromhex(str(name))) == 4
    assert len(bytes.fromhex(str(key))) == 32
