"""The processes that slow and dangerous work is done in."""

from dataclasses import dataclass

from monitor.adapters import extract, parse
from monitor.adapters.nlp import RECYCLE_AFTER
from monitor.adapters.worker import FreshWorker, Worker

PARSER_CALLS = 200
"""Documents after which a parser is replaced: a large feed leaves it larger for good."""

SENDERS = 64
"""Messages on their way at once. A channel sends one at a time, so this is more than enough for
every channel anybody has, and one that hangs keeps no other waiting (E2). An idle place costs
nothing."""


@dataclass(frozen=True, slots=True)
class Workers:
    """The processes that slow and dangerous work is done in."""

    analyser: Worker
    parser: Worker
    extractor: FreshWorker
    sender: FreshWorker

    async def close(self) -> None:
        """End all of them."""
        for worker in (self.analyser, self.parser, self.extractor, self.sender):
            await worker.close()


def start_workers() -> Workers:
    """Make the workers; each process starts with its first call."""
    return Workers(
        Worker("analyser", recycle_after=RECYCLE_AFTER),
        Worker("parser", memory=parse.MEMORY, size=2, recycle_after=PARSER_CALLS),
        FreshWorker("extractor", memory=extract.MEMORY, size=2),
        FreshWorker("sender", size=SENDERS),
    )
