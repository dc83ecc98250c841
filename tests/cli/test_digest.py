"""`digest` and `digest list`, as a person calls them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.model import CompiledDigest
from monitor.pipeline import VOTE_KEY
from monitor.ports import Transaction
from monitor.store import SqliteStore, open_store
from tests.builders import (
    add_articles,
    add_flagged,
    add_verdicts,
    draft,
    signals,
    spec,
    story,
    verdict,
)
from tests.cli.test_setup import monitor

CONFIG = """
language = "en"
timezone = "Europe/Berlin"
[channels.file]
url = "file://messages.txt"
[[digests]]
name = "daily"
channels = ["file"]
[[digests]]
name = "woche"
days = ["mon", "fri"]
time = "17:30"
language = "de"
topics = ["microsoft-openai"]
channels = ["file"]
[web]
public_url = "https://monitor.example.org"
"""
TOLD = "Konzern kündigt Mietvertrag"
NEAR = "Halle wird doch noch gebaut"


async def fill(store: SqliteStore) -> None:
    """A story and a near miss of the last hour, in a digest that ended two hours ago."""
    now = datetime.now(UTC)  # noqa: TID251 - the program under test reads the real clock
    hour = timedelta(hours=1)
    feed = await store.write(lambda tx: tx.feeds.add(spec(), now))
    members = await add_flagged(store, draft(feed.id, "told", title=TOLD, seen_at=now - hour))
    near = draft(feed.id, "near", title=NEAR, seen_at=now - hour)
    (missed,) = await add_articles(store, near)

    def job(tx: Transaction) -> None:
        tx.stories.add(story(members, TOLD))
        add_verdicts(tx, missed.revision_id, [verdict(score=0.41)], signals())
        for name in ("daily", "woche"):
            begin = now - 2 * hour
            tx.digests.add(CompiledDigest(name, f"{begin:%Y-%m-%d}", begin, begin))
        tx.notes.set(VOTE_KEY, bytes(32).hex())

    await store.write(job)
    await store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    store = open_store(tmp_path / "monitor.sqlite", now=datetime(2026, 11, 1, tzinfo=UTC))
    asyncio.run(fill(store))
    return tmp_path


def test_it_is_printed_in_every_format(folder: Path) -> None:
    text = monitor(folder, "digest").stdout
    assert text.startswith("Digest daily: ")
    for words in (TOLD, NEAR, "--topic ai-overbuild"):
        assert words in text
    assert text.count("Relevant: https://monitor.example.org/vote/") == 2
    assert "**[" in monitor(folder, "digest", "--format", "md").stdout
    assert monitor(folder, "digest", "--format", "html").stdout.startswith("<!DOCTYPE html>")
    found = json.loads(monitor(folder, "digest", "--json").stdout)
    assert [one["title"] for one in found["stories"]] == [TOLD]
    assert [(one["title"], one["topic"], one["score"]) for one in found["near"]] == [
        (NEAR, "ai-overbuild", 0.41)
    ]
    assert list(found["days"].values()) == [0] * 13 + [1]


def test_another_digest_has_its_own_language_and_topics(folder: Path) -> None:
    done = monitor(folder, "digest", "--name", "woche")
    assert done.stdout.startswith("Übersicht woche: ")
    assert "kein Artikel passte zu Ihren Themen" in done.stdout
    assert TOLD not in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("--name", "weekly"), 1, "no digest weekly; configured: daily, woche"),
        (("--date", "1. März"), 2, "1. März is no date such as 2026-03-01"),
        (("--date", "0001-01-05"), 2, "0001-01-05 is no date such as 2026-03-01"),
    ],
)
def test_what_is_not_there_is_told(
    folder: Path, words: tuple[str, ...], code: int, complaint: str
) -> None:
    done = monitor(folder, "digest", *words)
    assert done.returncode == code
    assert complaint in " ".join(done.stderr.replace("│", " ").split())


def test_one_that_was_sent_is_listed_as_told(folder: Path) -> None:
    assert json.loads(monitor(folder, "digest", "list", "--json").stdout) == []
    assert "no digest was made yet" in monitor(folder, "digest", "list").stdout
    sent = monitor(folder, "digest", "--send")
    assert sent.returncode == 0, sent.stderr
    assert TOLD in (folder / "messages.txt").read_text(encoding="utf-8")
    (line,) = json.loads(monitor(folder, "digest", "list", "--json").stdout)
    assert (line["name"], line["channel"], line["state"]) == ("daily", "file", "sent")
    assert line["told_at"]
    status = monitor(folder, "status").stdout
    assert "digest daily" in status
    assert " over file: told " in status
    assert "the page, while `monitor run` runs: https://monitor.example.org" in status
    assert "nothing" in monitor(folder, "digest").stdout.lower()


def test_check_names_the_days(folder: Path) -> None:
    found = json.loads(monitor(folder, "check", "--json").stdout)
    assert found["digests"] == ["daily 07:00 Europe/Berlin", "woche mon+fri 17:30 Europe/Berlin"]
