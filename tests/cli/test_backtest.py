"""`backtest` on a database with a month of articles: nothing is judged, nothing is sent."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.app import read_clock
from monitor.core.model import FeedSpec, Signals
from monitor.errors import ConfigError, NotFound
from monitor.ports import Transaction
from monitor.store import open_store
from monitor.topics import load_topics
from tests.builders import DAY, add_verdicts, draft, verdict
from tests.cli.verbs import Verbs

CONFIG = """
timezone = "Europe/Berlin"
digests = []
[classifier]
encoder = "off"
[channels.desk]
url = "console://"
[channels.phone]
url = "console://"
[[routes]]
min_score = 0.9
channels = ["phone"]
[[routes]]
channels = ["desk"]
[[feeds]]
url = "https://elbe.example/rss"
name = "Elbeblatt"
"""

SCORES = (0.95, 0.45, 0.7, 0.62, 0.3, 0.8, 0.01, 0.55)
"""Of ai-overbuild, one every third day, each of an event of its own; the other topic wants none."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Verbs:
    """A configuration and an archive; the verb changes neither."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "config.toml").write_text(CONFIG)
    now, versions = read_clock(), {topic.name: topic.version for topic in load_topics()}

    def fill(tx: Transaction) -> None:
        feed = FeedSpec("https://elbe.example/rss", "Elbeblatt")
        feed_id = tx.feeds.add(feed, now).id
        for n, score in enumerate(SCORES):
            words = f"Kai{n}mauer Turm{n}uhr Netz{n}werk"
            seen = now - (24 - 3 * n) * DAY
            tx.articles.add([draft(feed_id, f"{n}", title=words, text="", seen_at=seen)])
            (article,) = tx.articles.waiting(1)
            found = Signals("de", words=frozenset(words.casefold().split()), shingles=(n,) * 4)
            verdicts = [verdict(score=score), verdict("microsoft-openai", 0.0)]
            judged = [replace(one, model_version=versions[one.topic]) for one in verdicts]
            add_verdicts(tx, article.revision_id, judged, found)

    async def make() -> None:
        store = open_store(folder / "monitor.sqlite", now=now)
        await store.write(fill)
        await store.close()

    asyncio.run(make())
    return Verbs(folder)


def test_it_says_how_much_would_have_been_told_and_what_just_not(archive: Verbs) -> None:
    answer = archive.ask("backtest", "--days", "28")
    assert (answer["alerts"], round(answer["per_week"], 1)) == (5, round(5 * 7 / 24, 1))
    assert [week["alerts"] for week in answer["weeks"]] == [1, 2, 1, 1]
    assert {one["channel"]: one["messages"] for one in answer["channels"]} == {
        "desk": 4,
        "phone": 1,
    }
    overbuild = next(one for one in answer["topics"] if one["name"] == "ai-overbuild")
    assert [line["score"] for line in overbuild["above"]] == [0.55, 0.62, 0.7, 0.8, 0.95]
    assert [line["score"] for line in overbuild["under"]] == [0.45, 0.3, 0.01]
    assert overbuild["under"][0]["title"] == "Kai1mauer Turm1uhr Netz1werk"


def test_a_person_sees_the_rate_the_weeks_and_the_titles(archive: Verbs) -> None:
    said = archive.do("backtest", "--topic", "ai-overbuild")
    assert "≈ 1.5 alerts a week at a threshold of 0.5: 5 in the 24.0 days" in said
    assert "▄█▄▄  1 2 1 1  by the week" in said
    assert "microsoft-openai" not in said
    assert "0.450  under" in said
    assert "≈ 1.5 alerts a week: 5 in" in archive.do("backtest")


@pytest.mark.parametrize(
    ("words", "alerts"),
    [(("--threshold", "0.75"), 2), (("--threshold", "0.62"), 4), (("--per-week", "1"), 3)],
)
def test_another_threshold_may_be_tried_or_looked_for(
    archive: Verbs, words: tuple[str, ...], alerts: int
) -> None:
    answer = archive.ask("backtest", "--topic", "ai-overbuild", *words)
    (topic,) = answer["topics"]
    assert topic["alerts"] == alerts
    at = str(topic["threshold"])
    again = archive.ask("backtest", "--topic", "ai-overbuild", "--threshold", at)
    assert again["topics"][0]["alerts"] == alerts


def test_two_configurations_are_compared_before_a_reload(archive: Verbs, tmp_path: Path) -> None:
    new = tmp_path / "new.toml"
    new.write_text(
        CONFIG.replace("min_score = 0.9", "min_score = 0.75")
        + '[[topics]]\nname = "ai-overbuild"\nthreshold = 0.6\n'
    )
    found = archive.ask("backtest", "--against", new)["difference"]
    assert found["more"] == []
    assert [moved["story"]["score"] for moved in found["less"]] == [0.55]
    (moved,) = found["elsewhere"]
    assert (moved["story"]["score"], moved["before"], moved["after"]) == (0.8, ["desk"], ["phone"])
    said = archive.do("backtest", "--against", new)
    assert "≈ 1.5 → 1.2 alerts a week" in said
    assert "told elsewhere: 1" in said


def test_a_feed_that_another_configuration_drops_would_have_told_nothing(
    archive: Verbs, tmp_path: Path
) -> None:
    new = tmp_path / "new.toml"
    new.write_text(CONFIG.replace("elbe.example", "saale.example").replace("Elbe", "Saale"))
    found = archive.ask("backtest", "--against", new)
    assert (found["after"]["alerts"], len(found["difference"]["less"])) == (0, 5)
    assert found["after"]["notes"][0] == "feeds that are new in it were not read: Saaleblatt"


def test_what_cannot_be_asked_is_said(archive: Verbs, tmp_path: Path) -> None:
    assert archive.run("backtest", "--threshold", "0.5", "--per-week", "3").exit_code == 2
    with pytest.raises(NotFound, match="no topic 'tulips' is looked for; there are"):
        archive.run("backtest", "--topic", "tulips")
    (tmp_path / "bad.toml").write_text("colour = 1\n")
    with pytest.raises(ConfigError, match=r"bad\.toml:1"):
        archive.run("backtest", "--against", tmp_path / "bad.toml")
