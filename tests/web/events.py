"""A listener to `/events`, as a browser is one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.web.conftest import Site

PATIENCE = 30


@dataclass(frozen=True)
class Lines:
    """What comes over the connection."""

    site: Site
    reader: asyncio.StreamReader

    async def event(self) -> tuple[str, Any]:
        """Wait for the next event: its name and what it says."""
        async with asyncio.timeout(PATIENCE):
            name = await self._field("event: ")
            return name, json.loads(await self._field("data: "))

    async def closed(self) -> None:
        """Wait until the program has noticed that we are gone."""
        async with asyncio.timeout(PATIENCE):
            while self.site.app.bus.listeners:  # noqa: ASYNC110 - nobody is told of it
                await asyncio.sleep(0.01)

    async def _field(self, prefix: str) -> str:
        while True:
            line = (await self.reader.readline()).decode().rstrip()
            if line.startswith(prefix):
                return line.removeprefix(prefix)


@asynccontextmanager
async def listen(site: Site) -> AsyncIterator[Lines]:
    address = urlsplit(site.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"GET /events HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    try:
        yield Lines(site, reader)
    finally:
        writer.close()
