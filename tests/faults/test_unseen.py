"""Leaving out what is known changes nothing: real and invented feeds, poll after poll."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from monitor.errors import ParseError
from tests.adapters.made_feeds import change, make_feed
from tests.adapters.readings import Reader, read_whole
from tests.faults.proof import Record, pick

SHARED = Path(__file__).parents[3] / "shared" / "feeds"
REAL = sorted(file for file in SHARED.glob("*") if file.suffix in {".xml", ".rss", ".atom", ".rdf"})
POLLS = 4


def follow(body: bytes, random: Random) -> Counter[str]:
    """Read a feed over some polls as it changes; fail where leaving out made a difference."""
    reader, counts = Reader(), Counter[str]()
    for _ in range(POLLS):
        try:
            expected = read_whole(body)
        except ParseError as error:
            with pytest.raises(type(error)):
                reader.read(body)
            counts["refused"] += 1
        else:
            parsed = reader.read(body)
            counts += Counter(documents=1, entries=len(expected.entries), known=parsed.known)
        body = change(body, random)
    return counts


@pytest.mark.fault("D1", "D3", "D4")
def test_invented_feeds_give_the_same_entries_field_by_field(record: Record) -> None:
    counts = Counter[str]()
    for seed in range(pick(120, 2_000)):
        random = Random(seed)  # noqa: S311 - a die, no secret
        counts += follow(make_feed(random), random)
    record(**counts)
    # Else the proof would be of nothing.
    assert counts["known"] > counts["entries"] / 10


@pytest.mark.fault("D1", "D3", "D4")
@pytest.mark.skipif(not REAL, reason="needs the recorded feeds in ../shared/feeds")
def test_real_feeds_give_the_same_entries_field_by_field(record: Record) -> None:
    counts, cut = Counter[str](), 0
    for file in REAL[:: pick(5, 1)]:
        body, reader = file.read_bytes(), Reader()
        reader.read(body)
        known = reader.read(body).known
        cut += known > 0
        random = Random(file.name)  # noqa: S311 - a die, no secret
        counts += Counter(feeds=1, known=known) + follow(body, random)
    record(cut=cut, **counts)
    assert cut >= 0.9 * counts["feeds"]
