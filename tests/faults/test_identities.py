"""D3–D6: what is the same article, however a feed names, dates, edits and repeats it."""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.e2e.program import Running, wait_until
from tests.faults.harness.campaign import EACH_AT_ONCE, Victim
from tests.faults.harness.hostile import Answer, Hostile, give, open_hostile
from tests.faults.harness.news import make_headline
from tests.faults.harness.receivers import Receivers, open_receivers
from tests.faults.proof import Record, pick

POLLS = pick(6, 40)
"""How often a feed that never says the same twice is read."""

OLD = pick(500, 10_000)
NEW_PER_POLL, NEW_POLLS = 200, 2
MOST_PER_HOUR = 20
LONG = 300
"""Seconds of patience with so many articles."""

RELEVANT = "Bank warns that the AI bubble in data centers will burst"
IRRELEVANT = "Chess club wins title in last round"
MICROSECOND = timedelta(microseconds=1)


@dataclass
class Desk:
    """A program, its feeds and the receiver of its messages."""

    victim: Victim
    hostile: Hostile
    came: Receivers

    def configure(self, *feeds: str, threshold: float = 0.0, extra: str = "") -> None:
        tables = "".join(
            f'[[feeds]]\nname = "{n}"\nurl = "{self.hostile.url(n)}"\ninterval = "1s"\n'
            for n in feeds
        )
        self.victim.configure(f"""\
polling.allow = {self.hostile.allow}
topics = [{{ name = "ai-overbuild", threshold = {threshold} }}]
classifier.encoder = "off"
digests = []
{extra}
[channels.a]
url = "{self.came.url("a")}"
{EACH_AT_ONCE if "baseline" in extra else f"max_per_hour = {MOST_PER_HOUR}"}
{tables}""")

    @contextmanager
    def live(self) -> Iterator[Running]:
        with self.victim.live() as running:
            yield running
            assert running.stop() == 0

    def asked(self, name: str) -> int:
        """How often this feed was asked for."""
        return sum(path == name for path, _ in self.hostile.asked)

    @property
    def titles(self) -> list[str]:
        """What each message was about."""
        return [call.title.partition(": ")[2] for call in self.came.of("a")]

    def is_at_rest(self) -> bool:
        """Whether every article is judged, placed and told."""
        waiting = "SELECT 1 FROM article WHERE waits_for IS NOT NULL"
        unsent = "SELECT 1 FROM outbox WHERE state NOT IN ('sent', 'folded', 'dropped')"
        return not self.victim.rows(waiting) and not self.victim.rows(unsent)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_hostile() as hostile, open_receivers() as came:
        yield Desk(Victim(tmp_path), hostile, came)


def rss(items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>Blatt</title>{items}</channel></rss>'.encode()


def item(title: str, more: str = "", text: str = "") -> str:
    return (
        f"<item>{more}<title>{escape(title)}</title>"
        f"<description>{escape(text or title)}</description></item>"
    )


def ids(guid: object, link: object) -> str:
    return f"<guid>{guid}</guid><link>https://blatt.example/{link}</link>"


def each_time(write: Callable[[int], str]) -> Answer:
    """Another document for each of the first requests; `write` is given 1, 2, 3 …"""
    numbers = count(1)

    def answer(connection: socket.socket, closing: threading.Event) -> None:
        give(rss(write(min(next(numbers), POLLS))))(connection, closing)

    return answer


CHANGING: dict[str, Callable[[str, str, int], str]] = {
    "guid": lambda title, key, n: item(title, ids(f"{key}-{n}", key)),
    "guid-and-link": lambda title, key, n: item(title, ids(f"{key}-{n}", f"{key}-{n}")),
    "session": lambda title, key, n: item(title, f"<link>https://b.example/{key}?s={n}</link>"),
    "tracking": lambda title, key, n: item(title, f"<link>https://b.example/{key}?utm={n}</link>"),
    "date": lambda title, _, n: item(title, f"<pubDate>{n} Mar 2026 10:00 GMT</pubDate>"),
    "comments": lambda title, key, n: item(title, ids(f"{key}{n}", n), f"{title} ({n} comments)"),
    "case": lambda title, key, n: item(title.upper() if n % 2 else title, ids(f"{key}{n}", key)),
    "repetition": lambda title, key, n: item(title, ids(key, key)) * (1 + n % 5),
    "words": lambda title, _, n: "<item/>" * n + item(title),
}


def write_two(write: Callable[[str, str, int], str], first: int) -> Callable[[int], str]:
    """Two articles that never come the same way twice."""
    one, other = make_headline(first), make_headline(first + 1)
    return lambda n: write(one, "a", n) + write(other, "b", n)


@pytest.mark.fault("D3")
def test_ids_that_change_at_each_fetch_alert_nobody_again(desk: Desk, record: Record) -> None:
    for n, (name, write) in enumerate(CHANGING.items()):
        desk.hostile.answers[name] = each_time(write_two(write, 2 * n))
    desk.configure(*CHANGING, extra="alerts.baseline = false")
    with desk.live() as running:
        running.until(lambda: min(map(desk.asked, CHANGING)) >= POLLS, "many polls")
        running.until(desk.is_at_rest, "all of it told")
    told = Counter(title.casefold() for title in desk.titles if title != "(no title)")
    wanted = {make_headline(n).casefold() for n in range(2 * len(CHANGING))}
    lost, again = wanted - told.keys(), told.total() - len(told)
    record(feeds=len(CHANGING), polls=POLLS * len(CHANGING), lost=len(lost), repeated=again)
    assert (again, lost, told.keys() - wanted) == (0, set(), set())


@pytest.mark.fault("D4")
def test_an_edited_article_alerts_when_it_becomes_relevant_and_not_again(
    desk: Desk, record: Record
) -> None:
    """Among articles that are not edited; the edits are numbered, so that each is one."""
    edits = (IRRELEVANT, RELEVANT, f"{RELEVANT}, again", IRRELEVANT, f"{RELEVANT}, it says")
    more = item("Library lends out telescopes", ids("g-2", "g-2"))
    desk.configure("edited", threshold=0.5, extra="alerts.baseline = false")
    for number, title in enumerate(edits, 1):
        desk.hostile.answers["edited"] = give(rss(item(title, ids("g-1", "g-1")) + more))
        with desk.live() as running:
            stored = partial(desk.victim.rows, "SELECT 1 FROM revision WHERE n = ?", number)
            running.until(stored, f"edit {number}")
            running.until(desk.is_at_rest, "what comes of it")
    messages = desk.came.of("a")
    record(edits=len(edits) - 1, lost=int(not messages), repeated=max(len(messages) - 1, 0))
    assert desk.titles == [RELEVANT]
    assert len(desk.victim.rows("SELECT 1 FROM revision")) == len(edits) + 1


DATES = {
    "1970": "Thu, 01 Jan 1970 00:00:00 GMT",
    "next century": "Fri, 01 Jan 2126 00:00:00 GMT",
    "year 9999": "Fri, 31 Dec 9999 23:59:59 -1200",
    "year 0": "0000-00-00T00:00:00Z",
    "words": "neulich",
    "digits": "9" * 400,
    "none": "",
    "99 o'clock": "Mon, 02 Mar 2026 99:99:99 +9999",
}


@pytest.mark.fault("D5")
def test_impossible_dates_cost_no_article_and_sort_as_what_can_be(
    desk: Desk, record: Record
) -> None:
    dated = [
        item(make_headline(n), f"<pubDate>{d}</pubDate>") for n, d in enumerate(DATES.values())
    ]
    desk.hostile.answers["dates"] = give(rss("".join(dated)))
    desk.configure("dates", extra="alerts.baseline = false")
    desk.victim.do("run", "--once")
    rows = desk.victim.rows("SELECT first_seen_at, published_at FROM article")
    early, late = timedelta(days=30) / MICROSECOND, timedelta(hours=1) / MICROSECOND
    record(dates=len(DATES), lost=len(DATES) - len(rows))
    assert len(rows) == len(desk.titles) == len(DATES)
    assert all(seen - early <= published <= seen + late for seen, published in rows)


@pytest.mark.fault("D6")
def test_a_new_feed_full_of_old_news_is_one_message(desk: Desk, record: Record) -> None:
    items = "".join(item(make_headline(n), ids(n, n)) for n in range(OLD))
    desk.hostile.answers["old"] = give(rss(items))
    desk.configure("old")
    with desk.live():
        wait_until(lambda: desk.came.of("a"), "a message", LONG)
        wait_until(desk.is_at_rest, "what comes of it", LONG)
    ((stored,),) = desk.victim.rows("SELECT count(*) FROM article")
    record(entries=OLD, lost=OLD - stored, messages=len(desk.titles))
    assert (stored, len(desk.titles)) == (OLD, 1)


@pytest.mark.fault("D6")
def test_two_hundred_at_once_are_few_messages_and_all_are_told_of(
    desk: Desk, record: Record
) -> None:
    desk.hostile.answers["many"] = give(rss(item(IRRELEVANT, ids("x", "x"))))
    desk.configure("many")
    desk.victim.do("run", "--once")
    total = NEW_PER_POLL * NEW_POLLS
    with desk.live():
        for size in range(NEW_PER_POLL, total + 1, NEW_PER_POLL):
            items = "".join(item(make_headline(n), ids(n, n)) for n in range(size))
            desk.hostile.answers["many"] = give(rss(items))
            stored = partial(desk.victim.rows, "SELECT 1 FROM article WHERE id > ?", size)
            wait_until(stored, f"{size} articles", LONG)
        wait_until(desk.is_at_rest, "all of it told or folded", LONG)
    stories = desk.victim.rows("SELECT count(*) FROM outbox WHERE subject = 'story'")
    record(entries=total, messages=len(desk.titles))
    assert stories == [(total,)]
    assert len(desk.titles) <= MOST_PER_HOUR + 2
