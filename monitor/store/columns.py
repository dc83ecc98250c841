"""Column types: how a time, a text and a small structure are written down in SQLite."""
# ruff: noqa: ARG002 - SQLAlchemy hands every type the dialect

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR_MICROSECONDS = 3_600_000_000


def clean_text(text: str) -> str:
    """Drop NUL, join surrogate pairs and replace lone surrogates.

    `core.article` has cleaned before; this is the last fence, because SQLite keeps a NUL and
    refuses a lone surrogate only when the statement runs.
    """
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def micros(moment: ColumnElement[datetime]) -> ColumnElement[int]:
    """A time as the number it is stored as, to reckon with."""
    return type_coerce(moment, Integer)


class Moment(TypeDecorator[datetime]):
    """An aware time as microseconds since 1970 UTC: exact, sortable, the same in every zone."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Write it; a naive time raises TypeError."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Read it as aware UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


class Span(TypeDecorator[timedelta]):
    """A duration as microseconds."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """Write it."""
        return None if value is None else value // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        """Read it."""
        return None if value is None else value * MICROSECOND


class CleanText(TypeDecorator[str]):
    """Text that SQLite can always take."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write it cleaned."""
        return None if value is None else clean_text(value)


class Json(TypeDecorator[Any]):
    """Lists, strings and numbers as compact JSON; what they mean is said by `codec`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write it cleaned."""
        if value is None:
            return None
        return clean_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read it."""
        return None if value is None else json.loads(value)
