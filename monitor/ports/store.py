"""The store: all nouns inside one transaction, one writer, many readers."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from monitor.ports.articles import Articles
from monitor.ports.counters import Counters
from monitor.ports.delays import Delays
from monitor.ports.digests import Digests
from monitor.ports.feeds import Feeds
from monitor.ports.labels import Labels
from monitor.ports.notes import Notes
from monitor.ports.outbox import Outbox
from monitor.ports.pages import Pages
from monitor.ports.rhythms import Rhythms
from monitor.ports.scores import Scores
from monitor.ports.searches import Searches
from monitor.ports.silences import Silences
from monitor.ports.standings import Standings
from monitor.ports.stories import Stories
from monitor.ports.topics import Topics
from monitor.ports.verdicts import Verdicts

T = TypeVar("T")


class Transaction(Protocol):
    """The nouns, inside one transaction (or one consistent snapshot when reading)."""

    @property
    def feeds(self) -> Feeds: ...
    @property
    def articles(self) -> Articles: ...
    @property
    def pages(self) -> Pages: ...
    @property
    def verdicts(self) -> Verdicts: ...
    @property
    def scores(self) -> Scores: ...
    @property
    def stories(self) -> Stories: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def standings(self) -> Standings: ...
    @property
    def delays(self) -> Delays: ...
    @property
    def rhythms(self) -> Rhythms: ...
    @property
    def digests(self) -> Digests: ...
    @property
    def searches(self) -> Searches: ...
    @property
    def silences(self) -> Silences: ...
    @property
    def topics(self) -> Topics: ...
    @property
    def labels(self) -> Labels: ...
    @property
    def counters(self) -> Counters: ...
    @property
    def notes(self) -> Notes: ...


class Store(Protocol):
    """One writer, many readers."""

    async def write(self, job: Callable[[Transaction], T]) -> T:
        """Run `job` inside one BEGIN IMMEDIATE on the writer thread; return after the commit.

        An exception of the job undoes the job alone and is raised here. Raise `StoreError`.
        """
        ...

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Run `query` on a query-only connection that sees one consistent state."""
        ...
