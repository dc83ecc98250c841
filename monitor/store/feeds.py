"""Feeds and what polling learned of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, or_, select, update

from monitor.core.feed import choose_address, host_of
from monitor.core.model import Feed, FeedSpec, FeedState, Origin
from monitor.errors import NotFound
from monitor.store import schema
from monitor.store.codec import dump_hints, load_hints

TABLE = SQLModel.metadata.tables["feed"]
ARTICLE = SQLModel.metadata.tables["article"].c
SPEC = ("id", "url", "name", "interval", "tags", "from_config", "full_text")
STATE = tuple(field.name for field in fields(FeedState))
COLUMNS = tuple(TABLE.c[name] for name in (*SPEC, *STATE))


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
        return self._load(TABLE.c.id == row.id)[0]

    def remove(self, url: str) -> Feed:
        """Stop polling it; its articles stay. Raise `NotFound`.

        A feed that `config.toml` names comes back with the next `sync`.
        """
        row = self._named(url)
        if row is None or not (row.from_config or row.from_command):
            raise NotFound(f"no feed {url}; `monitor feeds list` shows all")
        removed = self._load(TABLE.c.id == row.id)[0]
        row.from_config = row.from_command = False
        self.session.flush()
        return removed

    def list(self) -> tuple[Feed, ...]:
        """All polled feeds by name."""
        return self._load(polled())

    def failing(self) -> tuple[Feed, ...]:
        """All polled feeds whose last poll failed, by name."""
        return self._load(polled(), TABLE.c.failures > 0)

    def specs(self, feed_ids: Iterable[int]) -> Mapping[int, FeedSpec]:
        """What is said of these feeds, also of those that are no longer polled."""
        rows = self.session.connection().execute(SPECS, {"ids": list(feed_ids)})
        return {feed_id: spec_of(*told) for feed_id, *told in rows}

    def find(self, url: str) -> Feed | None:
        """The polled feed with exactly this address."""
        return next(iter(self._load(polled(), TABLE.c.url == url)), None)

    def of_host(self, host: str) -> Mapping[int, tuple[int, datetime]]:
        """How many articles with links to this host each feed gave, and when the last was seen.

        `host` is what stands between "//" and the path, without "www.".
        """
        begins = [
            f"{scheme}//{www}{host}/" for scheme in ("http:", "https:") for www in ("", "www.")
        ]
        # A range, not LIKE, which would not use the index: "0" comes next to "/".
        ours = or_(*(ARTICLE.link.between(begin, f"{begin[:-1]}0") for begin in begins))
        counted = select_columns(ARTICLE.feed_id, func.count(), func.max(ARTICLE.first_seen_at))
        rows = self.session.connection().execute(counted.where(ours).group_by(ARTICLE.feed_id))
        return {feed_id: (count, newest) for feed_id, count, newest in rows}

    def due(self, now: datetime, limit: int) -> tuple[int, ...]:
        """The ids of feeds whose `next_poll_at` has come, the longest waiting first."""
        come = (
            select_columns(TABLE.c.next_poll_at, TABLE.c.id)
            .where(TABLE.c.next_poll_at <= now, polled())
            .order_by(TABLE.c.next_poll_at, TABLE.c.id)
            .limit(limit)
            .subquery()
        )
        # As one row: each of a thousand would wait anew for a busy event loop to give way.
        pair = func.json_array(come.c.next_poll_at, come.c.id)
        row = self.session.connection().execute(select_columns(func.json_group_array(pair)))
        return tuple(feed_id for _, feed_id in sorted(json.loads(row.scalar_one())))

    def any_unpolled(self) -> bool:
        """Whether a feed that somebody names had no poll yet."""
        unpolled = select_columns(TABLE.c.id).where(TABLE.c.last_polled_at.is_(None), polled())
        return self.session.connection().scalar(unpolled.limit(1)) is not None

    def load(self, feed_ids: Sequence[int]) -> tuple[Feed, ...]:
        """Those of these feeds that are polled, in the same order."""
        found = {feed.id: feed for feed in self._load(polled(), TABLE.c.id.in_(feed_ids))}
        return tuple(found[feed_id] for feed_id in feed_ids if feed_id in found)

    def settle(self, changes: Iterable[tuple[Feed, FeedState]]) -> frozenset[int]:
        """Replace what polling learned of each feed that is as it was read; give their ids.

        One that was polled since, or is no longer polled, is left alone.
        """
        states = {(feed.id, feed.state.last_polled_at): state for feed, state in changes}
        if not states:
            return frozenset()
        connection = self.session.connection()
        found = connection.execute(POLLED_AT, {"ids": [feed_id for feed_id, _ in states]})
        kept = [key for key in map(tuple, found) if key in states]
        rows = [{"feed_id": key[0], **state_row(states[key])} for key in kept]
        if rows:
            connection.execute(CHANGE, rows)
        return frozenset(row["feed_id"] for row in rows)

    def postpone(self, hosts: Mapping[str, datetime], reason: str) -> None:
        """Poll no feed of these hosts ("host:port") before that time."""
        rows = [
            {"feed_id": feed.id, "next_poll_at": until, "due_reason": reason}
            for feed in self._load(polled(), TABLE.c.next_poll_at < max(hosts.values()))
            if (until := hosts.get(host_of(choose_address(feed))))
            and feed.state.next_poll_at < until
        ]
        if rows:
            self.session.connection().execute(CHANGE, rows)

    def catch_up(self, now: datetime) -> None:
        """Make those due that were polled in the future: the clock was wrong then."""
        wrong = update(schema.Feed).where(col(schema.Feed.last_polled_at) > now)
        self.session.exec(wrong.values(next_poll_at=now))

    def _named(self, url: str) -> schema.Feed | None:
        return self.session.exec(select(schema.Feed).where(schema.Feed.url == url)).first()

    def _load(self, *conditions: ColumnElement[bool]) -> tuple[Feed, ...]:
        """Read columns, not rows of the table's class: with thousands of feeds it matters."""
        named = select_columns(*COLUMNS).where(*conditions).order_by(TABLE.c.name)
        return tuple(feed_of(*row) for row in self.session.connection().execute(named))


def polled() -> ColumnElement[bool]:
    """Say in SQL that somebody names the feed."""
    return or_(col(schema.Feed.from_config), col(schema.Feed.from_command))


def is_polled(row: schema.Feed) -> bool:
    """Whether somebody names the feed."""
    return row.from_config or row.from_command


POLLED_AT = select_columns(TABLE.c.id, TABLE.c.last_polled_at).where(
    TABLE.c.id.in_(bindparam("ids", expanding=True)), polled()
)
SPECS = select_columns(*COLUMNS[: len(SPEC)]).where(
    TABLE.c.id.in_(bindparam("ids", expanding=True))
)
CHANGE = update(TABLE).where(TABLE.c.id == bindparam("feed_id"))
"""Write of each row what stands beside its `feed_id`."""


def state_row(state: FeedState) -> dict[str, Any]:
    """Write what polling learned."""
    return {name: getattr(state, name) for name in STATE} | {"hints": dump_hints(state.hints)}


def forget(row: schema.Feed, now: datetime) -> None:
    """Begin anew with a feed that comes back: what gathered meanwhile is a baseline again."""
    for name, value in state_row(FeedState(next_poll_at=now)).items():
        setattr(row, name, value)


def fresh(url: str, now: datetime) -> schema.Feed:
    """A feed nobody has polled: due at once."""
    return schema.Feed(url=url, name=url, next_poll_at=now)


def describe(row: schema.Feed, spec: FeedSpec) -> None:
    """Take over what a person says of it."""
    row.name, row.interval, row.tags = spec.name, spec.interval, list(spec.tags)
    row.full_text = spec.full_text


def feed_of(
    feed_id: int,
    url: str,
    name: str,
    interval: timedelta | None,
    tags: Sequence[str],
    from_config: bool,
    full_text: bool | None,
    *learned: Any,
) -> Feed:
    """Turn the columns `COLUMNS` into the value that leaves the store."""
    state = dict(zip(STATE, learned, strict=True))
    state["hints"] = load_hints(state["hints"])
    spec = spec_of(url, name, interval, tags, from_config, full_text)
    return Feed(feed_id, spec, FeedState(**state))


def spec_of(
    url: str,
    name: str,
    interval: timedelta | None,
    tags: Sequence[str],
    from_config: bool,
    full_text: bool | None,
) -> FeedSpec:
    """Turn the columns `SPEC` but for the id into what is said of a feed."""
    origin = Origin.CONFIG if from_config else Origin.COMMAND
    return FeedSpec(url, name, interval, tuple(tags), origin, full_text)
