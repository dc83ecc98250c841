"""Measures what `search --like` finds of the stories that people labelled, in the whole corpus.

    python -m tests.learning.measure_alike [../shared/corpus]

Each labelled article is taken as flagged, and looked for is what is like it. Printed: which share
of the other articles on its event are among the first ten and the first twenty; for all of them,
and for those in another language alone. Once by words, once with the signals as they are without a
sentence encoder, and once with it.
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.core.model import Among, Flagged, Order, Signals, Verdict
from monitor.learning.corpus import Item, read_corpus
from monitor.learning.likeness import without_vector
from monitor.learning.local import encoder_available
from monitor.learning.stories import CHECK, TUNE, read_gold, read_labelled, to_flagged
from monitor.ports import Transaction
from monitor.queries import search
from monitor.store import open_store
from monitor.topics import load_likeness
from tests.builders import NOW, draft, spec

CORPUS = Path("../shared/corpus")
BATCH, DEPTHS = 250, (10, 20)
TOPIC = "topic"


def read_flagged(folder: Path, *, encode: bool) -> dict[str, Flagged]:
    items = read_labelled(folder)
    return dict(zip(items, to_flagged(list(items.values()), encode=encode), strict=True))


async def measure(
    path: Path, items: Sequence[Item], flagged: Mapping[str, Flagged]
) -> Iterator[tuple[str, int, float]]:
    """Give for each kind and depth the share that is found, over the articles that have others."""
    store = open_store(path, now=NOW)
    await store.write(lambda tx: tx.feeds.add(spec(), NOW))
    ids: dict[str, int] = {}
    for at in range(0, len(items), BATCH):
        ids |= await store.write(partial(add, items=items[at : at + BATCH], flagged=flagged))
    found = await store.read(partial(find_all, ids={id_: ids[id_] for id_ in flagged or GOLD}))
    await store.close()
    languages = {item.id: item.language for item in items}
    return count(found, ids, languages)


def add(tx: Transaction, items: Sequence[Item], flagged: Mapping[str, Flagged]) -> dict[str, int]:
    drafts = {
        item.id: draft(
            1,
            item.id,
            title=item.document.title,
            text=item.document.text,
            language=item.language,
            seen_at=item.published_at,
        )
        for item in items
    }
    tx.articles.add(drafts.values())
    ids = {id_: tx.articles.find(one.link or "")[0].id for id_, one in drafts.items()}
    revisions = tx.articles.revisions(ids.values())
    tx.verdicts.add({revisions[ids[id_]]: judge(flagged.get(id_)) for id_ in ids})
    tx.searches.index(len(items))
    return ids


def judge(flagged: Flagged | None) -> tuple[list[Verdict], Signals | None]:
    verdict = Verdict(TOPIC, 0.5, flagged is not None, 0.5, (), "measure")
    return [verdict], flagged.signals if flagged else None


def find_all(tx: Transaction, ids: Mapping[str, int]) -> dict[str, list[int]]:
    def find(article: int) -> list[int]:
        among, most = Among(), max(DEPTHS)
        answer = search(tx, "", str(article), among, Order.BEST, most, load_likeness())
        return [line.article for line in answer.articles]

    return {id_: find(article) for id_, article in ids.items()}


def count(
    found: Mapping[str, Sequence[int]], ids: Mapping[str, int], languages: Mapping[str, str]
) -> Iterator[tuple[str, int, float]]:
    members = defaultdict[str, set[str]](set)
    for id_, story in GOLD.items():
        members[story].add(id_)
    for kind in ("all", "other language"):
        for depth in DEPTHS:
            shares = list[float]()
            for id_, lines in found.items():
                others = members[GOLD[id_]] - {id_}
                if kind != "all":
                    others = {one for one in others if languages[one] != languages[id_]}
                if others:
                    hits = {ids[one] for one in others} & set(lines[:depth])
                    shares.append(len(hits) / min(len(others), depth))
            yield f"{kind}, {len(shares)} articles", depth, sum(shares) / len(shares)


GOLD = read_gold((TUNE, CHECK)).story


def main(folder: Path) -> None:
    items = sorted(read_corpus(folder), key=lambda item: item.published_at)
    items = list({item.id: item for item in items if not item.own and not item.view}.values())
    signals = read_flagged(folder, encode=encoder_available())
    plain = {id_: without_vector(one) for id_, one in signals.items()}
    ways = {"words": {}, "signals without encoder": plain, "signals with encoder": signals}
    with TemporaryDirectory() as made:
        for name, flagged in ways.items():
            rows = asyncio.run(measure(Path(made) / f"{name}.sqlite", items, flagged))
            for kind, depth, share in rows:
                print(f"{name:24} {kind:28} first {depth}: {share:.3f}")  # noqa: T201


if __name__ == "__main__":
    main(Path([*sys.argv, str(CORPUS)][1]))
