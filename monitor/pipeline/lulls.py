"""Who is silent for too long: what is usual is learned once a day, and kept in memory.

Each minute only what came since the last look is read: the archive would cost a second.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from zoneinfo import ZoneInfo

from monitor.core.habit import (
    BACK,
    LONG_BACK,
    Expectation,
    Habit,
    expect,
    find_bound,
    find_lull,
    hour_of,
    learn_habit,
    list_heard,
)
from monitor.core.model import Trouble, TroubleKind
from monitor.core.notice import GATHER_LULLS, Watched
from monitor.pipeline.expected import Expected, Subject
from monitor.pipeline.parts import Parts
from monitor.ports import Transaction

FEED, TOPIC = TroubleKind.FEED_QUIET, TroubleKind.TOPIC_QUIET

LATE = timedelta(minutes=15)
"""An article is stored that much after it was seen, at the latest: polls are written together."""

LATE_VERDICT = timedelta(hours=6)
"""So long after an article a topic may take it, when its page is read: later ones wait for the next
day's learning."""

BREAKS = "not watched"
"""The note of when nobody listened: pairs of times, the newest last."""

MOST_BREAKS = 500

Archive = Iterable[tuple[Subject, int, Mapping[int, int]]]
"""Who brought how much in which hour, and from which hour on that was noted."""


async def expect_news(parts: Parts) -> None:
    """Learn what is usual, or read who brought something since the last look."""
    expected, now = parts.live.expected, parts.clock()
    if expected is None or not expected.is_fresh(now):
        parts.live.expected = await parts.store.read(partial(_learn, parts, now))
        return
    since = min(expected.looked_at, now)
    read = partial(_read_latest, since - LATE, since - LATE_VERDICT)
    expected.take(await parts.store.read(read), now)


def find_lulls(
    parts: Parts, tx: Transaction, known: Iterable[Watched], watching: tuple[datetime, datetime]
) -> tuple[Trouble, ...]:
    """Feeds and topics that are silent although something was due; known ones until news come.

    `watching`: since when articles are read without a break, and when the newest came.
    """
    expected = parts.live.expected
    lasting = {w.key: w.trouble for w in known if _lasts(w, expected.latest if expected else {})}
    late = expected.late(parts.clock()) if expected else {}
    fresh = {subject: one for subject, one in late.items() if subject not in lasting}
    feeds = {int(id_): one for (kind, id_), one in fresh.items() if kind is FEED}
    topics = {name: one for (kind, name), one in fresh.items() if kind is TOPIC}
    return (
        *lasting.values(),
        *_blame_feeds(parts, tx, feeds),
        *_blame_topics(parts, topics, watching),
    )


def note_break(tx: Transaction, begin: datetime, end: datetime) -> None:
    """Remember that nobody listened between two moments; what goes on from the last is one."""
    breaks = read_breaks(tx)
    if breaks and breaks[-1][1] >= begin:
        begin = min(breaks.pop()[0], begin)
    kept = [pair for pair in (*breaks, (begin, end)) if end - pair[1] <= LONG_BACK][-MOST_BREAKS:]
    tx.notes.set(BREAKS, json.dumps([[at.isoformat() for at in pair] for pair in kept]))


def read_breaks(tx: Transaction) -> list[tuple[datetime, datetime]]:
    """When nobody listened, as far as it is known."""
    pairs = json.loads(tx.notes.get(BREAKS) or "[]")
    return [(datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in pairs]


# --- learning -------------------------------------------------------------------------------------


def _learn(parts: Parts, now: datetime, tx: Transaction) -> Expected:
    since, zone = now - BACK, ZoneInfo(parts.rules.timezone)
    feeds = {feed.id: feed.state.baseline_at for feed in tx.feeds.list() if feed.state.baseline_at}
    archive = chain(_read_feeds(tx, since, feeds), _read_topics(parts, tx, since))
    habits = _learn_habits(tx, archive, since, now, zone)
    latest = dict(_read_latest(since, since, tx))
    slow = {id_: begun for id_, begun in feeds.items() if (FEED, str(id_)) not in habits}
    if any(begun < since for begun in slow.values()):
        since = now - LONG_BACK
        habits |= _learn_habits(tx, _read_feeds(tx, since, slow), since, now, zone)
        latest = _name_feeds(tx.rhythms.latest_of_feeds(since, slow)) | latest
    watched = len(habits)
    expectations = {
        subject: expect(habit, latest[subject], find_bound(habit, watched), zone)
        for subject, habit in habits.items()
    }
    return Expected(now, now, latest, expectations, zone)


def _learn_habits(
    tx: Transaction, archive: Archive, since: datetime, now: datetime, zone: ZoneInfo
) -> dict[Subject, Habit]:
    """The habits of those of whom so much of the archive says enough."""
    heard = list_heard(since, now, read_breaks(tx), zone)
    learned = {subject: learn_habit(counts, heard, begin) for subject, begin, counts in archive}
    return {subject: habit for subject, habit in learned.items() if habit}


def _read_feeds(tx: Transaction, since: datetime, feeds: Mapping[int, datetime]) -> Archive:
    """These feeds, each with when it was begun."""
    for id_, counts in tx.rhythms.of_feeds(since, tuple(feeds)).items():
        yield (FEED, str(id_)), hour_of(feeds[id_]) + 1, counts


def _read_topics(parts: Parts, tx: Transaction, since: datetime) -> Archive:
    topics = tx.rhythms.of_topics(since)
    for topic in parts.topics:
        # It begins with the first article it took: nobody notes when a topic was added.
        if counts := topics.get(topic.name):
            yield (TOPIC, topic.name), min(counts), counts


def _read_latest(
    since: datetime, topics_since: datetime, tx: Transaction
) -> Mapping[Subject, datetime]:
    topics = tx.rhythms.latest_of_topics(topics_since)
    return _name_feeds(tx.rhythms.latest_of_feeds(since)) | {
        (TOPIC, name): at for name, at in topics.items()
    }


def _name_feeds(latest: Mapping[int, datetime]) -> dict[Subject, datetime]:
    return {(FEED, str(id_)): at for id_, at in latest.items()}


# --- finding --------------------------------------------------------------------------------------


def _lasts(watched: Watched, latest: Mapping[Subject, datetime]) -> bool:
    """Whether a known silence goes on: its odds are reckoned anew each day, it lasts until news."""
    if watched.trouble.kind not in {FEED, TOPIC}:
        return False
    since, news_at = watched.trouble.since, latest.get(watched.key)
    return since is None or news_at is None or news_at <= since


def _blame_feeds(
    parts: Parts, tx: Transaction, late: Mapping[int, Expectation]
) -> Iterable[Trouble]:
    """Only the time in which it gave whole answers, one after the other, counts as silence."""
    for feed in tx.feeds.load(tuple(late)) if late else ():
        read_since, read_until = feed.state.read_since_at, feed.state.last_ok_at
        if read_since and read_until:
            span = max(late[feed.id].last_at, read_since), read_until
            yield from _blame(parts, FEED, str(feed.id), feed.spec.name, late[feed.id], span)


def _blame_topics(
    parts: Parts, late: Mapping[str, Expectation], watching: tuple[datetime, datetime]
) -> Iterable[Trouble]:
    labels = parts.labels()
    for name in labels.keys() & late.keys():
        span = max(late[name].last_at, watching[0]), watching[1]
        yield from _blame(parts, TOPIC, name, labels[name], late[name], span)


def _blame(
    parts: Parts,
    kind: TroubleKind,
    subject: str,
    name: str,
    expected: Expectation,
    span: tuple[datetime, datetime],
) -> Iterable[Trouble]:
    lull = find_lull(expected.habit, *span, expected.bound, ZoneInfo(parts.rules.timezone))
    if lull:
        yield Trouble(kind, subject, name, since=span[0], wait=GATHER_LULLS, lull=lull)
