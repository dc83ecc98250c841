"""Real feeds, served by Python's own file server: every entry becomes an article, once."""

import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.e2e.program import PATIENCE, Program

FEEDS = Path(__file__).parents[3] / "shared/feeds"
XML = sorted(path for path in FEEDS.glob("*") if path.suffix in {".xml", ".rss", ".atom", ".rdf"})

pytestmark = pytest.mark.skipif(not XML, reason=f"needs the feeds in {FEEDS}, which are not there")


@contextmanager
def file_server(folder: Path) -> Iterator[int]:
    """`python -m http.server` on a free port, which it prints."""
    command = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        found = re.search(r"port (\d+)", server.stdout.readline())
        assert found
        try:
            yield int(found[1])
        finally:
            server.kill()


def count_entries(document: Path) -> int:
    """Distinct guids, else links, else titles with their text, as feedparser reads them."""
    parsed = feedparser.parse(io.BytesIO(document.read_bytes()))
    return len({_identify(entry) for entry in parsed.entries})


def _identify(entry: Any) -> tuple[str, ...]:
    for key in ("id", "link"):
        if entry.get(key):
            return (key, entry[key])
    return (entry.get("title", ""), entry.get("summary", ""))


def count_articles(program: Program) -> dict[str, int]:
    query = """SELECT feed.name, count(article.id) FROM feed
               LEFT JOIN article ON article.feed_id = feed.id GROUP BY feed.id"""
    return dict(program.rows(query))


def test_every_entry_of_every_feed_is_read_once(program: Program) -> None:
    with file_server(FEEDS) as port:
        tables = "".join(
            f'[[feeds]]\nname = "{path.name}"\nurl = "http://127.0.0.1:{port}/{path.name}"\n'
            for path in XML
        )
        program.configure(
            f'polling = {{ interval = "1s", allow = ["127.0.0.1:{port}"] }}\n'
            # Sentence vectors of thousands of articles would take most of the time.
            f'classifier = {{ encoder = "off" }}\n{tables}'
        )
        with program.start("run", "--once") as running:
            expected = {path.name: count_entries(path) for path in XML}
            assert running.process.wait(PATIENCE) == 0
        assert count_articles(program) == expected
        listed = program.ask("feeds", "list")
        assert {feed["name"] for feed in listed} == set(expected)
        assert {feed["state"] for feed in listed} == {"ok"}

        program.do("run", "--once")
        assert count_articles(program) == expected
        status = program.ask("status")
        polls = Counter(status["counters"])
        assert (polls["polls"], polls["polls failed"]) == (2 * len(XML), 0)
        assert polls["articles"] == status["health"]["articles"] == sum(expected.values())
        assert (status["waiting_for_verdict"], status["waiting_for_story"]) == (False, False)
