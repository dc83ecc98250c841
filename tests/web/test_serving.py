"""How the page is served."""

import asyncio
import http.client
import time
from contextlib import closing
from urllib.parse import urlsplit

from tests.web.conftest import Site

DELAYED = 0.04
"""Seconds that Linux may keep an acknowledgement back (tcp(7))."""


async def test_no_answer_waits_for_its_head_to_be_acknowledged(site: Site) -> None:
    with closing(http.client.HTTPConnection(urlsplit(site.address).netloc)) as connection:
        spans = [await asyncio.to_thread(measure, connection) for _ in range(60)]
    # The kernel acknowledges the first at once. The quickest counts: busy machines are slow anyway.
    assert min(spans[40:]) < DELAYED / 2


def measure(connection: http.client.HTTPConnection) -> float:
    begun = time.perf_counter()
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    return time.perf_counter() - begun
