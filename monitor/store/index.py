"""The index of words: which revisions are in it, and how they get in and out.

It holds the newest revision of each article, up to the newest revision that is in it. It keeps no
copy of the texts (that would be as much again), so SQLite has to be told the text of what is taken
out: that is done before a text is deleted, never after. SQLite's own table `search_docsize` says
what is in it (https://www.sqlite.org/fts5.html#the_docsize_table).
"""

import json
from collections.abc import Collection

from sqlalchemy import TextClause, text
from sqlmodel import Session

NEXT = text(
    "SELECT max(id) FROM (SELECT id, article_id FROM revision"
    " WHERE id > (SELECT coalesce(max(id), 0) FROM search_docsize)"
    " ORDER BY id LIMIT :most) GROUP BY article_id"
)
"""Of each article the newest revision among the next ones."""

SUPERSEDED = text(
    "SELECT DISTINCT old.id FROM revision AS new"
    " JOIN revision AS old ON old.article_id = new.article_id AND old.n < new.n"
    " JOIN search_docsize ON search_docsize.id = old.id"
    " WHERE new.id IN (SELECT value FROM json_each(:ids))"
)
INDEXED = text(
    "SELECT id FROM search_docsize WHERE id IN"
    " (SELECT id FROM revision WHERE article_id IN (SELECT value FROM json_each(:ids)))"
)
ADD = text(
    "INSERT INTO search (rowid, title, text) SELECT id, title, text FROM revision"
    " WHERE id IN (SELECT value FROM json_each(:ids))"
)
REMOVE = text(
    "INSERT INTO search (search, rowid, title, text) SELECT 'delete', id, title, text FROM revision"
    " WHERE id IN (SELECT value FROM json_each(:ids))"
)
CLEAR = text("INSERT INTO search (search) VALUES ('delete-all')")
WAITING = text(
    "SELECT coalesce((SELECT max(id) FROM revision), 0)"
    " - (SELECT coalesce(max(id), 0) FROM search_docsize)"
)
"""Their ids have no gaps; to count them would read all texts where none is indexed yet."""


def add_next(session: Session, most: int) -> int:
    """Take in at most so many revisions, in the place of older ones; count the articles."""
    new = _find(session, NEXT, most=most)
    remove(session, _find(session, SUPERSEDED, ids=json.dumps(new)))
    add(session, new)
    return len(new)


def find_indexed(session: Session, article_ids: Collection[int | None]) -> list[int]:
    """The revisions of these articles that are in the index."""
    return _find(session, INDEXED, ids=json.dumps(list(article_ids)))


def add(session: Session, revision_ids: Collection[int]) -> None:
    """Take these revisions in, as they are now."""
    session.connection().execute(ADD, {"ids": json.dumps(list(revision_ids))})


def remove(session: Session, revision_ids: Collection[int]) -> None:
    """Take these revisions out; they are in it, and as they were when they were taken in."""
    session.connection().execute(REMOVE, {"ids": json.dumps(list(revision_ids))})


def _find(session: Session, statement: TextClause, **values: object) -> list[int]:
    return list(session.connection().execute(statement, values).scalars())
