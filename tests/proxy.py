"""A small HTTP proxy on loopback: absolute addresses and CONNECT (RFC 9110, RFC 9112)."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

END = b"\r\n\r\n"


@dataclass
class LoopbackProxy:
    """Remembers the heads of all requests; every name lies, as far as it knows, at `target`.

    With `login` ("Basic ...") it answers 407 to whoever does not give it.
    """

    target: int
    login: str | None = None
    port: int = 0
    heads: list[str] = field(default_factory=list)
    busy: set[asyncio.Future[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        work = asyncio.ensure_future(self._serve(reader, writer))
        self.busy.add(work)
        await work

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(END)).decode()
            self.heads.append(head)
            await self._answer(head, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.login and f"Proxy-Authorization: {self.login}\r\n" not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0" + END)
            await writer.drain()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        if head.startswith("CONNECT "):
            writer.write(b"HTTP/1.1 200 Connection established" + END)
        else:
            back.write(strip_for_origin(head).encode())
        await asyncio.gather(pipe(reader, back), pipe(there, writer))


def strip_for_origin(head: str) -> str:
    """The head as the origin server gets it: a path instead of the address, no login for us."""
    path = re.sub(r"^(\w+) http://[^/ ]+", r"\1 ", head)
    return re.sub(r"Proxy-Authorization: .*\r\n", "", path)


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def loopback_proxy(target: int, login: str | None = None) -> AsyncIterator[LoopbackProxy]:
    """Run it beside the test; at the end all it began is over."""
    proxy = LoopbackProxy(target, login)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    async with server:
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
    await asyncio.gather(*proxy.busy)
