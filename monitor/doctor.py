"""`monitor doctor`: everything the program depends on, each with what was found and what to do.

It changes nothing: no database is made or migrated, nothing is sent, no feed is asked.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.app import Ballast, DailyBackups, check, check_settings, encoder_available
from monitor.config import Settings
from monitor.core.model import ChannelTrouble
from monitor.daemon import find_owner
from monitor.errors import ConfigError
from monitor.ports import Transaction
from monitor.queries import FeedLine, list_feeds

MEGABYTE = 1024 * 1024
LITTLE_ROOM = 256
"""Megabytes below which the disk is worth a word."""

BACKUP_OLD = timedelta(days=2)
CLOCK_AHEAD = timedelta(hours=1)
DEAD_RECENTLY = timedelta(days=1)
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""Earlier than the program itself: a machine without a battery starts in 1970."""


class Grade(StrEnum):
    """Fine, unwise, or broken."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found, and what to do where it is not fine."""

    name: str
    grade: Grade
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the database says of feeds, channels and time."""

    feeds: tuple[FeedLine, ...]
    channels: tuple[ChannelTrouble, ...]
    newest_at: datetime | None


Read = Callable[[Callable[[Transaction], Contents]], Contents]
"""Runs a query on the database."""


def examine(settings: Settings, read: Read, now: datetime) -> tuple[Check, ...]:
    """All checks, in the order in which one would mend them."""
    return (
        *_check_configuration(settings),
        *_check_database(settings, read, now),
        *_check_disk(settings),
        _check_backups(settings, now),
        _check_encoder(settings),
        _check_daemon(settings),
        _check_zone(settings, now),
    )


def _check_configuration(settings: Settings) -> Iterator[Check]:
    try:
        check_settings(settings)
    except ConfigError as error:
        yield Check("configuration", Grade.FAIL, str(error).splitlines()[0], "monitor check")
    else:
        channels = ", ".join(settings.channels)
        yield Check("configuration", Grade.OK, f"{settings.source.path}; channels: {channels}")
    for warning in settings.warnings:
        found, _, remedy = warning.partition("; ")
        yield Check("secrets", Grade.WARN, found, remedy)
    if not settings.warnings:
        yield Check("secrets", Grade.OK, "nobody else can read them")


def _check_database(settings: Settings, read: Read, now: datetime) -> Iterator[Check]:
    path = settings.storage.path
    if not path.exists():
        yield Check("database", Grade.WARN, f"{path} is not there yet", "monitor run makes it")
        return
    problems = check(path)
    if problems:
        remedy = "monitor restore FILE, or start it: a sound backup takes its place"
        yield Check("database", Grade.FAIL, problems[0], remedy)
        return
    yield Check("database", Grade.OK, f"{path} is sound, schema current")
    contents = read(lambda tx: _read_contents(tx, now))
    yield _check_feeds(contents.feeds)
    yield from _check_channels(contents.channels)
    yield _check_clock(contents.newest_at, now)


def _read_contents(tx: Transaction, now: datetime) -> Contents:
    newest = tx.articles.newest(1)
    return Contents(
        list_feeds(tx, now),
        tx.outbox.failing(now - DEAD_RECENTLY),
        newest[0].first_seen_at if newest else None,
    )


def _check_feeds(feeds: tuple[FeedLine, ...]) -> Check:
    bad = [feed for feed in feeds if feed.state not in {"ok", "new"}]
    if not bad:
        return Check("feeds", Grade.OK, f"{len(feeds)} feeds, none failing at its last poll")
    named = "; ".join(f"{feed.name}: {feed.error}" for feed in bad[:3])
    grade = Grade.FAIL if len(bad) == len(feeds) else Grade.WARN
    return Check(
        "feeds", grade, f"{len(bad)} of {len(feeds)} failing: {named}", "monitor feeds list"
    )


def _check_channels(failing: tuple[ChannelTrouble, ...]) -> Iterator[Check]:
    for channel in failing:
        grade = Grade.FAIL if channel.dead else Grade.WARN
        remedy = f"monitor channels test {channel.channel}"
        yield Check("delivery", grade, f"{channel.channel}: {channel.error}", remedy)
    if not failing:
        yield Check("delivery", Grade.OK, "no channel refuses its messages")


def _check_clock(newest_at: datetime | None, now: datetime) -> Check:
    if now < BUILT:
        return Check("clock", Grade.FAIL, f"it is {now:%Y-%m-%d}", "set the clock, or use NTP")
    if newest_at and newest_at > now + CLOCK_AHEAD:
        found = f"an article was seen at {newest_at:%Y-%m-%d %H:%M} UTC, which is to come"
        return Check("clock", Grade.WARN, found, "set the clock, or use NTP")
    return Check("clock", Grade.OK, f"{now:%Y-%m-%d %H:%M} UTC")


def _check_disk(settings: Settings) -> Iterator[Check]:
    path = settings.storage.path
    free = shutil.disk_usage(path.parent).free // MEGABYTE
    grade = Grade.OK if free >= LITTLE_ROOM else Grade.WARN
    yield Check("disk", grade, f"{free:,} MB free", "" if grade is Grade.OK else "free some")
    if Ballast(path).is_held():
        yield Check("ballast", Grade.OK, "16 MB are kept for a full disk")
    else:
        yield Check("ballast", Grade.WARN, "none is kept", "monitor run makes it, given 24 MB")


def _check_backups(settings: Settings, now: datetime) -> Check:
    kept = settings.storage.backups
    made = DailyBackups(settings.storage.path, kept).list()
    if not kept:
        return Check("backups", Grade.OK, "none wanted ([storage] backups = 0)")
    if not made:
        return Check("backups", Grade.WARN, "none yet", "monitor run makes one a day")
    newest = datetime.fromtimestamp(made[-1].stat().st_mtime, UTC)
    grade = Grade.OK if now - newest < BACKUP_OLD else Grade.WARN
    remedy = "" if grade is Grade.OK else "monitor backup FILE; is there room?"
    return Check(
        "backups", grade, f"{len(made)}, the newest of {newest:%Y-%m-%d %H:%M} UTC", remedy
    )


def _check_encoder(settings: Settings) -> Check:
    if settings.classifier.encoder == "off":
        return Check("encoder", Grade.OK, 'switched off ([classifier] encoder = "off")')
    if encoder_available():
        return Check("encoder", Grade.OK, "installed")
    return Check("encoder", Grade.WARN, "not installed", "install monitor[semantic]")


def _check_daemon(settings: Settings) -> Check:
    owner = find_owner(settings.storage.path)
    if owner:
        return Check("daemon", Grade.OK, f"runs as process {owner}")
    return Check("daemon", Grade.WARN, "does not run", "monitor run")


def _check_zone(settings: Settings, now: datetime) -> Check:
    local = now.astimezone(ZoneInfo(settings.timezone))
    return Check("time zone", Grade.OK, f"{settings.timezone}, where it is {local:%H:%M}")
