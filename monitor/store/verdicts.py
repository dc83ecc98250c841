"""Judgements, one per revision and topic, and the signals of the flagged."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, exists
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from monitor.core.model import Flagged, NearMiss, Signals, Verdict
from monitor.store import schema
from monitor.store.articles import COLUMNS, REVISION, article_of, is_newest, newest, waits_for
from monitor.store.codec import dump_evidence, load_evidence
from monitor.store.rows import cut_chunks, insert_new

ARTICLE = col(schema.Article.id)

VERDICT, SIGNALS = SQLModel.metadata.tables["verdict"].c, SQLModel.metadata.tables["signals"].c
VERDICT_COLUMNS = tuple(VERDICT[field.name] for field in fields(Verdict))
SIGNALS_COLUMNS = tuple(SIGNALS[field.name] for field in fields(Signals))
THESE = bindparam("ids", expanding=True, type_=Integer)
THEIR_ARTICLES = (
    select_columns(*COLUMNS)
    .join_from(schema.Article, schema.Revision, REVISION.article_id == ARTICLE)
    .join(schema.Feed, col(schema.Feed.id) == col(schema.Article.feed_id))
    .where(REVISION.id.in_(THESE))
)
"""Articles as these revisions tell them."""

THEIR_VERDICTS = (
    select_columns(VERDICT.revision_id, *VERDICT_COLUMNS)
    .where(VERDICT.revision_id.in_(THESE))
    .order_by(VERDICT.topic)
)
THEIR_SIGNALS = select_columns(SIGNALS.revision_id, *SIGNALS_COLUMNS).where(
    SIGNALS.revision_id.in_(THESE)
)

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

    def add(self, found: Mapping[int, tuple[Sequence[Verdict], Signals | None]]) -> None:
        """Store what was found of revisions; idempotent. At most 500.

        Signals are kept only where a verdict flagged; their language becomes the article's where
        it has none.
        """
        insert_new(
            self.session,
            schema.Verdict,
            [verdict_row(id_, one) for id_, (verdicts, _) in found.items() for one in verdicts],
        )
        flagged = self._flagged(found)
        signals = {id_: told for id_, (_, told) in found.items() if told}
        insert_new(
            self.session,
            schema.Signals,
            [signals_row(id_, told) for id_, told in signals.items() if id_ in flagged],
        )
        self._move_on(tuple(found), flagged, signals)

    def of(self, article_id: int) -> tuple[Verdict, ...]:
        """The newest revision's verdicts, by topic."""
        rows = self.session.connection().execute(
            select_columns(*VERDICT_COLUMNS)
            .join_from(schema.Verdict, schema.Revision, REVISION.id == VERDICT.revision_id)
            .join(schema.Article, is_newest())
            .where(col(schema.Article.id) == article_id)
            .order_by(VERDICT.topic)
        )
        return tuple(verdict_of(*row) for row in rows)

    def flagged(self, article_id: int) -> Flagged | None:
        """The article's newest revision, if a topic flagged it."""
        ids = self.session.exec(newest_revisions().where(article_id == ARTICLE)).all()
        return next((one for one in load_flagged(self.session, ids) if one.topics), None)

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
        rows = self.session.connection().execute(
            newest()
            .add_columns(VERDICT.topic, score, VERDICT.threshold)
            .join(schema.Verdict, col(schema.Revision.id) == col(schema.Verdict.revision_id))
            .where(seen >= since, seen < until, ~col(schema.Article.baseline))
            .where(gap <= margin, ~is_taken)
            .order_by(gap, col(schema.Article.id))
        )
        return tuple(
            NearMiss(article_of(*article), topic, score or 0.0, threshold)
            for *article, topic, score, threshold in rows
        )

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
    for chunk in cut_chunks(revision_ids):
        found.update(load_chunk(session, chunk))
    return tuple(found[id_] for id_ in revision_ids if id_ is not None)


def load_chunk(session: Session, revision_ids: Sequence[int | None]) -> dict[int, Flagged]:
    """Read at most as many revisions as one statement takes values."""
    connection, these = session.connection(), {"ids": revision_ids}
    articles = [article_of(*row) for row in connection.execute(THEIR_ARTICLES, these)]
    verdicts: dict[int, list[Verdict]] = defaultdict(list)
    for revision_id, *verdict in connection.execute(THEIR_VERDICTS, these):
        verdicts[revision_id].append(verdict_of(*verdict))
    signals = {id_: signals_of(*told) for id_, *told in connection.execute(THEIR_SIGNALS, these)}
    return {
        one.revision_id: Flagged(
            one,
            tuple(verdicts[one.revision_id]),
            signals.get(one.revision_id) or Signals(one.language or ""),
        )
        for one in articles
    }


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


def verdict_of(
    topic: str,
    score: float | None,
    flagged: bool,
    threshold: float,
    evidence: list[dict[str, Any]],
    model_version: str,
    reason: str,
) -> Verdict:
    """Turn the columns `VERDICT_COLUMNS` into the value that leaves the store."""
    said = load_evidence(evidence)
    return Verdict(topic, score, flagged, threshold, said, model_version, reason)


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


def signals_of(
    language: str,
    concepts: Sequence[str],
    headline: Sequence[tuple[str, str]],
    words: Sequence[str],
    numbers: Sequence[str],
    shingles: Sequence[int],
    vector: bytes | None,
) -> Signals:
    """Turn the columns `SIGNALS_COLUMNS` into the value that leaves the store."""
    return Signals(
        language=language,
        concepts=frozenset(concepts),
        headline=tuple((concept, said) for concept, said in headline),
        words=frozenset(words),
        numbers=frozenset(numbers),
        shingles=tuple(shingles),
        vector=vector,
    )
