"""`why-not` on the real command line: an answer for every address, in words and for machines."""

import asyncio
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.app import read_clock
from monitor.core.model import FeedSpec, Signals, Verdict
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.store import open_store
from tests.builders import DAY, HOUR, add_articles, add_verdicts, draft
from tests.cli.verbs import Verbs

TEXT = (
    "Ein Mitglied des Kreisrats nannte das Vorhaben eine KI-Blase. "
    "Die Dividende stieg, und der Verkauf der Produkte lief gut."
)


@pytest.fixture
def desk(tmp_path: Path) -> Verbs:
    """A feed, read an hour ago, with an article below the threshold and one of its first fetch."""
    (tmp_path / "config.toml").write_text('digests = []\ntimezone = "UTC"\n')
    now = read_clock()

    async def fill() -> None:
        store = open_store(tmp_path / "monitor.sqlite", now=now)
        spec = FeedSpec("https://beispielblatt.example/rss", "Beispielblatt")
        feed = await store.write(lambda tx: tx.feeds.add(spec, now))
        old = draft(feed.id, "old", title="Altes", seen_at=now - 2 * HOUR, baseline=True)
        new = draft(feed.id, "new", title="Kantine", text=TEXT, seen_at=now - HOUR)
        articles = await add_articles(store, old, new)
        read = replace(
            feed.state,
            baseline_at=now - DAY,
            last_polled_at=now - HOUR,
            last_ok_at=now - HOUR,
            next_poll_at=now + HOUR,
            rhythm=HOUR / 60,
            marks=bytes(16 * 30),
        )

        def settle(tx: Transaction) -> None:
            tx.feeds.settle([(feed, read)])
            for article in articles:
                judged = Verdict("ai-overbuild", 0.31, flagged=False, threshold=0.5)
                add_verdicts(tx, article.revision_id, [judged], Signals("de"))

        await store.write(settle)
        await store.close()

    asyncio.run(fill())
    return Verbs(tmp_path)


@pytest.mark.parametrize(
    "address",
    [
        "1",
        "https://beispielblatt.example/old",
        "http://www.beispielblatt.example/old/?utm_source=mail#top",
    ],
)
def test_an_article_is_found_however_its_address_is_written(desk: Verbs, address: str) -> None:
    answer = desk.ask("why-not", address)
    (article,) = answer["articles"]
    assert (article["article"]["title"], article["gate"]) == ("Altes", answer["gate"])


def test_a_low_score_shows_what_speaks_for_and_against_it(desk: Verbs) -> None:
    (article,) = desk.ask("why-not", "2")["articles"]
    assert article["says"] == "No topic took it. ai-overbuild: 31%, threshold 50%."
    assert article["remedy"].endswith("monitor label 2 yes --topic ai-overbuild")
    grounds = article["grounds"]["ai-overbuild"]
    assert "eine KI-Blase" in grounds[0]["text"]
    assert "Die Dividende stieg" in grounds[-1]["text"]
    assert "dividende" in grounds[-1]["reasons"]
    assert grounds[0]["pull"] > 0 > grounds[-1]["pull"]
    said = desk.do("why-not", "2")
    assert re.search(r"for +\+\d+\.\d  Ein Mitglied", said)
    assert re.search(r"against -\d+\.\d  Die Dividende", said)


def test_what_a_first_fetch_brought_says_so(desk: Verbs) -> None:
    assert desk.ask("why-not", "https://beispielblatt.example/old")["gate"] == "baseline"
    said = " ".join(desk.do("why-not", "1").split())
    assert "It was in the feed Beispielblatt already when that was read for the first" in said


def test_an_address_that_was_never_in_its_feed_says_which_feed_could_have_missed_it(
    desk: Verbs,
) -> None:
    answer = desk.ask("why-not", "https://www.beispielblatt.example/gone")
    assert answer["gate"] == "not-listed"
    (feed,) = answer["feeds"]
    coverage = feed["coverage"]
    assert (coverage["feed"], coverage["articles"], coverage["entries"]) == ("Beispielblatt", 2, 30)
    assert coverage["span"] == 1800
    said = " ".join(desk.do("why-not", "https://www.beispielblatt.example/gone").split())
    assert "shows 30 entries, at its rhythm about 30m back" in said
    assert "read only every 2h: it may have come and gone in between" in said


def test_a_host_that_no_feed_covers_is_an_answer_too(desk: Verbs) -> None:
    answer = desk.ask("why-not", "https://elsewhere.example/a")
    assert (answer["gate"], answer["feeds"]) == ("not-covered", [])
    done = subprocess.run(
        [
            *(sys.executable, "-m", "monitor", "--config", desk.folder / "config.toml"),
            *("why-not", "https://elsewhere.example/a"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said = (
        "No feed that is read covers elsewhere.example.\n"
        "  To see which feeds it offers: monitor feeds discover elsewhere.example\n"
    )
    assert (done.returncode, done.stdout) == (0, said)


@pytest.mark.parametrize("reference", ["99", "no address", "ftp://beispielblatt.example/new"])
def test_where_nothing_can_be_said_it_says_that(desk: Verbs, reference: str) -> None:
    with pytest.raises(NotFound, match="neither an article's id in the archive nor an http"):
        desk.run("why-not", reference)


def test_status_counts_where_articles_ended(desk: Verbs) -> None:
    gates = desk.ask("status")["gates"]
    assert [(line["gate"], line["articles"]) for line in gates] == [
        ("baseline", 1),
        ("below-threshold", 1),
    ]
    assert "below the threshold" in desk.do("status")
