"""What a backtest reads: many scores at once, few articles whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Integer, bindparam, cast, func, select
from sqlmodel import Session, SQLModel

from monitor.core.backtest import BINS
from monitor.core.model import Flagged, Score, Scored
from monitor.store.columns import Moment
from monitor.store.verdicts import load_flagged

ARTICLE, REVISION, VERDICT, SIGNALS = (
    SQLModel.metadata.tables[name].c for name in ("article", "revision", "verdict", "signals")
)

JUDGED_SINCE = (
    select(
        REVISION.id,
        REVISION.article_id,
        REVISION.seen_at,
        SIGNALS.revision_id.is_not(None),
        VERDICT.topic,
        VERDICT.score,
        VERDICT.model_version,
    )
    .join_from(ARTICLE.id.table, REVISION.id.table, REVISION.article_id == ARTICLE.id)
    .join(VERDICT.id.table, VERDICT.revision_id == REVISION.id)
    .outerjoin(SIGNALS.revision_id.table, SIGNALS.revision_id == REVISION.id)
    .where(ARTICLE.first_seen_at >= bindparam("since", type_=Moment), ~ARTICLE.baseline)
    .order_by(REVISION.seen_at, REVISION.article_id, REVISION.n)
)
"""A row for each verdict; those of one revision follow each other."""

SEEN_SINCE = select(ARTICLE.id).where(
    ARTICLE.first_seen_at >= bindparam("since", type_=Moment), ~ARTICLE.baseline
)
BEST_SINCE = (
    select(func.max(VERDICT.score).label("score"))
    .join_from(REVISION.id.table, VERDICT.id.table, VERDICT.revision_id == REVISION.id)
    .where(REVISION.article_id.in_(SEEN_SINCE), VERDICT.topic == bindparam("topic"))
    .where(VERDICT.score.is_not(None))
    .group_by(REVISION.article_id)
    .subquery()
)
"""Each article's best score. A join with the articles would begin with all verdicts there are."""

BAR = func.min(cast(BEST_SINCE.c.score * BINS, Integer), BINS - 1)
HISTOGRAM = select(BAR, func.count()).group_by(BAR)

OLDEST = select(func.min(ARTICLE.first_seen_at))


@dataclass(frozen=True, slots=True)
class Scores:
    """Fulfils `ports.Scores`. Columns, not objects: fifty thousand rows take half a second."""

    session: Session

    def since(self, since: datetime) -> tuple[Scored, ...]:
        """Judged revisions of articles first seen since then, the one seen first first."""
        rows = self.session.connection().execute(JUDGED_SINCE, {"since": since})
        return tuple(scored_of(rows))

    def count(self, topic: str, since: datetime) -> tuple[int, ...]:
        """How many articles first seen since then a topic has scored, by `BINS` of their best."""
        rows = self.session.connection().execute(HISTOGRAM, {"topic": topic, "since": since})
        counted = dict(rows.all())
        return tuple(counted.get(bar, 0) for bar in range(BINS))

    def begin(self) -> datetime | None:
        """When the first article of all was seen, also of a baseline; None without any."""
        oldest: datetime | None = self.session.connection().scalar(OLDEST)
        return oldest

    def load(self, revision_ids: Sequence[int]) -> tuple[Flagged, ...]:
        """These revisions with what was found in them, in this order, flagged or not."""
        return load_flagged(self.session, revision_ids)


def scored_of(rows: Iterable[Any]) -> Iterator[Scored]:
    """Turn rows of `JUDGED_SINCE` into the values that leave the store."""
    for _, of_one in groupby(rows, key=itemgetter(0)):
        told = list(of_one)
        revision_id, article_id, seen_at, has_signals, *_ = told[0]
        scores = {topic: Score(value, version) for *_, topic, value, version in told}
        yield Scored(article_id, revision_id, seen_at, scores, bool(has_signals))
