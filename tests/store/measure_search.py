"""Measures how long `search` takes at 50,000 articles, with the worst queries a person may type.

    python -m tests.store.measure_search [FILE]

FILE is an archive that `python -m tests.archive` made; without it one is made (half a minute).
Printed are milliseconds of CPU of the reading thread, since a busy machine has no other truth: the
median and the 95th percentile of each kind, for the best and for the newest first, over all
articles and with each filter. The goal is 150 ms.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.core.model import Among, Order
from monitor.ports import Store, Transaction
from monitor.queries import search
from monitor.store import open_store
from monitor.topics import load_likeness
from tests.archive import ARTICLES, TOPICS, UNTIL, fill_archive, is_wanted
from tests.bench.figures import percentile
from tests.builders import DAY

QUERIES = (
    "der",
    "the of and",
    "Rechenzentren",
    "Hafenpläne",
    "Vertrag kündigt",
    "Markt -Stadt",
    "data centres",
    '"der Markt"',
    "re*",
    "Strom* Netz* Wasser*",
)
"""Among them words that half of all articles have."""

AMONG = (
    Among(),
    Among(flagged=True),
    Among(topic=TOPICS[0]),
    Among(feed="Anzeiger-007"),
    Among(language="de"),
    Among(since=UNTIL - 7 * DAY),
    Among(until=UNTIL - 80 * DAY),
)
LIKE = 60
"""Articles of which similar ones are looked for, and as many flagged ones."""

LIKENESS = load_likeness()


async def measure(path: Path, *, fresh: bool) -> None:
    """Print the table."""
    store = open_store(path, now=UNTIL)
    if fresh:
        await fill_archive(store)
    began, count = time.process_time(), 0
    while done := await store.write(lambda tx: tx.searches.index(500)):
        count += done
    if count:
        cost = 1000 * (time.process_time() - began) / count
        show("index an article, by 500", [cost])
    for order in Order:
        asked = product(QUERIES, AMONG)
        show(f"words, {order} first", [await ask(store, q, None, a, order) for q, a in asked])
    flagged = [n + 1 for n in range(ARTICLES) if is_wanted(n)]
    for what, ids in (("an article", range(1, ARTICLES + 1)), ("a flagged article", flagged)):
        chosen = ids[:: len(ids) // LIKE]
        spans = [await ask(store, "", str(n), AMONG[0], Order.BEST) for n in chosen]
        show(f"like {what}", spans)
    await store.close()


async def ask(store: Store, text: str, like: str | None, among: Among, order: Order) -> float:
    """The milliseconds of one search."""
    return await store.read(partial(_ask, text=text, like=like, among=among, order=order))


def _ask(tx: Transaction, text: str, like: str | None, among: Among, order: Order) -> float:
    began = time.thread_time()
    search(tx, text, like, among, order, 20, LIKENESS)
    return 1000 * (time.thread_time() - began)


def show(what: str, spans: Sequence[float]) -> None:
    """Print a line."""
    middle, late = percentile(spans, 50), percentile(spans, 95)
    print(f"{what:28} p50 {middle:7.2f} ms  p95 {late:7.2f} ms  of {len(spans)}")  # noqa: T201


def main() -> None:
    """Measure on the archive that was named, else on one that is made for it."""
    if len(sys.argv) > 1:
        asyncio.run(measure(Path(sys.argv[1]), fresh=False))
        return
    with TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder) / "archive.sqlite", fresh=True))


if __name__ == "__main__":
    main()
