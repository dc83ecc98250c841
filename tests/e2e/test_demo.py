"""The whole daemon on the bundled news: it tells each story once, also when it is killed."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.e2e.program import PATIENCE, STORY_TOLD, Program, Running, wait_until

RULE = "─" * 72
REPEATED = "(possibly repeated)"
TOPICS = {"microsoft-openai", "ai-overbuild"}
CHANNELS = {"console", "file"}


@contextmanager
def demo(made: Program) -> Iterator[Running]:
    """`monitor demo`, started in one folder, with all it makes in another."""
    made.folder.mkdir(exist_ok=True)
    with Program(made.folder.parent).start("demo", "--folder", made.folder) as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, Running]]:
    """A demo that runs by itself, beside the one that is killed: both mostly wait."""
    made = Program(tmp_path_factory.mktemp("undisturbed") / "demo")
    with demo(made) as running:
        yield made, running


def alerts(made: Program) -> list[dict[str, Any]]:
    listed = made.ask("alerts", "list", "--limit", "500")
    assert isinstance(listed, list)
    return listed


def told_per_channel(made: Program) -> Counter[tuple[int, str]]:
    """How often each channel was told of each story; updates come besides."""
    first = (alert for alert in alerts(made) if alert["occasion"] == "first")
    return Counter((alert["story"], alert["channel"]) for alert in first)


def blocks(made: Program) -> list[str]:
    """The messages in the file channel, in the order they arrived."""
    text = (made.folder / "alerts.txt").read_text(encoding="utf-8")
    return [block for block in text.split(RULE) if STORY_TOLD.search(block)]


def is_delivering(made: Program) -> bool:
    query = "SELECT 1 FROM outbox WHERE subject = 'story' AND state IN ('in_flight', 'sent')"
    return bool(made.rows(query))


@pytest.mark.fault("A1")
def test_a_demo_that_is_killed_while_it_delivers_loses_nothing(tmp_path: Path) -> None:
    made = Program(tmp_path / "demo")
    with demo(made) as first:
        first.until(lambda: is_delivering(made), "the first delivery")
        first.kill_group()
        assert_nothing_is_left_of(first)
    with demo(made) as second:
        assert second.process.wait(PATIENCE) == 0, second.log
        assert_nothing_is_left_of(second)

    stories = {row[0] for row in made.rows("SELECT id FROM story WHERE NOT baseline")}
    told = told_per_channel(made)
    assert {alert["state"] for alert in alerts(made)} == {"sent"}
    assert stories
    assert set(told) == {(story, channel) for story in stories for channel in CHANNELS}

    printed = "".join(running.out.read_text(encoding="utf-8") for running in (first, second))
    arrived = blocks(made)
    for text in (printed, "".join(arrived)):
        times = Counter(STORY_TOLD.findall(text))
        assert len(times) == len(stories)
        assert times.total() - len(stories) <= 1
    for article, count in Counter(STORY_TOLD.findall("".join(arrived))).items():
        marks = [REPEATED in b for b in arrived if STORY_TOLD.findall(b) == [article]]
        assert marks == [False, True][:count] or marks == [True]


def test_the_demo_tells_each_story_once_and_writes_its_digest(
    undisturbed: tuple[Program, Running],
) -> None:
    made, running = undisturbed
    assert running.process.wait(PATIENCE) == 0, running.log
    assert_nothing_is_left_of(running)
    printed = running.out.read_text(encoding="utf-8")

    told = alerts(made)
    assert {alert["topic"] for alert in told} == TOPICS
    assert {alert["channel"] for alert in told} == CHANNELS
    assert {alert["state"] for alert in told} == {"sent"}
    assert set(told_per_channel(made).values()) == {1}
    assert {row["state"] for row in made.ask("outbox", "list", "--limit", "500")} == {"sent"}

    written = Counter(STORY_TOLD.findall("".join(blocks(made))))
    assert set(written.values()) == {1}
    assert len(written) == len({alert["story"] for alert in told})
    printed_of = Counter(STORY_TOLD.findall(printed))
    assert printed_of == written

    assert re.search(r"The page: http://127\.0\.0\.1:\d+", printed)
    digest = made.folder / "digest.html"
    assert str(digest) in re.sub(r"[\s│]", "", printed)
    page = html.parse(str(digest), html.HTMLParser(encoding="utf-8")).getroot()
    assert page.findtext(".//h1")
    links = {a.get("href") for a in page.iter("a")}
    assert len(links) >= len(written)


def assert_nothing_is_left_of(running: Running) -> None:
    wait_until(lambda: running.survivors() == [], "the end of all workers")
