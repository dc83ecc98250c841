"""The digests' pages: every past one as it was sent, the coming one as it would be."""

from dataclasses import replace

import pytest

from monitor.core.model import CompiledDigest, Delivery, DigestPlan
from monitor.web.digests import PER_PAGE
from monitor.web.telling import tell_date, tell_plan
from tests.builders import DAY, HOUR, NOW, alert
from tests.web.conftest import Site
from tests.web.messages import HELD, add_digest, add_row
from tests.web.stories import add_story

PLAN = DigestPlan("morgens", 7, 5, "Europe/Berlin", ("mail", "chat"), "de")


def plan_digest(site: Site, plan: DigestPlan = PLAN) -> None:
    site.app.settings = replace(site.app.settings, digests=(plan,))


async def test_without_digests_the_page_says_when_one_comes(site: Site) -> None:
    plan_digest(site)
    page = (await site.get("/digests")).text
    assert "No digest yet." in page
    assert "daily at 07:05 (Europe/Berlin), to mail and chat" in page
    site.app.settings = replace(site.app.settings, digests=())
    assert "None is configured" in (await site.get("/digests")).text


async def test_each_past_digest_says_when_to_whom_and_how_much(site: Site) -> None:
    await site.app.parts.store.write(
        lambda tx: tx.digests.add(CompiledDigest("morgens", "2026-11-24", NOW - DAY, NOW))
    )
    row = await add_digest(site, state=Delivery.SENT, settled_at=NOW - 2 * HOUR)
    page = (await site.get("/digests")).text
    for text in (
        "morgens, 24 November 2026",
        "Zwei Geschichten, drei Artikel.",
        "from 23 November 2026, 08:30 to 24 November 2026, 08:30",
        "delivered",
        "to mail",
        "2 hours ago",
        f'href="/digests/{row.id}"',
    ):
        assert text in page


async def test_a_digest_is_shown_as_it_was_sent(site: Site) -> None:
    row = await add_digest(site, state=Delivery.SENT, settled_at=NOW)
    page = (await site.get(f"/digests/{row.id}")).text
    assert f'src="/deliveries/{row.id}/message"' in page
    assert "The message as it was sent" in page
    text = (await site.get(f"/deliveries/{row.id}/message")).text
    assert "Übersicht morgens" in text
    assert "Zwei Geschichten, drei Artikel." in text


async def test_a_digest_whose_text_was_deleted_says_so(site: Site) -> None:
    row = await add_digest(site, message=None, state=Delivery.SENT, settled_at=NOW)
    for path in ("/digests", f"/digests/{row.id}"):
        page = (await site.get(path)).text
        assert "The text was deleted when its time of keeping was over." in page
        assert "<iframe" not in page


async def test_what_is_no_digest_is_not_found(site: Site) -> None:
    row = await add_row(site, alert(), HELD)
    for path in (
        f"/digests/{row.id}",
        "/digests/99",
        "/digests/coming/abends",
        "/digests/coming/abends/message",
    ):
        assert (await site.get(path)).status == 404


async def test_older_digests_are_on_the_next_page(site: Site) -> None:
    for n in range(PER_PAGE + 1):
        await add_digest(site, f"2026-10-{n + 1:02}" if n < PER_PAGE else "2026-11-01")
    first, second = (await site.get("/digests")).text, (await site.get("/digests?page=2")).text
    assert 'rel="next" href="/digests?page=2"' in first
    assert "1 November 2026" in first
    assert second.count('class="row two"') == 1
    assert "1 October 2026" in second


async def test_the_coming_digest_is_shown_as_it_would_be_sent(site: Site) -> None:
    plan_digest(site)
    site.now.append(NOW + HOUR)
    await add_story(site.app.parts.store, title="Konzern kündigt zwei Verträge")
    page = (await site.get("/digests/coming/morgens")).text
    assert 'src="/digests/coming/morgens/message"' in page
    answer = await site.get("/digests/coming/morgens/message")
    assert "Konzern kündigt zwei Verträge" in answer.text
    assert "sandbox" in answer.headers["content-security-policy"]
    rows = await site.app.parts.store.read(lambda tx: tx.outbox.list())
    assert rows == ()


@pytest.mark.parametrize(
    ("language", "days", "text"),
    [
        ("de", (0, 1, 2, 3, 4, 5, 6), "täglich um 07:05 (Europe/Berlin), an mail und chat"),
        ("de", (4, 0), "Mo und Fr um 07:05 (Europe/Berlin), an mail und chat"),
        ("en", (0, 2, 4), "Mon, Wed and Fri at 07:05 (Europe/Berlin), to mail and chat"),
    ],
)
def test_a_plan_is_told_in_words(language: str, days: tuple[int, ...], text: str) -> None:
    assert tell_plan(language, replace(PLAN, days=days)) == text


@pytest.mark.parametrize(
    ("occasion", "text"),
    [
        ("2026-11-24", "24. November 2026"),
        ("2026-11-24T17:40", "24. November 2026, 17:40"),
    ],
)
def test_an_occasion_is_told_as_a_date(occasion: str, text: str) -> None:
    assert tell_date("de", occasion) == text
