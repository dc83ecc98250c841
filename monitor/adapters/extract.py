"""Finds the article in a web page: the only door to trafilatura, used in a killable process.

`core.page` says what of a page's text is believed; it is asked here, where a text that keeps its
patterns busy costs a process and nothing else.
"""

from datetime import timedelta

from monitor.adapters.worker import FreshWorker, Worker
from monitor.core.page import find_flaw
from monitor.errors import ExtractError, WorkerDied, WorkerTimeout

MEMORY = 512 * 2**20
LONGEST = 100_000
"""Characters that leave the worker; `core.article` keeps fewer."""


class ArticleExtractor:
    """The Extractor port."""

    def __init__(
        self, worker: FreshWorker | Worker, *, deadline: timedelta = timedelta(seconds=20)
    ) -> None:
        self._worker = worker
        self._deadline = deadline

    async def extract(self, page: bytes, url: str, title: str, teaser: str = "") -> str:
        """Give the article's plain text; raise `ExtractError` where there is none worth having.

        `teaser` is what the feed says of it.
        """
        try:
            return await self._worker.call(
                extract_article, page, url, title, teaser, deadline=self._deadline
            )
        except (WorkerTimeout, WorkerDied) as error:
            raise ExtractError(f"too costly to read: {error}") from error


def extract_article(page: bytes, url: str, title: str, teaser: str = "") -> str:
    """Runs in the worker; raise `ExtractError`."""
    # Only the worker pays for this import: half a second and 22 MB.
    import trafilatura  # noqa: PLC0415

    text = trafilatura.extract(
        page, url=url, favor_precision=True, include_comments=False, include_tables=False
    )
    if not text:
        raise ExtractError("no article in that page")
    flaw = find_flaw(text, title, teaser)
    if flaw:
        raise ExtractError(flaw)
    return text[:LONGEST]
