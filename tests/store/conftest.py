from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.core.model import Feed
from monitor.store import SqliteStore, open_store
from tests.builders import NOW, spec


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "monitor.sqlite"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    store = open_store(path, now=NOW)
    yield store
    await store.close()


@pytest.fixture
async def feed(store: SqliteStore) -> Feed:
    return await store.write(lambda tx: tx.feeds.add(spec(), NOW))
