"""What supervisors and curves are told of the program."""

import json
import re
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.app import App, Space
from monitor.errors import StoreBusy
from monitor.ports import Transaction
from tests.builders import DAY, NOW, alert, draft, spec
from tests.web.conftest import Site
from tests.web.stories import add_story

SAMPLE = re.compile(r"monitor_[a-z0-9_]+")


class ClosedStore:
    """A database that nobody can read."""

    async def read(self, query: Any) -> Any:
        raise StoreBusy("monitor.sqlite is locked by another program; stop it")


def lose_tick(app: App) -> None:
    app.pulse.tick -= 100


def lose_writer(app: App) -> None:
    app.pulse.write -= 3600


def lose_dispatcher(app: App) -> None:
    app.pulse.dispatch -= 90


def refuse_writes(app: App) -> None:
    app.pulse.refusal = "monitor.sqlite: readonly database; make it writable"


def fill_disk(app: App) -> None:
    app.parts.live.space = Space.LOW


def forget_topics(app: App) -> None:
    app.parts = replace(app.parts, topics=())


def close_store(app: App) -> None:
    app.parts = replace(app.parts, store=ClosedStore())  # type: ignore[arg-type]


async def test_a_program_that_runs_is_alive_and_ready(site: Site) -> None:
    alive, ready = await site.get("/healthz"), await site.get("/readyz")
    assert (alive.status, alive.text) == (200, "ok\n")
    assert (ready.status, json.loads(ready.text)) == (200, {"ready": True, "failing": {}})


@pytest.mark.parametrize(
    ("breaks", "part", "why"),
    [
        (lose_tick, "tick", "no sign of life for 0:01:40"),
        (lose_writer, "write", "no sign of life for 1:00:00"),
        (lose_dispatcher, "dispatch", "no sign of life for 0:01:30"),
        (refuse_writes, "database", "make it writable"),
        (fill_disk, "disk", "full"),
        (forget_topics, "topics", "none to look for"),
        (close_store, "database", "is locked by another program"),
    ],
)
async def test_what_does_not_work_is_named(site: Site, breaks: Any, part: str, why: str) -> None:
    breaks(site.app)
    answer = await site.get("/readyz")
    said = json.loads(answer.text)
    assert (answer.status, said["ready"], list(said["failing"])) == (503, False, [part])
    assert why in said["failing"][part]
    assert (await site.get("/healthz")).status == 200


async def read_metrics(site: Site) -> dict[str, dict[tuple[str, ...], float]]:
    """Samples by name, and by the values of their labels."""
    answer = await site.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation
        assert family.type in {"counter", "gauge"}
        for sample in family.samples:
            assert SAMPLE.fullmatch(sample.name)
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def count_polls(at: datetime, tx: Transaction) -> None:
    tx.counters.bump("polls", 7, at)


async def test_metrics_tell_what_there_is(site: Site) -> None:
    store = site.app.parts.store
    before = await read_metrics(site)
    assert before["monitor_stories"] == {(): 0}
    assert before["monitor_waiting_articles"] == {("verdict",): 0, ("story",): 0}
    assert set(before["monitor_outbox_messages"].values()) == {0}
    story = await add_story(store)
    feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
    await store.write(lambda tx: tx.articles.add([draft(feed.id, "waits")]))
    await store.write(lambda tx: tx.outbox.queue([alert(str(story.id))], NOW, NOW))
    for at in (NOW, NOW + DAY, NOW + 2 * DAY):
        await store.write(partial(count_polls, at))
    site.app.pulse.tick -= 1000
    after = await read_metrics(site)
    assert after["monitor_stories"] == {(): 1}
    assert after["monitor_waiting_articles"] == {("verdict",): 1, ("story",): 0}
    assert after["monitor_outbox_messages"][("pending",)] == 1
    assert after["monitor_feeds"] == {("new",): 1}
    assert after["monitor_events_total"] == {("polls",): 21}
    assert 1000 <= after["monitor_tick_age_seconds"][()] < 1100
    assert after["monitor_process_resident_memory_bytes"][()] > 10_000_000


async def test_metrics_have_no_label_that_a_feed_wrote(site: Site) -> None:
    await add_story(site.app.parts.store, title='Titel " \\ { } eines Feeds')
    answer = await site.get("/metrics")
    assert answer.status == 200
    assert "Titel" not in answer.text
    assert "Beispielblatt" not in answer.text
