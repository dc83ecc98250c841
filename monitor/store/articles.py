"""Articles and their immutable revisions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    exists,
    func,
    text,
    tuple_,
)
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, and_, col, delete, or_, select, update

from monitor.core.model import Article, ArticleDraft, Health, TextSource
from monitor.store import index, schema
from monitor.store.columns import HOUR_MICROSECONDS, clean_text, micros
from monitor.store.feeds import polled
from monitor.store.rows import cut_chunks, insert_new

ROW, REVISION = SQLModel.metadata.tables["article"].c, SQLModel.metadata.tables["revision"].c
FEED = SQLModel.metadata.tables["feed"].c

Key = tuple[int, str]
"""A feed and an identity in it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the store has of an identity: the article and its newest revision."""

    article_id: int
    n: int
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Articles:
    """Fulfils `ports.Articles`."""

    session: Session

    def known(self, feed_id: int, identities: Iterable[str]) -> Mapping[str, str]:
        """Identity to fingerprint of the newest revision, for those the feed already has."""
        found = self._known((feed_id, identity) for identity in identities)
        return {key: known.fingerprint or "" for (_, key), known in found.items()}

    def add(self, drafts: Iterable[ArticleDraft]) -> Mapping[int, int]:
        """Store new articles and, where the fingerprint changed, new revisions.

        Give how many there are of each feed that has any. Of several drafts with one identity the
        first is taken. In bulk, with two look-ups: before, to see what is new; after, to learn the
        ids.
        """
        batch: dict[Key, ArticleDraft] = {}
        for draft in drafts:
            batch.setdefault((draft.feed_id, clean_text(draft.identity)), draft)
        before = self._known(batch)
        new = [article_row(draft) for key, draft in batch.items() if key not in before]
        insert_new(self.session, schema.Article, new)
        after = self._known(batch) if new else before
        changed = {k: d for k, d in batch.items() if after[k].fingerprint != d.fingerprint}
        insert_new(
            self.session, schema.Revision, [revision_row(after[k], d) for k, d in changed.items()]
        )
        self._reopen([after[key].article_id for key in changed if key in before])
        return Counter(feed_id for feed_id, _ in changed)

    def add_page_text(self, article: Article, text: str, seen_at: datetime) -> None:
        """Add a revision of it with the text of its page, which waits for its verdict."""
        row = self.session.get_one(schema.Article, article.id)
        revision = {
            "article_id": article.id,
            "n": row.newest + 1,
            "title": article.title,
            "text": text,
            "fingerprint": article.fingerprint,
            "seen_at": seen_at,
            "source": TextSource.PAGE,
        }
        insert_new(self.session, schema.Revision, [revision])
        self._reopen([article.id])

    def get(self, article_id: int) -> Article | None:
        """The article in its newest revision."""
        return next(iter(self._read(newest().where(col(schema.Article.id) == article_id))), None)

    def list(self, article_ids: Iterable[int]) -> Mapping[int, Article]:
        """These articles in their newest revisions, by id."""
        these = (col(schema.Article.id).in_(chunk) for chunk in cut_chunks(article_ids))
        return {one.id: one for chunk in these for one in self._read(newest().where(chunk))}

    def revisions(self, article_ids: Iterable[int]) -> Mapping[int, int]:
        """The newest revision of each of at most 500 articles."""
        article, revision = col(schema.Article.id), col(schema.Revision.id)
        of_these = select(article, revision).join(schema.Revision, is_newest())
        rows = self.session.exec(of_these.where(article.in_(list(article_ids))))
        return {id_: newest for id_, newest in rows if id_ and newest}

    def find(self, url: str) -> tuple[Article, ...]:
        """All articles with this link or canonical link, oldest first."""
        linked = or_(schema.Article.link == url, schema.Article.canonical_link == url)
        return self._read(newest().where(linked).order_by(col(schema.Article.id)))

    def waiting(self, limit: int) -> tuple[Article, ...]:
        """Newest revisions without any verdict, oldest first."""
        unjudged = newest().where(waits_for("verdict")).order_by(col(schema.Article.id))
        return self._read(unjudged.limit(limit))

    def backlog(self) -> Mapping[str, int]:
        """How many articles wait, by what they wait for: "verdict", "story"; none is 0."""
        step = col(schema.Article.waits_for)
        waiting = select(step, func.count()).where(step.is_not(None)).group_by(step)
        found = {name: n for name, n in self.session.exec(waiting) if name}
        return {"verdict": 0, "story": 0} | found

    def newest(self, limit: int, feed_id: int | None = None) -> tuple[Article, ...]:
        """The articles seen last, of one feed or of all, newest first."""
        seen = col(schema.Article.first_seen_at).desc(), col(schema.Article.id).desc()
        wanted = newest() if feed_id is None else newest().where(ROW.feed_id == feed_id)
        return self._read(wanted.order_by(*seen).limit(limit))

    def health(self, since: datetime, until: datetime) -> Health:
        """What was read in [since, until): articles stored, feeds answered, feeds failing now.

        Languages come with the most frequent first.
        """
        seen = col(schema.Article.first_seen_at)
        language = col(schema.Article.language)
        stored = select(language, func.count()).where(seen >= since, seen < until)
        spoken = dict(self.session.exec(stored.group_by(language)).all())
        feeds = self.session.exec(
            select(schema.Feed).where(polled()).order_by(col(schema.Feed.name))
        ).all()
        return Health(
            articles=sum(spoken.values()),
            feeds_ok=sum(row.last_ok_at is not None and row.last_ok_at >= since for row in feeds),
            feeds=len(feeds),
            failing=tuple((row.name, row.last_error or "") for row in feeds if row.failures),
            languages=tuple(sorted(spoken.items(), key=lambda pair: (-pair[1], pair[0] or ""))),
        )

    def forget(self, since: datetime, until: datetime, limit: int) -> int:
        """Delete texts, evidence and signals of articles first seen in [since, until).

        At most `limit` articles; count them. Identities stay, so that nothing is new twice, and
        so does what a person labelled: topics learn from it.
        """
        article = col(schema.Article.id)
        seen = col(schema.Article.first_seen_at)
        told = exists().where(
            col(schema.Revision.article_id) == article, col(schema.Revision.text) != ""
        )
        labelled = exists().where(
            col(schema.Label.article_id) == article, col(schema.Label.undone_at).is_(None)
        )
        old = select(article).where(seen >= since, seen < until, told, ~labelled)
        ids = self.session.exec(old.order_by(seen).limit(limit)).all()
        self._forget(ids)
        return len(ids)

    def _forget(self, ids: Sequence[int | None]) -> None:
        of_these = col(schema.Revision.article_id).in_(ids)
        revisions = self.session.exec(select(schema.Revision).where(of_these)).all()
        rows = [revision.model_dump() | {"text": ""} for revision in revisions]
        numbers = [row["id"] for row in rows]
        judged = col(schema.Verdict.revision_id).in_(numbers)
        described = col(schema.Signals.revision_id).in_(numbers)
        self.session.exec(update(schema.Verdict).where(judged).values(evidence=[]))
        self.session.exec(delete(schema.Signals).where(described))
        indexed = index.find_indexed(self.session, ids)
        index.remove(self.session, indexed)
        # An UPDATE would leave every page half empty for ever: SQLite only merges them on DELETE.
        self.session.connection().execute(text("PRAGMA defer_foreign_keys = ON"))
        self.session.exec(delete(schema.Revision).where(of_these))
        insert_new(self.session, schema.Revision, rows)
        index.add(self.session, indexed)

    def hours(self, since: datetime, *, flagged: bool = False) -> tuple[datetime, ...]:
        """The hours since then in which new articles came (or some were flagged), ascending.

        Each is its last moment with one. What a first fetch brought does not count.
        """
        seen = col(schema.Article.first_seen_at)
        hour = micros(ROW.first_seen_at) // HOUR_MICROSECONDS
        last = select(func.max(seen)).where(seen >= since, ~col(schema.Article.baseline))
        if flagged:  # signals are kept of flagged revisions only, so this reads few rows
            revision = col(schema.Revision.id) == col(schema.Signals.revision_id)
            article = col(schema.Article.id) == col(schema.Revision.article_id)
            last = last.select_from(schema.Signals).join(schema.Revision, revision)
            last = last.join(schema.Article, article)
        return tuple(self.session.exec(last.group_by(hour).order_by(hour)))

    def _reopen(self, article_ids: Sequence[int]) -> None:
        """An article with a newer revision waits for its verdict."""
        for article_id in article_ids:
            self.session.exec(
                update(schema.Article)
                .where(col(schema.Article.id) == article_id)
                .values(newest=schema.Article.newest + 1, waits_for="verdict")
            )

    def _known(self, keys: Iterable[Key]) -> dict[Key, Known]:
        found = dict[Key, Known]()
        for chunk in cut_chunks(keys):
            rows = self.session.connection().execute(KNOWN, {"keys": chunk})
            found.update({(feed, key): Known(*known) for feed, key, *known in rows})
        return found

    def _read(self, statement: Select[Any]) -> tuple[Article, ...]:
        return tuple(article_of(*row) for row in self.session.connection().execute(statement))


def is_newest() -> ColumnElement[bool]:
    """Join an article with its newest revision."""
    return and_(
        schema.Revision.article_id == schema.Article.id, schema.Revision.n == schema.Article.newest
    )


KNOWN = (
    select_columns(ROW.feed_id, ROW.identity, ROW.id, ROW.newest, REVISION.fingerprint)
    .join(schema.Revision, is_newest(), isouter=True)
    .where(tuple_(ROW.feed_id, ROW.identity).in_(bindparam("keys", expanding=True)))
)
"""What there is of feeds and identities."""


def waits_for(step: str) -> ColumnElement[bool]:
    """Choose the articles whose next step this is; the partial index holds only these."""
    return and_(col(schema.Article.waits_for) == step, col(schema.Article.waits_for).is_not(None))


COLUMNS = (
    ROW.id,
    REVISION.id,
    ROW.feed_id,
    FEED.name,
    ROW.link,
    REVISION.title,
    REVISION.text,
    ROW.language,
    ROW.published_at,
    ROW.first_seen_at,
    REVISION.seen_at,
    REVISION.fingerprint,
    ROW.baseline,
    REVISION.source,
    ROW.canonical_link,
)
"""What an `Article` is made of. Columns, not rows of the tables' classes: they cost half."""


def newest() -> Select[Any]:
    """Select articles in their newest revision."""
    return (
        select_columns(*COLUMNS)
        .join_from(schema.Article, schema.Revision, is_newest())
        .join(schema.Feed, FEED.id == ROW.feed_id)
    )


def article_row(draft: ArticleDraft) -> dict[str, object]:
    """Write what stays the same when the article is edited."""
    return {
        "feed_id": draft.feed_id,
        "identity": draft.identity,
        "link": draft.link,
        "canonical_link": draft.canonical_link,
        "language": draft.language,
        "published_given_at": draft.published_given_at,
        "published_at": draft.published_at,
        "first_seen_at": draft.first_seen_at,
        "baseline": draft.baseline,
        "newest": 1,
        "waits_for": "verdict",
    }


def revision_row(known: Known, draft: ArticleDraft) -> dict[str, object]:
    """Write what this revision says; an article without any gets its first."""
    return {
        "article_id": known.article_id,
        "n": known.n if known.fingerprint is None else known.n + 1,
        "title": draft.title,
        "text": draft.text,
        "fingerprint": draft.fingerprint,
        "seen_at": draft.first_seen_at,
        "source": TextSource.FEED,
    }


def article_of(*columns: Any) -> Article:
    """Turn the columns `COLUMNS` into the value that leaves the store."""
    *told, source, canonical_link = columns
    return Article(*(*told, TextSource(source), canonical_link))
