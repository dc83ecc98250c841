"""Serves the page inside the daemon's own loop. Door to uvicorn."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from monitor.app import App
from monitor.web.site import make_site
from monitor.web.templates import compile_templates

log = logging.getLogger(__name__)

FINISH_REQUESTS = 1
"""Seconds that requests in flight get at the end; live pages come back by themselves."""


class Server(uvicorn.Server):
    """Leaves the signals to the daemon."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def serve(app: App) -> AsyncIterator[str | None]:
    """Serve the page while the block runs; give its address.

    None where it is switched off, or where its port is taken: news is watched all the same.
    """
    listener = _listen(app.settings.web.listen)
    if listener is None:
        yield None
        return
    server = Server(
        uvicorn.Config(
            make_site(app),
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            lifespan="off",
            ws="none",
            http="h11",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=FINISH_REQUESTS,
        )
    )
    # Half a second that each page's first reader would wait for.
    await asyncio.to_thread(compile_templates)
    serving = asyncio.create_task(server.serve([listener]))
    address = "http://{}:{}".format(*listener.getsockname()[:2])
    log.info("the page is at %s", address)
    try:
        yield address
    finally:
        server.should_exit = True
        await serving


def _listen(address: str) -> socket.socket | None:
    if address == "off":
        return None
    host, _, port = address.rpartition(":")
    try:
        listener = socket.create_server((host.strip("[]"), int(port)))
    except OSError as error:
        log.warning(
            "no page: [web] listen = %r: %s; stop what uses it, or name another port",
            address,
            error.strerror,
        )
        return None
    # Connections inherit it. Else the body of an answer waits 40 ms for the browser to acknowledge
    # the head: asyncio sets it only for sockets that name their protocol.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
