"""Measures what reading a feed document costs, by how much of it is new.

    python -m tests.adapters.measure_unseen [../shared/feeds]

Without recorded feeds it takes invented ones of twenty entries. Printed are CPU milliseconds for a
document and for an entry, the least of some runs: by feedparser alone, with everything new, with
one new entry, and with nothing new but the head.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from monitor.adapters.parse.document import parse_document
from monitor.core.model import ParsedFeed
from tests.adapters.readings import URL, read_whole

RUNS = 7
MARK = 16
ENTRY = """<item><title>Der Rat vertagt sich, Folge {n}</title>
<link>https://made.example/rat/{n}</link><guid isPermaLink="false">rat-{n}</guid>
<pubDate>Sun, 01 Mar 2026 12:{n:02}:00 +0100</pubDate><dc:creator>Lokalredaktion</dc:creator>
<category>Stadt</category><description><![CDATA[<p>Die Sitzung über den Umbau der Markthalle
dauerte bis Mitternacht; eine Entscheidung fiel nicht. {n}</p>]]></description></item>
"""


def main() -> None:
    """Print the table."""
    bodies = [file.read_bytes() for file in recorded()] or [invent()]
    first = [parse_document(body, URL, None) for body in bodies]
    pairs = [pair for pair in zip(bodies, first, strict=True) if pair[1].marks]
    entries = sum(len(parsed.entries) for _, parsed in pairs)
    print(f"{len(pairs)} of {len(bodies)} feeds can be cut: {entries} entries")  # noqa: T201
    readings: dict[str, Callable[[bytes, ParsedFeed], object]] = {
        "feedparser alone": lambda body, _: read_whole(body),
        "everything new": lambda body, _: parse_document(body, URL, None),
        "one entry new": lambda body, seen: parse_document(body, URL, None, seen.marks[MARK:]),
        "nothing new": lambda body, seen: parse_document(body, URL, None, seen.marks),
    }
    for name, reading in readings.items():
        spent = min(measure(reading, pairs) for _ in range(RUNS))
        by_document, by_entry = 1_000 * spent / len(pairs), 1_000 * spent / entries
        print(f"{name:18}{by_document:8.2f} ms a document{by_entry:8.3f} ms an entry")  # noqa: T201


def recorded() -> list[Path]:
    """The XML feeds of the folder that was named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/feeds")
    return sorted(path for path in folder.glob("*") if path.suffix in {".xml", ".rss", ".atom"})


def invent() -> bytes:
    """A feed of twenty entries."""
    dublin = "xmlns:dc='http://purl.org/dc/elements/1.1/'"
    entries = "".join(ENTRY.format(n=n) for n in range(20))
    return f"<rss version='2.0' {dublin}><channel>{entries}</channel></rss>".encode()


def measure(
    reading: Callable[[bytes, ParsedFeed], object], pairs: Sequence[tuple[bytes, ParsedFeed]]
) -> float:
    """CPU seconds for reading all of them once."""
    began = time.process_time()
    for body, seen in pairs:
        reading(body, seen)
    return time.process_time() - began


if __name__ == "__main__":
    main()
