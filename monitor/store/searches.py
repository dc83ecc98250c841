"""The archive by its words: SQLite's FTS5 finds and ranks, these statements choose and load."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, column, exists, func, literal_column, or_, text
from sqlalchemy import select as select_columns
from sqlalchemy import table as table_of
from sqlmodel import Session, SQLModel

from monitor.core.excerpt import cut_excerpt, find_hits
from monitor.core.model import Among, Article, Flagged, Found, Order, Phrase, Verdict, Wanted
from monitor.errors import NotFound
from monitor.store import index, schema
from monitor.store.articles import FEED, REVISION, ROW, article_of, is_newest
from monitor.store.verdicts import (
    SIGNALS,
    THEIR_ARTICLES,
    THEIR_VERDICTS,
    VERDICT,
    load_flagged,
    verdict_of,
)

RANKED = 5_000
"""Of what is found, so many of those read last are ranked: ranking costs most of a search."""

RANK = func.bm25(literal_column("search"), 4.0, 1.0)
"""A word of the title counts four times a word of the text. Smaller is better."""

SEARCH = table_of("search", column("rowid", Integer))
ROWID = SEARCH.c.rowid
MATCHES = literal_column("search").op("MATCH")

DOCUMENTS = text(
    "SELECT value,"
    " (SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH value LIMIT :most))"
    " FROM json_each(:expressions)"
)
INDEXED = text("SELECT count(*) FROM search_docsize")


@dataclass(frozen=True, slots=True)
class Searches:
    """Fulfils `ports.Searches`."""

    session: Session

    def index(self, most: int) -> int:
        """Take in at most so many revisions that are not indexed yet; count the articles."""
        return index.add_next(self.session, most)

    def waiting(self) -> int:
        """How many revisions are not indexed yet."""
        return int(self.session.connection().execute(index.WAITING).scalar_one())

    def clear(self) -> None:
        """Forget the index; all of it is to be indexed again."""
        self.session.connection().execute(index.CLEAR)

    def find(self, wanted: Wanted, among: Among, order: Order, limit: int) -> tuple[Found, ...]:
        """At most so many articles that have what is wanted. Raise `NotFound` without the feed."""
        return self.load(self.rank(wanted, among, order, limit), wanted)

    def rank(self, wanted: Wanted, among: Among, order: Order, limit: int) -> Sequence[int]:
        """Give the revisions of what `find` finds; at least one phrase is wanted."""
        newest = (
            select_columns(ROWID.label("id"))
            .select_from(SEARCH)
            .join(schema.Revision, REVISION.id == ROWID)
            .join(schema.Article, is_newest())
            .where(MATCHES(write_expression(wanted)), *self._conditions(among))
            .order_by(ROWID.desc())
        )
        if order is Order.NEWEST:
            ids = newest.limit(limit)
        else:
            ranked = newest.add_columns(RANK.label("rank")).limit(RANKED).subquery()
            best = ranked.c.rank, ranked.c.id.desc()
            ids = select_columns(ranked.c.id).order_by(*best).limit(limit)
        return self.session.connection().execute(ids).scalars().all()

    def around(
        self, article: Article, wanted: Wanted, among: Among, limit: int
    ) -> tuple[Flagged, ...]:
        """Flagged articles with signals and with what is wanted, of those nearest in time."""
        seen, at = ROW.first_seen_at, article.first_seen_at
        asked = (
            select_columns(REVISION.id)
            .join(schema.Article, is_newest())
            .where(exists().where(SIGNALS.revision_id == REVISION.id), *self._conditions(among))
            .limit(limit // 2)
        )
        if wanted.every:
            found = select_columns(ROWID).where(MATCHES(write_expression(wanted)))
            asked = asked.where(REVISION.id.in_(found))
        read = self.session.connection().scalars
        earlier = read(asked.where(seen < at).order_by(seen.desc())).all()
        later = read(asked.where(seen >= at).order_by(seen)).all()
        return load_flagged(self.session, [*earlier, *later])

    def load(self, revision_ids: Sequence[int], wanted: Wanted) -> tuple[Found, ...]:
        """Read these revisions, in this order; what is wanted is marked."""
        connection, these = self.session.connection(), {"ids": revision_ids}
        articles = {row[1]: article_of(*row) for row in connection.execute(THEIR_ARTICLES, these)}
        verdicts = defaultdict[int, list[Verdict]](list)
        for id_, *verdict in connection.execute(THEIR_VERDICTS, these):
            verdicts[id_].append(verdict_of(*verdict))
        stories = self._stories([article.id for article in articles.values()])
        return tuple(
            found_of(articles[id_], wanted, verdicts[id_], stories.get(articles[id_].id))
            for id_ in revision_ids
        )

    def documents(self, words: Iterable[str], most: int) -> Mapping[str, int]:
        """In how many indexed articles each word is, counted up to `most`."""
        asked = {write_any([Phrase((word,))]): word for word in words}
        given = {"expressions": json.dumps(list(asked)), "most": most}
        counted = self.session.connection().execute(DOCUMENTS, given)
        return {asked[expression]: count for expression, count in counted}

    def size(self) -> int:
        """How many articles are indexed."""
        return int(self.session.connection().execute(INDEXED).scalar_one())

    def _conditions(self, among: Among) -> Iterator[ColumnElement[bool]]:
        """Say in SQL which articles are looked at."""
        took = exists().where(VERDICT.revision_id == REVISION.id, VERDICT.flagged)
        if among.topic is not None:
            yield took.where(VERDICT.topic == among.topic)
        if among.flagged:
            yield took
        if among.feed is not None:
            yield ROW.feed_id.in_(self._feeds(among.feed))
        if among.language is not None:
            code = among.language.lower()
            said = func.lower(ROW.language)
            yield or_(said == code, said.startswith(f"{code}-", autoescape=True))
        if among.since is not None:
            yield ROW.first_seen_at >= among.since
        if among.until is not None:
            yield ROW.first_seen_at < among.until
        if among.other_than is not None:
            yield ROW.id != among.other_than

    def _feeds(self, called: str) -> list[int]:
        """The feeds of this name or address, polled or not."""
        feeds = self.session.connection().execute(select_columns(FEED.id, FEED.name, FEED.url))
        name = called.casefold()
        found = [id_ for id_, *names in feeds if name in map(str.casefold, names)]
        if not found:
            raise NotFound(f"no feed {called}; `monitor feeds list` shows names and addresses")
        return found

    def _stories(self, article_ids: Sequence[int]) -> dict[int, int]:
        member = SQLModel.metadata.tables["story_member"].c
        rows = select_columns(member.article_id, member.story_id)
        found = self.session.connection().execute(rows.where(member.article_id.in_(article_ids)))
        return {row.article_id: row.story_id for row in found}


def found_of(
    article: Article, wanted: Wanted, verdicts: Sequence[Verdict], story: int | None
) -> Found:
    """Show in an article what was looked for."""
    excerpt, hits = cut_excerpt(article.text, find_hits(article.text, wanted))
    in_title = find_hits(article.title, wanted)
    return Found(article, in_title, excerpt, hits, tuple(verdicts), story)


def write_expression(wanted: Wanted) -> str:
    """Write what is wanted for FTS5: phrases of letters and digits in quotes, so all is plain text.

    https://www.sqlite.org/fts5.html#full_text_query_syntax
    """
    every = " AND ".join(write_any(group) for group in wanted.every)
    return f"({every}) NOT {write_any(wanted.never)}" if wanted.never else every


def write_any(phrases: Iterable[Phrase]) -> str:
    """Any of the phrases."""
    quoted = (f'"{" ".join(phrase.words)}"{" *" if phrase.open else ""}' for phrase in phrases)
    return f"({' OR '.join(quoted)})"
