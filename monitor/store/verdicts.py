"""Judgements, one per revision and topic, and the signals of the flagged."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from monitor.core.model import Article, Flagged, NearMiss, Signals, Verdict
from monitor.store import schema
from monitor.store.articles import article_of, is_newest, waits_for
from monitor.store.codec import dump_evidence, load_evidence

ARTICLE = col(schema.Article.id)

MOVE_ON = (
    update(schema.Article)
    .where(bindparam("article") == ARTICLE)
    .values(waits_for=bindparam("step"), language=bindparam("said"))
)
"""What an article waits for next, and its language."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Fulfils `ports.Verdicts`."""

    session: Session

    def add(self, revision_id: int, verdicts: Iterable[Verdict], signals: Signals | None) -> None:
        """As `add_all`, of a single revision."""
        self.add_all({revision_id: (tuple(verdicts), signals)})

    def add_all(self, found: Mapping[int, tuple[Sequence[Verdict], Signals | None]]) -> None:
        """Store what was found of revisions; idempotent. At most 500.

        Signals are kept only where a verdict flagged; their language becomes the article's where
        it has none.
        """
        self._insert(
            schema.Verdict,
            [verdict_row(id_, one) for id_, (verdicts, _) in found.items() for one in verdicts],
        )
        flagged = self._flagged(found)
        signals = {id_: told for id_, (_, told) in found.items() if told}
        self._insert(
            schema.Signals,
            [signals_row(id_, told) for id_, told in signals.items() if id_ in flagged],
        )
        self._move_on(tuple(found), flagged, signals)

    def of(self, article_id: int) -> tuple[Verdict, ...]:
        """The newest revision's verdicts, by topic."""
        rows = self.session.exec(
            select(schema.Verdict)
            .join(schema.Revision, col(schema.Revision.id) == col(schema.Verdict.revision_id))
            .join(schema.Article, is_newest())
            .where(schema.Article.id == article_id)
            .order_by(col(schema.Verdict.topic))
        )
        return tuple(verdict_of(row) for row in rows)

    def waiting(self, limit: int) -> tuple[Flagged, ...]:
        """Flagged articles that belong to no story, oldest first; never those of a baseline."""
        waiting = newest_revisions().where(waits_for("story"))
        ids = self.session.exec(waiting.order_by(col(schema.Article.id)).limit(limit))
        return load_flagged(self.session, ids.all())

    def baseline(self, since: datetime, until: datetime) -> tuple[Flagged, ...]:
        """Flagged baseline articles first seen in [since, until), best first."""
        seen = col(schema.Article.first_seen_at)
        revision = col(schema.Verdict.revision_id) == col(schema.Revision.id)
        flagged = exists().where(revision, col(schema.Verdict.flagged))
        ids = self.session.exec(
            newest_revisions()
            .where(seen >= since, seen < until, col(schema.Article.baseline), flagged)
            .order_by(col(schema.Article.id))
        )
        found = load_flagged(self.session, ids.all())
        return tuple(sorted(found, key=lambda one: -one.score))

    def near(self, since: datetime, until: datetime, margin: float) -> tuple[NearMiss, ...]:
        """Articles first seen in [since, until) that no topic took, but one by `margin` only.

        The nearest first; an article appears once for each such topic. Never those of a baseline.
        """
        seen, score = col(schema.Article.first_seen_at), col(schema.Verdict.score)
        of_it = aliased(schema.Verdict)
        is_taken = exists().where(
            col(of_it.revision_id) == col(schema.Revision.id), col(of_it.flagged)
        )
        gap = col(schema.Verdict.threshold) - score
        rows = self.session.exec(
            select(schema.Verdict, schema.Article, schema.Revision, schema.Feed.name)
            .join(schema.Revision, col(schema.Revision.id) == col(schema.Verdict.revision_id))
            .join(schema.Article, is_newest())
            .join(schema.Feed, col(schema.Feed.id) == col(schema.Article.feed_id))
            .where(seen >= since, seen < until, ~col(schema.Article.baseline))
            .where(gap <= margin, ~is_taken)
            .order_by(gap, col(schema.Article.id))
        )
        return tuple(
            NearMiss(
                article_of(article, revision, name),
                verdict.topic,
                verdict.score or 0.0,
                verdict.threshold,
            )
            for verdict, article, revision, name in rows
        )

    def _insert(
        self,
        table: type[schema.Verdict | schema.Signals],
        rows: Sequence[Mapping[str, object]],
    ) -> None:
        if rows:
            self.session.connection().execute(insert(table).on_conflict_do_nothing(), rows)

    def _flagged(self, revision_ids: Iterable[int]) -> frozenset[int]:
        """Those that any verdict flags, also one that was stored before."""
        revision = col(schema.Verdict.revision_id)
        flagged = select(revision).where(
            revision.in_(list(revision_ids)), col(schema.Verdict.flagged)
        )
        return frozenset(self.session.exec(flagged))

    def _move_on(
        self, revision_ids: Sequence[int], flagged: Container[int], signals: Mapping[int, Signals]
    ) -> None:
        """Say what the articles wait for next, unless a newer revision still waits itself."""
        member, revision = col(schema.StoryMember.article_id), col(schema.Revision.id)
        placed = or_(col(schema.Article.baseline), exists().where(member == ARTICLE))
        rows = self.session.exec(
            select(schema.Article.id, revision, schema.Article.language, placed)
            .join(schema.Revision, is_newest())
            .where(revision.in_(revision_ids))
        )
        languages = {id_: told.language for id_, told in signals.items()}
        steps = [
            {
                "article": article,
                "step": "story" if id_ in flagged and not is_placed else None,
                "said": language or languages.get(id_ or 0),
            }
            for article, id_, language, is_placed in rows.all()
        ]
        if steps:
            self.session.connection().execute(MOVE_ON, steps)


def newest_revisions() -> SelectOfScalar[int | None]:
    """Select the ids of newest revisions."""
    return select(col(schema.Revision.id)).join(schema.Article, is_newest())


def load_flagged(session: Session, revision_ids: Sequence[int | None]) -> tuple[Flagged, ...]:
    """Read these revisions with verdicts and signals, in this order.

    Where signals are missing (an unreadable article flagged by hand) they are empty.
    """
    found: dict[int, Flagged] = {}
    for start in range(0, len(revision_ids), 500):
        found.update(load_chunk(session, revision_ids[start : start + 500]))
    return tuple(found[id_] for id_ in revision_ids if id_ is not None)


def load_chunk(session: Session, revision_ids: Sequence[int | None]) -> dict[int, Flagged]:
    """Read at most as many revisions as one statement takes values."""
    articles = load_articles(session, revision_ids)
    verdicts: dict[int, list[Verdict]] = defaultdict(list)
    of_these = col(schema.Verdict.revision_id).in_(revision_ids)
    for row in session.exec(select(schema.Verdict).where(of_these).order_by("topic")):
        verdicts[row.revision_id].append(verdict_of(row))
    with_signals = col(schema.Signals.revision_id).in_(revision_ids)
    signals = {
        row.revision_id: signals_of(row)
        for row in session.exec(select(schema.Signals).where(with_signals))
    }
    return {
        id_: Flagged(
            article, tuple(verdicts[id_]), signals.get(id_) or Signals(article.language or "")
        )
        for id_, article in articles.items()
    }


def load_articles(session: Session, revision_ids: Sequence[int | None]) -> dict[int, Article]:
    """Read articles as these revisions tell them."""
    rows = session.exec(
        select(schema.Article, schema.Revision, schema.Feed.name)
        .join(schema.Revision, col(schema.Revision.article_id) == col(schema.Article.id))
        .join(schema.Feed, col(schema.Feed.id) == col(schema.Article.feed_id))
        .where(col(schema.Revision.id).in_(revision_ids))
    )
    articles = (article_of(*row) for row in rows)
    return {article.revision_id: article for article in articles}


def verdict_row(revision_id: int, verdict: Verdict) -> dict[str, object]:
    """Write a verdict."""
    return {
        "revision_id": revision_id,
        "topic": verdict.topic,
        "score": verdict.score,
        "flagged": verdict.flagged,
        "threshold": verdict.threshold,
        "evidence": dump_evidence(verdict.evidence),
        "model_version": verdict.model_version,
        "reason": verdict.reason,
    }


def verdict_of(row: schema.Verdict) -> Verdict:
    """Turn a row into the value that leaves the store."""
    return Verdict(
        topic=row.topic,
        score=row.score,
        flagged=row.flagged,
        threshold=row.threshold,
        evidence=load_evidence(row.evidence),
        model_version=row.model_version,
        reason=row.reason,
    )


def signals_row(revision_id: int, signals: Signals) -> dict[str, object]:
    """Write signals; sets are sorted, so that the same signals are the same bytes."""
    return {
        "revision_id": revision_id,
        "language": signals.language,
        "concepts": sorted(signals.concepts),
        "headline": [list(pair) for pair in signals.headline],
        "words": sorted(signals.words),
        "numbers": sorted(signals.numbers),
        "shingles": list(signals.shingles),
        "vector": signals.vector,
    }


def signals_of(row: schema.Signals) -> Signals:
    """Turn a row into the value that leaves the store."""
    return Signals(
        language=row.language,
        concepts=frozenset(row.concepts),
        headline=tuple((concept, said) for concept, said in row.headline),
        words=frozenset(row.words),
        numbers=frozenset(row.numbers),
        shingles=tuple(row.shingles),
        vector=row.vector,
    )
