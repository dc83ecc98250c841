"""The page over the real program and store, served on the loopback; nothing is polled or sent."""

import asyncio
import http.client
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from monitor.app import App, open_app
from monitor.config import load_settings
from monitor.web import serve
from tests.builders import NOW
from tests.web.config import CONFIG

PATIENCE = 300
"""Seconds that an answer may take; far more than any does on a busy machine."""


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Site:
    """The page as a browser without scripts meets it. `now` is what the program's clock shows."""

    app: App
    address: str
    now: list[datetime]
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Answer:
        return await asyncio.to_thread(self._ask, "GET", path, headers, None)

    async def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a form as it is, with the token where it names one."""
        return await asyncio.to_thread(self._ask, "POST", path, headers or {}, form)

    async def send(self, path: str, **form: str) -> Answer:
        """Send a form that our own page has made."""
        return await self.post(path, {"token": await self.read_token(), **form})

    async def reload(self) -> None:
        """Read config.toml again."""
        folder = self.app.settings.folder
        await self.app.reload(load_settings(folder / "config.toml", {}, folder))

    async def upload(self, path: str, content: bytes, filename: str = "feeds.opml") -> Answer:
        """Send a form of our own page with a file in it."""
        token, mark = await self.read_token(), "--7d1f"
        kind = {"Content-Type": f"multipart/form-data; boundary={mark[2:]}"}
        field = 'Content-Disposition: form-data; name="{}"'
        body = b"\r\n".join(
            [
                *(mark.encode(), field.format("token").encode(), b"", token.encode()),
                *(mark.encode(), f'{field.format("file")}; filename="{filename}"'.encode()),
                *(b"", content, f"{mark}--".encode(), b""),
            ]
        )
        return await asyncio.to_thread(self._ask, "POST", path, kind, body)

    async def read_token(self) -> str:
        found = re.search(r'name="token" content="([^"]+)"', (await self.get("/")).text)
        assert found is not None
        return found[1]

    def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | bytes | None,
    ) -> Answer:
        body = urlencode(form) if isinstance(form, Mapping) else form
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        whole = {**kind, **({"Cookie": cookie} if cookie else {}), **headers}
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, body, whole)
            answer = connection.getresponse()
            for given in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = given.split(";")[0].partition("=")
                self.cookies[name] = value
            lower = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, lower, answer.read().decode())
        finally:
            connection.close()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    settings = load_settings(tmp_path / "config.toml", {}, tmp_path)
    now = [NOW]
    async with open_app(settings, clock=lambda: now[-1]) as app:
        await app.start()
        async with serve(app) as address:
            assert address is not None
            yield Site(app, address, now)
