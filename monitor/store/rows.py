"""Rows in bulk, below the session that keeps objects: it costs twice as much."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, SQLModel

T = TypeVar("T")

CHUNK = 500
"""Values asked for in one statement; SQLite takes 32,766 at most."""


def insert_new(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, object]]
) -> None:
    """Insert the rows that are not there yet."""
    if rows:
        session.connection().execute(insert(table).on_conflict_do_nothing(), rows)


def cut_chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """As many at a time as one statement asks for."""
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
