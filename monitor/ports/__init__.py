"""What the pipeline needs of world and store, as Protocols.

`world` has the neighbours, with one or two verbs each; the other files have a noun of the store
each, which `store` puts into one transaction. `adapters/` and `store/` fulfil them, tests replace
them by small fakes, `app` puts them together. Errors named here are those of `monitor.errors`;
every method may also raise `WorkerError`.
"""

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
from monitor.ports.store import Store, Transaction
from monitor.ports.stories import Stories
from monitor.ports.topics import Topics
from monitor.ports.verdicts import Verdicts
from monitor.ports.world import (
    Analyzer,
    Backups,
    Ballast,
    Channel,
    Clock,
    Encoder,
    Extractor,
    Fetcher,
    Formatter,
    Parser,
)

__all__ = [
    "Analyzer",
    "Articles",
    "Backups",
    "Ballast",
    "Channel",
    "Clock",
    "Counters",
    "Delays",
    "Digests",
    "Encoder",
    "Extractor",
    "Feeds",
    "Fetcher",
    "Formatter",
    "Labels",
    "Notes",
    "Outbox",
    "Pages",
    "Parser",
    "Rhythms",
    "Scores",
    "Searches",
    "Silences",
    "Standings",
    "Store",
    "Stories",
    "Topics",
    "Transaction",
    "Verdicts",
]
