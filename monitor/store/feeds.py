"""Feeds and what polling learned of them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select, update

from monitor.core.model import Feed, FeedSpec, FeedState, Origin
from monitor.errors import NotFound
from monitor.store import schema


@dataclass(frozen=True, slots=True)
class Feeds:
    """Fulfils `ports.Feeds`. A feed is polled while config or command line names it."""

    session: Session

    def sync(self, specs: Iterable[FeedSpec], now: datetime) -> None:
        """Make the config's feeds exactly `specs`; those of the command line stay."""
        rows = {row.url: row for row in self.session.exec(select(schema.Feed))}
        left = {row.id for row in rows.values() if row.id and not is_polled(row)}
        for row in rows.values():
            row.from_config = False
        for spec in specs:
            row = rows.setdefault(spec.url, fresh(spec.url, now))
            if row.id in left:
                forget(row, now)
            describe(row, spec)
            row.from_config = True
        self.session.add_all(rows.values())
        self.session.flush()

    def add(self, spec: FeedSpec, now: datetime) -> Feed:
        """Add or bring back a feed; while the config names it, the config describes it."""
        row = self._named(spec.url) or fresh(spec.url, now)
        if not is_polled(row):
            forget(row, now)
        if spec.origin is Origin.CONFIG or not row.from_config:
            describe(row, spec)
        row.from_config |= spec.origin is Origin.CONFIG
        row.from_command |= spec.origin is Origin.COMMAND
        self.session.add(row)
        self.session.flush()
        return feed_of(row)

    def remove(self, url: str) -> Feed:
        """Stop polling it; its articles stay. Raise `NotFound`.

        A feed that `config.toml` names comes back with the next `sync`.
        """
        row = self._named(url)
        if row is None or not (row.from_config or row.from_command):
            raise NotFound(f"no feed {url}; `monitor feeds list` shows all")
        removed = feed_of(row)
        row.from_config = row.from_command = False
        self.session.flush()
        return removed

    def list(self) -> tuple[Feed, ...]:
        """All polled feeds by name."""
        named = select(schema.Feed).where(polled()).order_by(col(schema.Feed.name))
        return tuple(feed_of(row) for row in self.session.exec(named))

    def get(self, feed_id: int) -> Feed | None:
        """The feed, or None when it is no longer polled."""
        return self._one(col(schema.Feed.id) == feed_id)

    def specs(self, feed_ids: Iterable[int]) -> Mapping[int, FeedSpec]:
        """What is said of these feeds, also of those that are no longer polled."""
        named = select(schema.Feed).where(col(schema.Feed.id).in_(list(feed_ids)))
        feeds = (feed_of(row) for row in self.session.exec(named))
        return {feed.id: feed.spec for feed in feeds}

    def find(self, url: str) -> Feed | None:
        """The polled feed with exactly this address."""
        return self._one(col(schema.Feed.url) == url)

    def due(self, now: datetime, limit: int) -> tuple[Feed, ...]:
        """Feeds whose `next_poll_at` has come, the longest waiting first."""
        come = (
            select(schema.Feed)
            .where(
                or_(
                    col(schema.Feed.next_poll_at) <= now,
                    # Polled in the future: the clock was wrong then, and so is its due time.
                    col(schema.Feed.last_polled_at) > now,
                ),
                polled(),
            )
            .order_by(col(schema.Feed.next_poll_at), col(schema.Feed.id))
            .limit(limit)
        )
        return tuple(feed_of(row) for row in self.session.exec(come))

    def save(self, feed_id: int, state: FeedState) -> None:
        """Replace what polling learned."""
        this = col(schema.Feed.id) == feed_id
        self.session.exec(update(schema.Feed).where(this).values(**asdict(state)))

    def _named(self, url: str) -> schema.Feed | None:
        return self.session.exec(select(schema.Feed).where(schema.Feed.url == url)).first()

    def _one(self, condition: ColumnElement[bool]) -> Feed | None:
        row = self.session.exec(select(schema.Feed).where(condition, polled())).first()
        return feed_of(row) if row else None


def polled() -> ColumnElement[bool]:
    """Say in SQL that somebody names the feed."""
    return or_(col(schema.Feed.from_config), col(schema.Feed.from_command))


def is_polled(row: schema.Feed) -> bool:
    """Whether somebody names the feed."""
    return row.from_config or row.from_command


def forget(row: schema.Feed, now: datetime) -> None:
    """Begin anew with a feed that comes back: what gathered meanwhile is a baseline again."""
    for name, value in asdict(FeedState(next_poll_at=now)).items():
        setattr(row, name, value)


def fresh(url: str, now: datetime) -> schema.Feed:
    """A feed nobody has polled: due at once."""
    return schema.Feed(url=url, name=url, next_poll_at=now)


def describe(row: schema.Feed, spec: FeedSpec) -> None:
    """Take over what a person says of it."""
    row.name, row.interval, row.tags = spec.name, spec.interval, list(spec.tags)


def feed_of(row: schema.Feed) -> Feed:
    """Turn a row into the value that leaves the store."""
    assert row.id is not None  # noqa: S101 - a row that was read or flushed has its id
    origin = Origin.CONFIG if row.from_config else Origin.COMMAND
    spec = FeedSpec(row.url, row.name, row.interval, tuple(row.tags), origin)
    learned = {field.name: getattr(row, field.name) for field in fields(FeedState)}
    return Feed(row.id, spec, FeedState(**learned))
