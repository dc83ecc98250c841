"""`routes`, `silence`, `outbox` and `alerts` on a database with a story."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.app import read_clock
from monitor.core.model import Delivery, FeedSpec
from monitor.errors import MonitorError
from monitor.ports import Store, Transaction
from monitor.store import open_store
from tests.builders import add_flagged, alert, draft, story
from tests.cli.verbs import Verbs

CONFIG = """
timezone = "Europe/Berlin"
digests = []
[channels.desk]
url = "console://"
[channels.phone]
url = "console://"
quiet = ["00:00-12:00", "12:00-00:00"]
[[routes]]
topic = "ai-overbuild"
min_score = 0.9
feeds = ["kuestenblatt.example"]
channels = ["phone"]
[[routes]]
languages = ["fr"]
channels = ["desk"]
[[routes]]
channels = ["desk"]
"""

LINK = "https://beispielblatt.example/a?utm_source=feed"


@dataclass(frozen=True)
class Desk(Verbs):
    """A folder with a configuration and a database."""

    def store(self, work: Callable[[Store], Coroutine[Any, Any, object]]) -> None:
        async def run() -> None:
            store = open_store(self.folder / "monitor.sqlite", now=read_clock())
            await work(store)
            await store.close()

        asyncio.run(run())

    def queue(self, *channels: str, **fields: Any) -> None:
        """Rows about the story, one per channel, with these fields."""

        def job(tx: Transaction) -> None:
            now = read_clock()
            tx.outbox.queue([alert("1", channel=name) for name in channels], now, now)
            for row in tx.outbox.waiting():
                tx.outbox.save(replace(row, **fields))

        self.store(lambda store: store.write(job))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A story of one report that nobody was told of yet."""
    made = Desk(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    now = read_clock()

    async def fill(store: Store) -> None:
        feed = FeedSpec("https://kuestenblatt.example/rss", "Küstenblatt")
        added = await store.write(lambda tx: tx.feeds.add(feed, now))
        (report,) = await add_flagged(store, draft(added.id, seen_at=now))
        await store.write(lambda tx: tx.stories.add(story([report])))

    made.store(fill)
    return made


def refuse(desk: Desk, *words: str) -> str:
    """What a verb says that must not do as it is told."""
    try:
        result = desk.run(*words)
    except MonitorError as error:
        return str(error)
    assert result.exit_code == 2, result.output
    return result.stderr


def states(desk: Desk) -> list[str]:
    return [row["state"] for row in reversed(desk.ask("outbox", "list"))]


# --- routes test ----------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["1", LINK])
def test_routes_test_says_which_route_takes_a_story_and_why(desk: Desk, reference: str) -> None:
    answer = desk.ask("routes", "test", reference)
    assert [(line["takes"], line["channels"]) for line in answer["routes"]] == [
        (True, ["phone"]),
        (False, ["desk"]),
        (False, ["desk"]),
    ]
    assert answer["routes"][1]["missing"] == ["language fr (here: de)"]
    assert answer["routes"][2]["missing"] == ["another route takes it already"]
    assert answer["traits"]["feeds"] == ["kuestenblatt.example", "küstenblatt"]
    (phone,) = answer["channels"]
    assert (phone["now"], phone["why"]) == ("hold", "quiet hours")
    assert phone["until"]


def test_routes_test_asks_about_an_imagined_story(desk: Desk) -> None:
    words = ("--topic", "ai-overbuild", "--score", "0.8", "--feed", "kuestenblatt.example")
    answer = desk.ask("routes", "test", *words)
    assert answer["routes"][0]["missing"] == ["from 90% on (here: 80%)"]
    assert [(c["channel"], c["now"]) for c in answer["channels"]] == [("desk", "send")]
    assert "nothing holds it" in desk.do("routes", "test", *words)


def test_routes_test_sees_silences_and_what_was_told(desk: Desk) -> None:
    desk.do("silence", "add", "--topic", "ai-overbuild", "--until", "2h")
    (phone,) = desk.ask("routes", "test", "1")["channels"]
    assert (phone["now"], phone["why"]) == ("drop", "silence 1 (topic ai-overbuild)")


def test_routes_test_names_the_row_that_told(desk: Desk) -> None:
    desk.queue("phone", state=Delivery.SENT, attempts=1)
    (phone,) = desk.ask("routes", "test", "1")["channels"]
    assert (phone["now"], phone["why"]) == ("sent", "outbox row 1")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "give either a story or --topic"),
        (("1", "--topic", "x"), "give either a story or --topic"),
        (("7",), "no story 7; `monitor stories list`"),
        (("https://nowhere.example/",), "no article https://nowhere.example/"),
    ],
)
def test_routes_test_says_what_it_cannot_find(
    desk: Desk, words: tuple[str, ...], complaint: str
) -> None:
    assert complaint in refuse(desk, "routes", "test", *words)


# --- silences -------------------------------------------------------------------------------------


def test_a_silence_is_added_listed_and_expired(desk: Desk) -> None:
    desk.queue("phone", "desk")
    words = ("--story", "1", "--words", "Mietvertrag", "--until", "2h", "--reason", "known")
    answer = desk.ask("silence", "add", *words)
    assert (answer["dropped"], answer["silence"]["matcher"]["words"]) == (2, ["Mietvertrag"])
    assert states(desk) == ["dropped", "dropped"]
    (silence,) = desk.ask("silence", "list")
    assert (silence["reason"], silence["expired_at"]) == ("known", None)
    told = desk.ask("alerts", "list")
    assert {row["note"] for row in told} == {"silence 1 (story 1, words mietvertrag): known"}
    assert "silence 1" in desk.do("alerts", "list")
    desk.do("silence", "expire", "1")
    assert desk.ask("silence", "list") == []
    assert len(desk.ask("silence", "list", "--all")) == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--until", "2h"), "say which stories"),
        (("--until", "2h", "--words", "!"), "say which stories"),
        (("--until", "soon", "--story", "1"), "is no time"),
        (("--until", "99999999999d", "--story", "1"), "is no time"),
        (("--until", "2020-01-01T08:00", "--story", "1"), "is over already"),
        (("--until", "2h", "--story", "7"), "no story 7"),
        (("--until", "2h", "--feed", "Nirgendblatt"), "no feed Nirgendblatt"),
        (("--until", "2h", "--topic", "ai-overbuilt"), "no topic ai-overbuilt"),
    ],
)
def test_a_silence_that_would_silence_nothing_is_refused(
    desk: Desk, words: tuple[str, ...], complaint: str
) -> None:
    assert complaint in refuse(desk, "silence", "add", *words)
    assert desk.ask("silence", "list", "--all") == []


def test_a_moment_without_a_zone_is_local(desk: Desk) -> None:
    words = ("--until", "2099-07-01T08:00", "--feed", "küstenblatt")
    until = desk.ask("silence", "add", *words)["silence"]["until"]
    assert datetime.fromisoformat(until) == datetime(2099, 7, 1, 6, tzinfo=UTC)


def test_an_unknown_silence_cannot_expire(desk: Desk) -> None:
    assert "no silence 9" in refuse(desk, "silence", "expire", "9")


# --- the outbox -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("1",), ["pending", "dead"]),
        (("--channel", "phone"), ["dead", "pending"]),
        (("--all",), ["pending", "pending"]),
    ],
)
def test_dead_rows_are_sent_again(desk: Desk, words: tuple[str, ...], expected: list[str]) -> None:
    desk.queue("desk", "phone", state=Delivery.DEAD, error="HTTP 401")
    desk.do("outbox", "retry", *words)
    assert states(desk) == expected


@pytest.mark.parametrize("words", [(), ("1", "--all"), ("--all", "--channel", "desk")])
def test_one_way_to_choose_rows_is_enough(desk: Desk, words: tuple[str, ...]) -> None:
    assert "give ids, --channel or --all" in refuse(desk, "outbox", "retry", *words)


def test_a_waiting_row_is_dropped_and_says_so(desk: Desk) -> None:
    desk.queue("desk", held_until=None)
    desk.do("outbox", "drop", "1")
    (row,) = desk.ask("outbox", "list")
    assert (row["state"], row["note"]) == ("dropped", "by hand")
    assert "nothing was changed" in refuse(desk, "outbox", "drop", "1")


def test_what_is_held_says_why_and_until_when(desk: Desk) -> None:
    until = datetime(2099, 1, 1, tzinfo=UTC)
    desk.queue("phone", held_until=until, note="quiet hours")
    (row,) = desk.ask("alerts", "list")
    assert (row["state"], row["note"], row["held_until"]) == (
        "pending",
        "quiet hours",
        until.isoformat(),
    )
    assert "quiet hours" in desk.do("outbox", "list")
