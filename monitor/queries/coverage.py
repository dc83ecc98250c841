"""Which feeds cover a host, and what each could have missed."""

from datetime import datetime

from monitor.core.gate import is_covering
from monitor.core.model import MARK_BYTES, Coverage, Feed
from monitor.ports import Transaction


def list_coverage(tx: Transaction, host: str) -> tuple[Coverage, ...]:
    """The polled feeds whose address is of this host, or that gave articles of it.

    `host` is as it stands in a link, with a port where that names one, without "www.".
    """
    given = tx.feeds.of_host(host)
    name = host.partition(":")[0]
    return tuple(
        _cover(feed, *given.get(feed.id, (0, None)))
        for feed in tx.feeds.list()
        if feed.id in given or is_covering(feed.spec.url, name)
    )


def _cover(feed: Feed, articles: int, newest_at: datetime | None) -> Coverage:
    state = feed.state
    entries = len(state.marks) // MARK_BYTES or None
    polled = state.last_polled_at
    return Coverage(
        feed=feed.spec.name,
        url=feed.spec.url,
        articles=articles,
        newest_at=newest_at,
        first_read_at=state.baseline_at,
        last_ok_at=state.last_ok_at,
        next_poll_at=state.next_poll_at,
        failing_since_at=state.failing_since_at,
        error=state.last_error,
        entries=entries,
        span=entries * state.rhythm if entries and state.rhythm else None,
        wait=state.next_poll_at - polled if polled else None,
    )
