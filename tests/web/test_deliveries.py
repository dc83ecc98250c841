"""The deliveries' pages: what is on its way, what became of it, and a hand in it."""

from datetime import timedelta

import pytest

from monitor.core.model import Delivery, Heading, Link, Message, Subject
from monitor.ports import Transaction
from monitor.web.deliveries import PER_PAGE
from tests.builders import HOUR, MINUTE, NOW, alert
from tests.web.conftest import Site
from tests.web.messages import HELD, add_row
from tests.web.stories import add_story

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}"


async def state_of(site: Site, row_id: int) -> Delivery:
    row = await site.app.parts.store.read(lambda tx: tx.outbox.get(row_id))
    assert row is not None
    return row.state


async def test_nothing_was_sent_yet(site: Site) -> None:
    assert "What is or was sent appears here." in (await site.get("/deliveries")).text


@pytest.mark.parametrize(
    ("status", "texts"),
    [
        ({"state": Delivery.PENDING}, ["waiting", "just now", "Drop"]),
        (
            {"state": Delivery.PENDING, "held_until": NOW + 3 * HOUR, "note": "quiet hours"},
            ["Held until", "in 3 hours", "(quiet hours)"],
        ),
        (
            {
                "state": Delivery.RETRY,
                "attempts": 4,
                "ambiguous": True,
                "due_at": NOW + 8 * MINUTE,
                "error": "503 <busy>",
            },
            [
                "to be tried again",
                "4 attempts",
                "possibly repeated",
                "in 8 minutes",
                "&lt;busy&gt;",
            ],
        ),
        (
            {"state": Delivery.DEAD, "settled_at": NOW, "error": "535 login"},
            ["given up", "535 login", "Send again"],
        ),
        (
            {"state": Delivery.SENT, "settled_at": NOW, "receipt": "250 2.0.0 queued as 4F"},
            ["delivered", "250 2.0.0 queued as 4F"],
        ),
        (
            {"state": Delivery.DROPPED, "settled_at": NOW, "note": "by hand"},
            ["dropped", "by hand"],
        ),
    ],
    ids=lambda value: value["state"] if isinstance(value, dict) else "",
)
async def test_each_row_says_what_becomes_of_it(
    site: Site, status: dict[str, object], texts: list[str]
) -> None:
    row = await add_row(site, alert(), HELD, **status)
    for path in ("/deliveries", f"/deliveries/{row.id}"):
        page = (await site.get(path)).text
        for text in ("Zwei Verträge gekündigt", "mail", "Story, first alert", "score 0.90"):
            assert text in page, (path, text)
    page = (await site.get("/deliveries")).text
    assert [text for text in texts if text not in page] == []


async def test_a_row_speaks_german(site: Site) -> None:
    site.cookies["language"] = "de"
    row = await add_row(
        site,
        alert(occasion="update-2"),
        HELD,
        held_until=NOW + HOUR,
        note="quiet hours",
        state=Delivery.PENDING,
    )
    page = (await site.get(f"/deliveries/{row.id}")).text
    for text in ("wartet", "Geschichte, Neues dazu (2)", "Ruhezeit", "Zurückgehalten bis"):
        assert text in page


async def test_a_message_that_is_not_written_yet_has_its_story_s_title(site: Site) -> None:
    story = await add_story(site.app.parts.store, title="Konzern kündigt zwei Verträge")
    row = await add_row(site, alert(str(story.id)))
    page = (await site.get(f"/deliveries/{row.id}")).text
    assert "Konzern kündigt zwei Verträge" in page
    assert f'href="/stories/{story.id}"' in page
    assert "written only when its turn comes" in page
    assert (await site.get(f"/deliveries/{row.id}/message")).status == 404


async def test_a_message_whose_text_was_deleted_says_so(site: Site) -> None:
    row = await add_row(site, alert("7"), state=Delivery.SENT, settled_at=NOW)
    page = (await site.get(f"/deliveries/{row.id}")).text
    assert "Story 7" in page
    assert "deleted when its time of keeping was over" in page


async def test_a_folded_row_leads_to_its_summary(site: Site) -> None:
    summary = await add_row(site, alert("1", "folded", subject=Subject.SUMMARY), HELD)
    row = await add_row(
        site,
        alert(),
        state=Delivery.FOLDED,
        settled_at=NOW,
        folded_into=summary.id,
        note="21 waited at once",
    )
    page = (await site.get(f"/deliveries/{row.id}")).text
    assert "21 waited at once" in page
    assert f'href="/deliveries/{summary.id}"' in page


async def test_rows_are_chosen_newest_first(site: Site) -> None:
    await add_row(site, alert("1"), state=Delivery.SENT, settled_at=NOW)
    await add_row(site, alert("2", channel="chat"))
    await add_row(site, alert("feed-failing", "began", subject=Subject.NOTICE))
    for asked, ids in (
        ("", [3, 2, 1]),
        ("?state=sent", [1]),
        ("?state=pending", [3, 2]),
        ("?channel=chat", [2]),
        ("?subject=notice", [3]),
        ("?subject=story&channel=mail", [1]),
        ("?state=drunk&subject=%00", [3, 2, 1]),
        ("?channel='", []),
        ("?page=7", []),
    ):
        page = (await site.get(f"/deliveries{asked}")).text
        found = sorted((page.find(f'href="/deliveries/{n}"'), n) for n in (1, 2, 3))
        assert [n for at, n in found if at >= 0] == ids, asked


async def test_many_rows_are_on_many_pages(site: Site) -> None:
    def queue(tx: Transaction) -> int:
        return tx.outbox.queue((alert(str(n)) for n in range(PER_PAGE + 1)), NOW, NOW)

    await site.app.parts.store.write(queue)
    first = (await site.get("/deliveries?state=pending")).text
    assert 'rel="next" href="/deliveries?state=pending&amp;page=2"' in first
    assert (await site.get("/deliveries?page=2")).text.count('class="row two"') == 1


async def test_a_dead_message_is_sent_again(site: Site) -> None:
    row = await add_row(site, alert(), HELD, state=Delivery.DEAD, settled_at=NOW, error="535")
    answer = await site.send(f"/deliveries/{row.id}/retry")
    assert (answer.status, answer.headers["location"]) == (303, f"/deliveries/{row.id}")
    assert await state_of(site, row.id) is Delivery.PENDING
    due = await site.app.parts.store.read(lambda tx: tx.outbox.due(NOW))
    assert [one.alert.message for one in due] == [HELD]


async def test_a_waiting_message_is_dropped(site: Site) -> None:
    row = await add_row(site, alert())
    await site.send(f"/deliveries/{row.id}/drop")
    assert await state_of(site, row.id) is Delivery.DROPPED


async def test_what_is_too_late_changes_nothing_and_says_so(site: Site) -> None:
    row = await add_row(site, alert(), HELD, state=Delivery.SENT, settled_at=NOW)
    for verb in ("retry", "drop"):
        assert f"/{verb}" not in (await site.get(f"/deliveries/{row.id}")).text
        answer = await site.send(f"/deliveries/{row.id}/{verb}")
        assert answer.status == 400
        assert "nothing was changed" in answer.text
    assert await state_of(site, row.id) is Delivery.SENT


async def test_an_unknown_row_is_not_found(site: Site) -> None:
    for path in ("/deliveries/99", "/deliveries/99/message", "/deliveries/x"):
        assert (await site.get(path)).status == 404
    for verb in ("retry", "drop"):
        assert (await site.send(f"/deliveries/99/{verb}")).status == 404


async def test_what_a_message_says_is_text_and_its_frame_may_do_nothing(site: Site) -> None:
    message = Message(HOSTILE, (Heading(HOSTILE), Link(HOSTILE, "javascript:alert(1)")))
    row = await add_row(site, alert(), message, error=HOSTILE, note=HOSTILE)
    for path in ("/deliveries", f"/deliveries/{row.id}"):
        page = (await site.get(path)).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page
        assert "<script>alert" not in page
    answer = await site.get(f"/deliveries/{row.id}/message")
    assert "<script" not in answer.text
    assert "javascript:" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert '<base target="_blank">' in answer.text


async def test_only_a_message_s_own_document_may_have_inline_styles(site: Site) -> None:
    row = await add_row(site, alert(), HELD)
    page = await site.get(f"/deliveries/{row.id}")
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text


async def test_held_rows_say_until_when(site: Site) -> None:
    row = await add_row(site, alert(), held_until=NOW - MINUTE, due_at=NOW + HOUR)
    site.now.append(NOW + timedelta(seconds=1))
    page = (await site.get("/deliveries")).text
    assert "Held until" not in page
    assert f'action="/deliveries/{row.id}/drop"' in page
