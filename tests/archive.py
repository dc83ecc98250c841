"""An archive as a season of watching leaves it: invented articles, judged, made stories and told.

The same number of articles gives the same archive. It is written through the store's own nouns,
so that it is what the program itself would have written, whatever the schema.
`python -m tests.archive FILE [ARTICLES]` makes one to look at.
"""

import asyncio
import random
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.core.model import (
    Alert,
    Article,
    ArticleDraft,
    Card,
    CompiledDigest,
    Evidence,
    Feed,
    Flagged,
    Heading,
    Label,
    LabelSource,
    Link,
    Links,
    Message,
    Outcome,
    Page,
    PageState,
    Quote,
    Receipt,
    Signals,
    Story,
    Subject,
    Verdict,
)
from monitor.core.outbox import PERMANENT_TRIES, claim, settle
from monitor.core.signals import fold_text, sketch
from monitor.ports import Store, Transaction
from monitor.store import open_store
from tests.builders import DAY, HOUR, MINUTE, NOW, alert, draft, spec, story
from tests.prose import TONGUES

ARTICLES, FEEDS = 50_000, 200
DAYS = 90
UNTIL = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
"""The archive's last article was written the evening before."""

OPENING, WAKING = 5 * HOUR, 17 * HOUR
"""Outlets write by day."""

TOPICS = ("microsoft-openai", "ai-overbuild")
THRESHOLD = 0.5
WANTED_EVERY = 20
"""One article in so many is flagged."""

PAGE_EVERY, LABEL_EVERY, DEAD_EVERY = 50, 5, 10
"""One article in so many has the text of its page; one story a label, one a dead message."""

MOST_MEMBERS = 9
CHANNELS = ("mail", "chat")
DIGEST = "daily"
DIMENSIONS = 512
BATCH = 500


async def fill_archive(store: Store, articles: int = ARTICLES) -> None:
    """Write that many articles of `DAYS` until `UNTIL`, and all that came of them.

    Nothing waits afterwards. The first article of each feed is its baseline.
    """
    feeds = await store.write(_add_feeds)
    for first in range(0, articles, BATCH):
        numbers = range(first, min(first + BATCH, articles))
        drafts = [make_draft(n, feeds[n % FEEDS].id, n / articles) for n in numbers]
        await store.write(partial(_add_batch, drafts))
    await store.write(_add_digests)


def make_draft(number: int, feed_id: int, age: float) -> ArticleDraft:
    """The article of this number as its feed gave it; `age` is 0 for the oldest, below 1."""
    dice = random.Random(number)  # noqa: S311 - the same number, the same article
    tongue = TONGUES[("de", "en")[number % 2]]
    day, hour = divmod(age * DAYS, 1)
    return draft(
        feed_id,
        f"n-{number}",
        title=tongue.make_title(dice, wanted=is_wanted(number)),
        text=tongue.make_text(dice),
        language=tongue.language,
        seen_at=UNTIL - (DAYS - day) * DAY + OPENING + hour * WAKING,
        baseline=number < FEEDS,
    )


def is_wanted(number: int) -> bool:
    """Whether the topics look for it: one in `WANTED_EVERY`, in all languages and feeds."""
    return (number + number // WANTED_EVERY) % WANTED_EVERY == 0


def _add_feeds(tx: Transaction) -> list[Feed]:
    feeds = [tx.feeds.add(spec(f"Anzeiger-{n:03}"), UNTIL) for n in range(FEEDS)]
    began = UNTIL - DAYS * DAY
    for feed in feeds:
        state = replace(
            feed.state,
            baseline_at=began,
            last_polled_at=UNTIL,
            last_ok_at=UNTIL,
            rhythm=DAY * FEEDS * DAYS / ARTICLES,
            news_at=UNTIL - HOUR,
            next_poll_at=UNTIL + 15 * MINUTE,
        )
        tx.feeds.settle([(feed, state)])
    return feeds


def _add_batch(drafts: Sequence[ArticleDraft], tx: Transaction) -> None:
    tx.articles.add(drafts)
    for article in tx.articles.waiting(BATCH):
        if article.id % PAGE_EVERY == 0:
            _read_page(tx, article)
    articles = tx.articles.waiting(BATCH)
    tx.verdicts.add({a.revision_id: (make_verdicts(a), make_signals(a)) for a in articles})
    day = articles[-1].first_seen_at
    tx.counters.bump("articles", len(articles), day)
    tx.counters.bump("below threshold", sum(not is_wanted(_number(a)) for a in articles), day)
    for made in _make_stories(tx.verdicts.waiting(BATCH)):
        _tell(tx, tx.stories.add(made))


def _read_page(tx: Transaction, article: Article) -> None:
    dice = random.Random(article.id)  # noqa: S311 - the same number, the same text
    text = f"{article.text} {TONGUES[article.language or 'de'].make_text(dice, 300)}"
    now = article.first_seen_at + MINUTE
    tx.pages.ask(Page(article.id, "beispielblatt.example:443", now, now))
    tx.pages.save(Page(article.id, "", now, now, PageState.TAKEN, 1, settled_at=now))
    tx.articles.add_page_text(article, text, now)


def _number(article: Article) -> int:
    """The number it was made of: ids count from 1."""
    return article.id - 1


def make_verdicts(article: Article) -> list[Verdict]:
    """What each topic says of it; most articles are far from any."""
    dice = random.Random(article.id)  # noqa: S311 - the same number, the same score
    wanted = is_wanted(_number(article))
    favourite = dice.choice(TOPICS)
    return [_judge(article, topic, dice, wanted and topic == favourite) for topic in TOPICS]


def _judge(article: Article, topic: str, dice: random.Random, wanted: bool) -> Verdict:
    if not wanted:
        score = (THRESHOLD - 0.01) * dice.betavariate(0.4, 6)
        return Verdict(topic, round(score, 4), False, THRESHOLD, (), "archive-1")
    title = Evidence(article.title, 0, len(article.title), 0.4, ("LEASE_CANCELLED",))
    score = dice.uniform(THRESHOLD, 0.99)
    return Verdict(topic, round(score, 4), True, THRESHOLD, (title,), "archive-1")


def make_signals(article: Article) -> Signals:
    """What was found in it, as much as of a real one."""
    dice = random.Random(article.id)  # noqa: S311 - the same number, the same signals
    if not is_wanted(_number(article)):
        return Signals(article.language or "")
    words = [word.strip(".") for word in fold_text(f"{article.title} {article.text}").split()]
    vector = array("f", (dice.gauss(0, DIMENSIONS**-0.5) for _ in range(DIMENSIONS)))
    return Signals(
        language=article.language or "",
        concepts=frozenset({"LEASE_CANCELLED", "CAPEX"}),
        headline=(("LEASE_CANCELLED", "kündigt Mietverträge"),),
        words=frozenset(words),
        numbers=frozenset(word for word in words if word.isdecimal()),
        shingles=sketch(words),
        vector=vector.tobytes(),
    )


def _make_stories(flagged: Sequence[Flagged]) -> Iterator[Story]:
    """Few events are reported by many, most by one."""
    dice, at = random.Random(len(flagged)), 0  # noqa: S311 - the same batch, the same stories
    while at < len(flagged):
        size = 1 + int(MOST_MEMBERS * dice.random() ** 3)
        members = flagged[at : at + size]
        yield story(members, members[0].article.title)
        at += size


def _tell(tx: Transaction, told: Story) -> None:
    for channel in CHANNELS:
        _send(tx, alert(str(told.id), channel=channel), told)
        if len(told.members) > MOST_MEMBERS // 2:
            _send(tx, alert(str(told.id), "update-1", channel), told)
    if told.id % LABEL_EVERY == 0:
        article, wanted = told.members[0].article.id, told.id % 2 == 0
        tx.labels.add(Label(article, told.topic, wanted, LabelSource.COMMAND, told.last_seen_at))


def _send(tx: Transaction, queued: Alert, told: Story) -> None:
    now = told.first_seen_at if queued.is_first else told.last_seen_at
    message = Message(
        told.title, (Heading(told.title), Quote(told.title), Links((_link(told),))), "de"
    )
    outcome = Outcome.PERMANENT if told.id % DEAD_EVERY == 0 else Outcome.DELIVERED
    _deliver(tx, queued, message, outcome, now)


def _deliver(
    tx: Transaction, queued: Alert, message: Message, outcome: Outcome, now: datetime
) -> None:
    tx.outbox.queue([queued], now, now)
    row = tx.outbox.find(queued)
    assert row is not None
    claimed = claim(replace(row, attempts=PERMANENT_TRIES - 1), message, now)
    tx.outbox.save(settle(claimed, Receipt(outcome, f"{outcome} to {row.alert.channel}"), now, 0.0))


def _add_digests(tx: Transaction) -> None:
    """One for each day, with the stories of that day."""
    stories = tx.stories.recent(UNTIL - DAYS * DAY)
    for day in range(DAYS):
        since, until = UNTIL - (day + 1) * DAY, UNTIL - day * DAY
        made = CompiledDigest(DIGEST, f"{since:%Y-%m-%d}", since, until)
        tx.digests.add(made)
        told = [one for one in stories if since <= one.first_seen_at < until]
        queued = Alert(Subject.DIGEST, DIGEST, made.local_date, CHANNELS[0], "every day")
        cards = [Card("new", _link(one), (f"score {one.score:.2f}",)) for one in told]
        message = Message(f"{len(told)} stories", (Heading(made.local_date), *cards), "de")
        _deliver(tx, queued, message, Outcome.DELIVERED, until)


def _link(told: Story) -> Link:
    article = told.members[0].article
    return Link(told.title, article.link, article.feed_name)


async def make_archive(path: Path, articles: int) -> None:
    """Make the database of an archive."""
    store = open_store(path, now=UNTIL)
    await fill_archive(store, articles)
    await store.close()


if __name__ == "__main__":
    asyncio.run(make_archive(Path(sys.argv[1]), int([*sys.argv, str(ARTICLES)][2])))
