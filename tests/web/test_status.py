"""The status page."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from monitor.core.status_page_texts import STATUS_PAGE_TEXTS
from monitor.core.words import say
from monitor.ports import Transaction
from monitor.queries import get_flow
from monitor.queries.flow import STEPS
from monitor.web.status import MOST_LISTED, measure_bar
from tests.builders import DAY, HOUR, NOW, spec
from tests.core.test_words import fields
from tests.web.conftest import Site
from tests.web.stories import add_story

COUNTED = {
    "polls": 3210,
    "polls failed": 12,
    "articles": 412,
    "below threshold": 380,
    "unscored": 2,
    "baseline": 20,
    "flagged": 15,
    "alerts": 4,
    "updates": 1,
    "story already told": 9,
    "no channel routed": 3,
    "alerts silenced": 2,
    "delivery sent": 3,
    "delivery dead": 1,
}


def count(numbers: Mapping[str, int], at: datetime, tx: Transaction) -> None:
    for name, number in numbers.items():
        tx.counters.bump(name, number, at)


def read_text(page: str) -> str:
    """The words of a page, as a person reads them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


async def test_the_flow_says_what_came_to_each_step_and_what_left_there(site: Site) -> None:
    store = site.app.parts.store
    await add_story(store)
    await store.write(partial(count, COUNTED, NOW))
    flow = await store.read(lambda tx: get_flow(tx, NOW - DAY))
    assert {step.name: step.count for step in flow.steps} == {
        "polls": 3210,
        "articles": 412,
        "judged": 417,
        "flagged": 35,
        "stories": 1,
        "alerts": 5,
        "sent": 3,
    }
    assert {step.name: dict(step.left) for step in flow.steps if step.left} == {
        "polls": {"polls failed": 12},
        "judged": {"below threshold": 380, "unscored": 2},
        "flagged": {"baseline": 20},
        "stories": {"no channel routed": 3, "story already told": 9},
        "alerts": {"alerts silenced": 2},
        "sent": {"delivery dead": 1},
    }
    text = read_text((await site.get("/status")).text)
    for said in (
        "3,210 polls − 12 failed",
        "417 judged − 380 below the threshold",
        "3 messages sent",
    ):
        assert said in text


async def test_each_article_of_a_day_ended_at_one_gate(site: Site) -> None:
    """The same names and numbers as `monitor status`, in the reader's language."""
    await add_story(site.app.parts.store)
    site.now.append(NOW + HOUR)
    for language, name in (("en", "no route"), ("de", "keine Route")):
        site.cookies["language"] = language
        page = (await site.get("/status")).text
        lines = re.findall(r"<dt>([^<]+)</dt><dd>1</dd>", page)
        assert len(lines) == 1, page
        assert name in lines[0]


async def test_the_flow_is_of_a_day_or_of_a_week(site: Site) -> None:
    for days, polls in ((0, 1), (1, 10), (2, 100), (7, 1000), (8, 10_000)):
        job = partial(count, {"polls": polls}, NOW - days * DAY)
        await site.app.parts.store.write(job)
    for asked, said in (("", "11"), ("?days=1", "11"), ("?days=7", "1,111"), ("?days=9", "11")):
        page = read_text((await site.get(f"/status{asked}")).text)
        assert f"{said} polls" in page
    assert "Counted since 17 November 2026, 00:00" in read_text(
        (await site.get("/status?days=7")).text
    )


@pytest.mark.parametrize(
    ("language", "well", "heading"),
    [("en", "All is well.", "What does not work"), ("de", "Alles läuft.", "Was nicht geht")],
)
async def test_what_does_not_work_comes_first(
    site: Site, language: str, well: str, heading: str
) -> None:
    site.cookies["language"] = language
    fine = (await site.get("/status")).text
    assert (well in fine, heading in fine) == (True, False)
    site.app.pulse.tick -= 120
    await site.app.parts.store.write(partial(fail_feeds, MOST_LISTED + 3))
    troubled = (await site.get("/status")).text
    assert (well in troubled, heading in troubled) == (False, True)
    assert "0:02:00" in troubled
    assert str(MOST_LISTED + 3) in troubled
    assert troubled.count("<li>Ausfall") == MOST_LISTED
    assert "&lt;b&gt; 503" in troubled


def fail_feeds(number: int, tx: Transaction) -> None:
    """Each was asked once, in vain."""
    for i in range(number):
        feed = tx.feeds.add(spec(f"Ausfall{i:02}"), NOW)
        failed = replace(feed.state, failures=1, last_polled_at=NOW, last_error="<b> 503")
        tx.feeds.settle([(feed, failed)])


def test_every_counter_that_leaves_has_words_in_both_languages() -> None:
    for name, _, lost in STEPS:
        for key in (f"page.status.step.{name}", *(f"page.status.left.{one}" for one in lost)):
            assert say("de", key, n=3) != say("en", key, n=3)


@pytest.mark.parametrize("key", STATUS_PAGE_TEXTS)
def test_both_languages_take_the_same_values(key: str) -> None:
    german, english = STATUS_PAGE_TEXTS[key]
    assert fields(german) == fields(english)


@pytest.mark.parametrize(
    ("count", "most", "width"), [(0, 0, 0), (0, 9, 0), (9, 9, 100), (9, 99, 50), (99, 9999, 50)]
)
def test_a_tenfold_is_longer_by_as_much(count: int, most: int, width: float) -> None:
    assert measure_bar(count, most) == width
