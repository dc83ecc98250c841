"""Where the links in messages lead: asked first, said by POST alone, once."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import expect

from monitor.app import make_ballot
from monitor.core.model import Label, LabelSource
from monitor.core.vote import Ballot
from monitor.web.guard import list_hosts
from tests.builders import NOW
from tests.web.browser import open_window
from tests.web.conftest import Site
from tests.web.stories import add_story

TOPIC = "ai-overbuild"
PAGE = "https://monitor.example.org"
TITLE = "Konzern kündigt zwei Verträge"


async def open_ballot(site: Site) -> Ballot:
    """What messages of this program are made with."""
    ballot = await site.app.parts.store.read(lambda tx: make_ballot(tx, PAGE, NOW))
    assert ballot is not None
    return ballot


async def link(site: Site, *, wanted: bool = True, topic: str = TOPIC) -> str:
    """The path of a link of a message on a story's first report."""
    if not await site.app.parts.store.read(lambda tx: tx.articles.get(1)):
        await add_story(site.app.parts.store, title=TITLE)
    return (await open_ballot(site)).link(1, topic, wanted=wanted).removeprefix(PAGE)


async def labels(site: Site) -> list[tuple[bool, LabelSource]]:
    found = await site.app.parts.store.read(lambda tx: tx.labels.of(TOPIC))
    return [(label.wanted, label.source) for label in found]


def buttons(page: str) -> list[tuple[str, str]]:
    """What can be done on a page: where a form goes, and what its button says."""
    return re.findall(r'<form method="post" action="([^"]+)"><button[^>]*>([^<]+)<', page)


async def test_a_link_shows_what_it_would_say_and_says_nothing(site: Site) -> None:
    for wanted, word in (
        (True, "Relevant to “AI overbuild"),
        (False, "Not relevant to “AI overbuild"),
    ):
        path = await link(site, wanted=wanted)
        page = await site.get(path)
        assert page.status == 200
        assert TITLE in page.text
        ((where, says),) = buttons(page.text)
        assert where == path
        assert says.startswith(word)
    assert await labels(site) == []


async def test_a_vote_is_said_by_post_once_and_may_be_taken_back(site: Site) -> None:
    path = await link(site)
    first, again = await site.post(path, {}), await site.post(path, {})
    assert "Thank you, noted: Relevant to" in first.text
    assert "That was noted already: Relevant to" in again.text
    assert "That was noted already" in (await site.get(path)).text
    assert await labels(site) == [(True, LabelSource.LINK)]
    assert buttons(again.text) == [(f"{path}/undo", "Take it back")]
    undone = await site.post(f"{path}/undo", {})
    assert "Taken back: Relevant to" in undone.text
    assert buttons(undone.text)[0][0] == path
    assert "Nothing is noted yet" in (await site.post(f"{path}/undo", {})).text
    assert await labels(site) == []


async def test_the_other_link_changes_the_word(site: Site) -> None:
    yes, no = await link(site), await link(site, wanted=False)
    await site.post(yes, {})
    asked = (await site.get(no)).text
    assert "Noted so far: Relevant to" in asked
    assert buttons(asked)[0][0] == no
    assert "Thank you, noted: Not relevant to" in (await site.post(no, {})).text
    assert "Noted so far: Not relevant to" in (await site.post(f"{yes}/undo", {})).text
    assert await labels(site) == [(False, LabelSource.LINK)]


@pytest.mark.parametrize("undo", ["", "/undo"])
async def test_a_forged_link_is_refused(site: Site, undo: str) -> None:
    path = await link(site)
    await site.post(path, {})
    ballot = await open_ballot(site)
    forged = [
        path[:-1] + ("0" if path[-1] != "0" else "1"),
        path.replace("/1.yes.", "/2.yes."),
        path.replace(".yes.", ".no."),
        replace(ballot, key=bytes(32)).link(1, TOPIC, wanted=False).removeprefix(PAGE),
        "/vote/x",
        "/vote/%00%ff%F0%9F.%ed%a0%80",
    ]
    for one in forged:
        answers = [await site.get(one)] if not undo else []
        for answer in [*answers, await site.post(one + undo, {})]:
            assert (answer.status, "This link was not made here" in answer.text) == (403, True)
    assert await labels(site) == [(True, LabelSource.LINK)]


@pytest.mark.parametrize("undo", ["", "/undo"])
async def test_an_expired_link_is_gone(site: Site, undo: str) -> None:
    path = await link(site)
    site.now.append(NOW + timedelta(days=30))
    for answer in (await site.get(path), await site.post(path + undo, {})):
        assert (answer.status, "it counted for 30 days" in answer.text) == (410, True)
    assert await labels(site) == []


async def test_what_is_no_longer_there_cannot_be_voted_on(site: Site) -> None:
    await link(site)
    nobodys = (await open_ballot(site)).link(99, TOPIC, wanted=True).removeprefix(PAGE)
    for path in (nobodys, await link(site, topic="dropped")):
        assert (await site.post(path, {})).status == 404


async def test_these_pages_tell_no_token_of_other_forms_and_run_nothing(site: Site) -> None:
    """A proxy may let them pass without its login."""
    token, path = await site.read_token(), await link(site)
    for page in (path, "/vote/x", "/vote/x/y", f"{path}/undo"):
        text = (await site.get(page)).text
        assert token not in text
    assert "<script" not in (await site.get(path)).text


async def test_a_title_is_text_and_the_reader_may_look_first(site: Site) -> None:
    hostile = "<script>alert(1)</script> {{ 7 * 7 }}"
    await add_story(site.app.parts.store, title=hostile)
    page = (await site.get(await link(site))).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}" in page
    assert 'href="https://beispielblatt.example/a?utm_source=feed"' in page


async def test_only_our_own_names_are_answered_here_too(site: Site) -> None:
    path = await link(site)
    assert (await site.get(path, Host="attacker.example")).status == 400
    assert (await site.post(path, {}, {"Host": "attacker.example"})).status == 400
    assert await labels(site) == []


async def test_the_host_that_links_name_is_answered() -> None:
    assert "monitor.example.org" in list_hosts(f"{PAGE}:8443/")
    assert not any("example" in host for host in list_hosts(None))


async def test_a_reader_votes_and_takes_it_back_in_a_browser(site: Site) -> None:
    path = await link(site)
    async with open_window(width=390, scheme="dark") as window:
        page = window.page
        await page.goto(f"{site.address}/language/de")
        await page.goto(f"{site.address}{path}")
        assert await window.find_violations() == []
        await page.get_by_role("button", name="Passt zum Thema").click()
        await expect(page.get_by_role("status")).to_contain_text("Danke, vermerkt: Passt zum Thema")
        assert await labels(site) == [(True, LabelSource.LINK)]
        await page.get_by_role("link", name="English").click()
        await expect(page.get_by_role("status")).to_contain_text("That was noted already")
        await page.get_by_role("button", name="Take it back").click()
        await expect(page.get_by_role("status")).to_contain_text("Taken back")
        assert await window.find_violations() == []
        assert await window.measure_overflow() == 0
        assert window.find_strangers() == set()
        assert window.complaints == []
    assert await labels(site) == []


async def test_a_word_said_elsewhere_counts_as_said(site: Site) -> None:
    path = await link(site)
    word = Label(1, TOPIC, True, LabelSource.COMMAND, NOW)
    await site.app.parts.store.write(lambda tx: tx.labels.add(word))
    assert "That was noted already" in (await site.post(path, {})).text
    assert await labels(site) == [(True, LabelSource.COMMAND)]
