"""`status`: how the monitor is."""

from typing import TYPE_CHECKING

import typer

from monitor import queries
from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json, print_line, print_table, show_time
from monitor.core.feed import NO_NETWORK

if TYPE_CHECKING:
    from monitor.config import Settings


def status(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Show what was read, flagged and told in the last 24 hours, and what is wrong."""
    now = session.read_clock()
    settings = session.read_settings(context)
    answer = session.query(context, lambda tx: queries.get_status(tx, now, settings.channels))
    if as_json:
        print_json(answer)
        return
    health = answer.health
    print_line(
        f"{health.articles:,} articles from {health.feeds_ok} of {health.feeds} feeds"
        f" in 24 hours; next poll {show_time(answer.next_poll_at)}"
    )
    print_table(
        ("articles", "where they ended"),
        ((f"{line.articles:,}", line.name) for line in answer.gates),
        empty="no article in 24 hours",
    )
    print_line(f"{answer.stories} stories; outbox: {_count(answer.outbox) or 'empty'}")
    for digest in answer.digests:
        told = f"told {show_time(digest.told_at)}" if digest.told_at else digest.state
        print_line(f"digest {digest.name} {digest.occasion} over {digest.channel}: {told}")
    if page := _find_page(settings):
        print_line(f"the page, while `monitor run` runs: {page}")
    print_line(f"counters: {_count(answer.counters) or 'none yet'}")
    if answer.waiting_for_verdict or answer.waiting_for_story:
        print_line(("articles wait to be judged; is `monitor run` running?", "yellow"))
    for line in _describe_failing(answer.failing):
        print_line((line, "red"))
    if answer.dead:
        print_line(("dead messages (`monitor outbox retry ID`):", "red"))
        print_table(
            ("id", "channel", "message", "error"),
            ((str(r.id), r.channel, r.title or r.key, r.error or "") for r in answer.dead),
            empty="",
        )


def _find_page(settings: "Settings") -> str | None:
    """Where a person reaches the page; a port that is chosen at each start is in the log alone."""
    listen = settings.web.listen
    if settings.web.public_url or listen == "off" or listen.endswith(":0"):
        return settings.web.public_url
    return f"http://{listen}"


def _describe_failing(feeds: tuple[queries.FeedLine, ...]) -> list[str]:
    """One line per feed, but one for all that share a lost network."""
    offline = [feed for feed in feeds if feed.state == NO_NETWORK]
    lines = [f"no network: {len(offline)} feeds cannot be reached"] if offline else []
    others = (feed for feed in feeds if feed.state != NO_NETWORK)
    return lines + [f"{feed.state}: {feed.name}: {feed.error}" for feed in others]


def _count(numbers: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name}" for name, n in numbers.items() if n)
