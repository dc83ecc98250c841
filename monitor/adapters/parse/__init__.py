"""Reads feed documents, whatever they are made of, in killable workers.

`document` tells the kinds apart. `syndication` reads RSS and Atom through feedparser: where it can,
`cut` finds the entries and `unseen` reads those that are new; where a document is broken, `apart`
takes it apart. `jsonfeed` reads JSON Feed 1.1, `markup` turns HTML into text and finds feeds in
pages, `link` makes links comparable. Of this file only `parse_within` runs there too.
"""

import math
import resource
from datetime import timedelta

from monitor.adapters.worker import Worker
from monitor.core.model import ParsedFeed
from monitor.errors import TooCostly, WorkerDied, WorkerTimeout

MEMORY = 512 * 2**20
"""Bytes of address space a parsing process needs at most; give it to the `Worker`."""

CPU = 10
"""Seconds that a document may take of a processor; on a busy machine they last longer."""


class FeedParser:
    """The Parser port. `deadline` and `cpu`, in seconds, are for one document (FAULTS D1, D2)."""

    def __init__(
        self, worker: Worker, *, deadline: timedelta = timedelta(seconds=30), cpu: int = CPU
    ) -> None:
        self._worker = worker
        self._deadline = deadline
        self._cpu = cpu

    async def parse(
        self, body: bytes, url: str, content_type: str | None, marks: bytes = b""
    ) -> ParsedFeed:
        """Read a feed but for the entries that `marks` knows; `url` makes links absolute.

        One broken entry is a problem of the result. Raise `NotAFeed` for other documents,
        `TooCostly` when it takes too much time or memory, else `ParseError`.
        """
        try:
            return await self._worker.call(
                parse_within, self._cpu, body, url, content_type, marks, deadline=self._deadline
            )
        except (WorkerTimeout, WorkerDied) as error:
            raise TooCostly(f"too costly to read: {error}") from error

    async def discover(self, page: bytes, url: str) -> tuple[tuple[str, str], ...]:
        """Feeds that a web page names, as (title, absolute address); raise `TooCostly`."""
        from monitor.adapters.parse.markup import find_feeds  # noqa: PLC0415  # as below

        try:
            return await self._worker.call(find_feeds, page, url, deadline=self._deadline)
        except (WorkerTimeout, WorkerDied) as error:
            raise TooCostly(f"too costly to read: {error}") from error


def parse_within(
    cpu: int, body: bytes, url: str, content_type: str | None, marks: bytes
) -> ParsedFeed:
    """Read a document in this process, which the kernel kills after so many seconds of work."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = math.ceil(used.ru_utime + used.ru_stime) + cpu
    resource.setrlimit(resource.RLIMIT_CPU, (end, most))
    # Heavy; the parent process never needs it.
    from monitor.adapters.parse.document import parse_document  # noqa: PLC0415

    return parse_document(body, url, content_type, marks)
