"""What verbs that change something answer a program: `--json`."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.app import read_clock
from monitor.core.model import Delivery
from monitor.errors import MonitorError
from monitor.ports import Transaction
from monitor.store import open_store
from tests.builders import add_flagged, alert, draft, spec, story
from tests.cli.verbs import Verbs

TITLE = "Konzern kündigt Mietvertrag"
HARBOUR = {"url": "https://hafenblatt.example/rss", "name": "Hafenblatt", "tags": ["Küste"]}


@pytest.fixture
def verbs(tmp_path: Path) -> Verbs:
    """An article in a story, of which two messages were given up."""
    (tmp_path / "config.toml").write_text('feeds = []\n[channels.desk]\nurl = "console://"\n')

    async def fill() -> None:
        now = read_clock()
        store = open_store(tmp_path / "monitor.sqlite", now=now)
        feed = await store.write(lambda tx: tx.feeds.add(spec(), now))
        (report,) = await add_flagged(store, draft(feed.id, title=TITLE, seen_at=now))

        def give_up(tx: Transaction) -> None:
            tx.stories.add(story([report]))
            tx.outbox.queue([alert("1", channel=name) for name in ("desk", "mail")], now, now)
            for row in tx.outbox.waiting():
                tx.outbox.save(replace(row, state=Delivery.DEAD))

        await store.write(give_up)
        await store.close()

    asyncio.run(fill())
    return Verbs(tmp_path)


WORD = {"article": 1, "title": TITLE, "topic": "ai-overbuild"}
LABEL = ("--topic", "ai-overbuild")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (
            ("label", "1", "yes", *LABEL),
            WORD | {"wanted": True, "changed": True, "yes": 1, "no": 0},
        ),
        (
            ("label", "1", "no", *LABEL),
            WORD | {"wanted": False, "changed": True, "yes": 0, "no": 1},
        ),
        (
            ("topics", "threshold", "ai-overbuild", "0.7"),
            {"name": "ai-overbuild", "before": 0.5, "threshold": 0.7},
        ),
        (("outbox", "retry", "--all"), {"revived": 2}),
        (("db", "reindex"), {"waiting": 1}),
        (
            ("feeds", "add", HARBOUR["url"], "--name", "Hafenblatt", "--tag", "Küste"),
            HARBOUR | {"id": 2, "interval": None, "origin": "command", "full_text": None},
        ),
    ],
)
def test_what_was_done_is_told_to_a_program(
    verbs: Verbs, words: Sequence[str], answer: dict[str, Any]
) -> None:
    assert verbs.ask(*words) == answer


def test_what_is_undone_is_told_likewise(verbs: Verbs) -> None:
    verbs.do("label", "1", "yes", *LABEL)
    undone = WORD | {"wanted": None, "changed": True, "yes": 0, "no": 0}
    assert verbs.ask("label", "1", "--undo", *LABEL) == undone
    verbs.do("outbox", "retry", "1", "2")
    assert verbs.ask("outbox", "drop", "2") == {"dropped": 1}
    verbs.do("silence", "add", "--story", "1", "--until", "2h")
    ended = verbs.ask("silence", "expire", "1")
    assert (ended["id"], ended["matcher"]["story"]) == (1, 1)
    assert ended["expired_at"] < ended["until"]
    verbs.do("feeds", "add", str(HARBOUR["url"]))
    assert verbs.ask("feeds", "remove", str(HARBOUR["url"]))["name"] == "hafenblatt.example"


def test_files_are_named_whole(verbs: Verbs, tmp_path: Path) -> None:
    database, copy = tmp_path / "monitor.sqlite", tmp_path / "copy.sqlite"
    assert verbs.ask("db", "upgrade") == {"path": str(database), "ok": True}
    both = {"database": str(database), "backup": str(copy)}
    assert verbs.ask("backup", copy) == both
    restored = verbs.ask("restore", copy)
    assert Path(restored.pop("kept")).is_file()
    assert restored == both


ABOUT_ONE = (
    "explain",
    "why-not",
    "search --like",
    "stories show",
    "stories merge 1",
    "outbox retry",
    "silence expire",
    "routes test",
    "label --topic ai-overbuild --undo",
)


@pytest.mark.parametrize("number", ["9" * 19, "9" * 30, "9" * 5_000], ids=len)
def test_a_number_that_nothing_can_have_is_refused(verbs: Verbs, number: str) -> None:
    for words in ABOUT_ONE:
        code, said = refuse(verbs, *words.split(), number)
        assert (words, code) in {(words, 1), (words, 2)}
        assert "database" not in said


def refuse(verbs: Verbs, *words: str) -> tuple[int, str]:
    """The exit code and the last line of a verb that cannot do as it is told."""
    try:
        result = verbs.run(*words)
    except MonitorError as error:  # `main` says it, and exits with 1
        return 1, str(error)
    return result.exit_code, result.stderr.splitlines()[-1]
