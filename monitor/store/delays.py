"""How long news took: between the times of articles and those of the outbox."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, cast, func, select
from sqlmodel import Session, SQLModel

from monitor.core.model import FIRST, Delivery, Subject
from monitor.store import schema
from monitor.store.columns import MICROSECOND, micros

CREDIBLE = timedelta(days=7)
"""What is said to be older when we first see it was not published then: dates are made up."""

ARTICLE, FEED, MEMBER, OUTBOX = (
    SQLModel.metadata.tables[str(row.__tablename__)].c
    for row in (schema.Article, schema.Feed, schema.StoryMember, schema.Outbox)
)


@dataclass(frozen=True, slots=True)
class Delays:
    """Fulfils `ports.Delays`."""

    session: Session

    def until_seen(
        self, since: datetime, feed_ids: Collection[int] | None = None
    ) -> Mapping[int, Sequence[timedelta]]:
        """From publication to when we saw it, of articles of these feeds (None: all) since then."""
        delay = micros(ARTICLE.first_seen_at) - micros(ARTICLE.published_given_at)
        seen = (
            select(ARTICLE.feed_id, delay)
            .join_from(ARTICLE.id.table, FEED.id.table)
            .where(
                ARTICLE.first_seen_at >= since,
                # A first fetch finds what lay there, also where that is no baseline.
                ARTICLE.first_seen_at > FEED.baseline_at,
                ARTICLE.baseline.is_(False),
                delay.between(0, CREDIBLE // MICROSECOND),
            )
        )
        return self._gather(seen if feed_ids is None else seen.where(FEED.id.in_(feed_ids)))

    def until_told(self, since: datetime) -> Mapping[int, Sequence[timedelta]]:
        """From when we saw a story's first article to its first alert, of alerts sent since."""
        alerts = (
            select(
                cast(OUTBOX.subject_id, Integer).label("story"),
                func.min(micros(OUTBOX.settled_at)).label("told"),
            )
            .where(
                OUTBOX.subject == Subject.STORY.value,
                OUTBOX.occasion == FIRST,
                OUTBOX.state == Delivery.SENT.value,
                OUTBOX.settled_at >= since,
                OUTBOX.held_until.is_(None),
            )
            .group_by(OUTBOX.subject_id)
            .subquery()
        )
        seen = micros(ARTICLE.first_seen_at)
        members = (
            select(
                ARTICLE.feed_id,
                (alerts.c.told - seen).label("delay"),
                func.row_number().over(partition_by=alerts.c.story, order_by=seen).label("n"),
            )
            .join_from(alerts, MEMBER.story_id.table, MEMBER.story_id == alerts.c.story)
            .join(ARTICLE.id.table, ARTICLE.id == MEMBER.article_id)
            .where(ARTICLE.baseline.is_(False))
            .subquery()
        ).c
        first = select(members.feed_id, members.delay).where(members.n == 1, members.delay >= 0)
        return self._gather(first)

    def _gather(self, delays: Select[Any]) -> Mapping[int, Sequence[timedelta]]:
        found = defaultdict[int, list[timedelta]](list)
        for feed_id, delay in self.session.connection().execute(delays):
            found[feed_id].append(delay * MICROSECOND)
        return found
