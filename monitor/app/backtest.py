"""A backtest as command line and page ask for it: an archive that was read once, asked often."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from monitor.app.parts import check_settings, make_rules
from monitor.app.program import App
from monitor.chosen import choose_topics
from monitor.config import Settings
from monitor.core.classifier import Topic
from monitor.errors import NotFound
from monitor.pipeline.archive import Archive, Track, read_archive, say_nothing
from monitor.pipeline.backtest import (
    Setup,
    backtest,
    compare_setups,
    find_threshold,
)
from monitor.pipeline.parts import Parts
from monitor.queries.backtest import Backtest, Comparison


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The archive as it was when `open_rehearsal` read it, and the configuration in force.

    Its answers take some seconds at first, for what must be read and judged again; then a fraction
    of one. Nothing is written to the database. Every method may raise `WorkerError`.
    """

    parts: Parts
    archive: Archive
    settings: Settings
    setup: Setup
    track: Track = say_nothing

    async def ask(
        self, thresholds: Mapping[str, float] | None = None, only: str | None = None
    ) -> Backtest:
        """What would have been told, with these thresholds in place of those in force.

        With `only`, one topic alone is described; all are replayed. Raise `NotFound`.
        """
        setup = self.setup
        for name, threshold in (thresholds or {}).items():
            setup = setup.move({self.check_name(name)}, threshold)
        names = [self.check_name(only)] if only else [topic.name for topic in setup.topics]
        return await backtest(self.parts, self.archive, setup, names, self.track)

    async def find_threshold(self, names: Collection[str], per_week: float) -> float | None:
        """The lowest threshold of these topics that tells at most so many of their stories a week.

        None where the highest tells more.
        """
        wanted = {self.check_name(name) for name in names}
        return await find_threshold(
            self.parts, self.archive, self.setup, wanted, per_week, self.track
        )

    async def compare(self, other: Settings) -> Comparison:
        """What another configuration would have told. Raise `ConfigError`."""
        check_settings(other)
        topics = await self.parts.store.read(lambda tx: choose_topics(tx, other))
        after = _imagine(self.settings, other, topics)
        return await compare_setups(self.parts, self.archive, self.setup, after, self.track)

    def check_name(self, name: str) -> str:
        """Give a topic's name back. Raise `NotFound` where it is not looked for."""
        names = [topic.name for topic in self.setup.topics]
        if name not in names:
            raise NotFound(f"no topic {name!r} is looked for; there are {', '.join(names)}")
        return name


async def open_rehearsal(app: App, days: int, track: Track = say_nothing) -> Rehearsal:
    """Read the archive of the last days."""
    parts, settings = app.parts, app.settings
    since = parts.clock() - timedelta(days=days)
    archive = await parts.store.read(lambda tx: read_archive(parts, since, tx))
    return Rehearsal(parts, archive, settings, Setup(parts.topics, parts.rules), track)


def _imagine(settings: Settings, other: Settings, topics: tuple[Topic, ...]) -> Setup:
    """What another file asks, of feeds that were read as this one asks."""
    old = {spec.url for spec in settings.feeds}
    new = {spec.url: spec for spec in other.feeds}
    unread = [spec.name for url, spec in new.items() if url not in old]
    note = "feeds that are new in it were not read: " + ", ".join(unread)
    return Setup(
        topics,
        make_rules(other),
        feeds=new,
        gone=frozenset(old - new.keys()),
        notes=(note,) if unread else (),
    )
