"""How often feeds bring something new, and how often topics take something of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, literal_column, select
from sqlmodel import Session, SQLModel

from monitor.store import schema
from monitor.store.columns import HOUR_MICROSECONDS, micros

ARTICLE, REVISION, SIGNALS, VERDICT = (
    SQLModel.metadata.tables[str(row.__tablename__)].c
    for row in (schema.Article, schema.Revision, schema.Signals, schema.Verdict)
)
# Bare, it would be grouped through the index of feeds and identities: all articles ever seen.
BY_FEED = ARTICLE.feed_id + 0
FEW: ColumnElement[float] = literal_column("0.0001")
"""Tells SQLite that few articles are new, so that it begins with the index on time."""
HOUR = micros(ARTICLE.first_seen_at) // HOUR_MICROSECONDS
SEEN_LAST = func.max(ARTICLE.first_seen_at)


@dataclass(frozen=True, slots=True)
class Rhythms:
    """Fulfils `ports.Rhythms`."""

    session: Session

    def of_feeds(
        self, since: datetime, feed_ids: Collection[int] | None = None
    ) -> Mapping[int, Mapping[int, int]]:
        """How many new articles each of these feeds (None: all) brought, by hour since 1970."""
        counts = _of_these(of_feeds(since, BY_FEED, HOUR, func.count()), feed_ids)
        return _by_hour(self._read(counts.group_by(BY_FEED, HOUR)))

    def of_topics(self, since: datetime) -> Mapping[str, Mapping[int, int]]:
        """How many of the articles first seen since then each topic took, by hour since 1970."""
        taken = func.count(distinct(ARTICLE.id))
        counts = of_topics(since, VERDICT.topic, HOUR, taken)
        return _by_hour(self._read(counts.group_by(VERDICT.topic, HOUR)))

    def latest_of_feeds(
        self, since: datetime, feed_ids: Collection[int] | None = None
    ) -> Mapping[int, datetime]:
        """When each of these feeds (None: all) last brought a new article, if since then."""
        latest = _of_these(of_feeds(since, BY_FEED, SEEN_LAST), feed_ids)
        return dict(self._read(latest.group_by(BY_FEED)))

    def latest_of_topics(self, since: datetime) -> Mapping[str, datetime]:
        """When the newest article that each topic took was first seen, if since then."""
        recent = func.likelihood(ARTICLE.first_seen_at >= since, FEW)
        latest = of_topics(since, VERDICT.topic, SEEN_LAST).where(recent).group_by(VERDICT.topic)
        return dict(self._read(latest))

    def _read(self, statement: Select[Any]) -> Iterable[Any]:
        return map(tuple, self.session.connection().execute(statement))


def of_feeds(since: datetime, *told: ColumnElement[Any]) -> Select[Any]:
    """Select of new articles, without a baseline's."""
    return select(*told).where(ARTICLE.first_seen_at >= since, ARTICLE.baseline.is_(False))


def of_topics(since: datetime, *told: ColumnElement[Any]) -> Select[Any]:
    """Select of flagged articles, without a baseline's.

    Signals are kept of flagged revisions only, so a long span reads few rows.
    """
    return (
        select(*told)
        .select_from(schema.Signals)
        .join(schema.Verdict, VERDICT.revision_id == SIGNALS.revision_id)
        .join(schema.Revision, REVISION.id == SIGNALS.revision_id)
        .join(schema.Article, ARTICLE.id == REVISION.article_id)
        .where(ARTICLE.first_seen_at >= since, ARTICLE.baseline.is_(False), VERDICT.flagged)
    )


def _of_these(statement: Select[Any], feed_ids: Collection[int] | None) -> Select[Any]:
    return statement if feed_ids is None else statement.where(BY_FEED.in_(feed_ids))


def _by_hour(rows: Iterable[Any]) -> Mapping[Any, Mapping[int, int]]:
    counts = defaultdict[Any, dict[int, int]](dict)
    for subject, hour, count in rows:
        counts[subject][hour] = count
    return counts
