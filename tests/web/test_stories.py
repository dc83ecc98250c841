"""The stories' pages."""

from datetime import timedelta

from monitor.core.events import AlertSent, ArticlesAdded, FeedsDue, StoriesChanged
from monitor.web.stories import PER_PAGE, SILENCE
from tests.builders import NOW
from tests.web.conftest import Site
from tests.web.events import listen
from tests.web.stories import add_story

TOPIC = "ai-overbuild"


async def test_what_a_feed_says_is_text(site: Site) -> None:
    hostile = "<script>alert(1)</script> & {{ 7 * 7 }} “quoted”"
    story = await add_story(site.app.parts.store, title=hostile)
    for path in ("/", f"/stories/{story.id}"):
        page = (await site.get(path)).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}" in page
        assert "<script>alert" not in page


async def test_a_story_says_what_why_and_who(site: Site) -> None:
    story = await add_story(site.app.parts.store, title="Konzern kündigt zwei Verträge")
    page = (await site.get(f"/stories/{story.id}")).text
    for text in ("Konzern kündigt zwei Verträge", "Score 90%", "threshold 50%", "Beispielblatt"):
        assert text in page
    assert 'href="https://beispielblatt.example/a?utm_source=feed"' in page


async def test_an_unknown_story_is_not_found(site: Site) -> None:
    assert (await site.get("/stories/99")).status == 404
    assert (await site.get("/stories/x")).status == 404


async def test_a_word_is_said_changed_and_taken_back(site: Site) -> None:
    store = site.app.parts.store
    story = await add_story(store)
    for word, wanted in (("yes", [True]), ("no", [False]), ("none", []), ("none", [])):
        answer = await site.send(f"/stories/{story.id}/label", topic=TOPIC, word=word)
        assert (answer.status, answer.headers["location"]) == (303, f"/stories/{story.id}")
        labels = await store.read(lambda tx: tx.labels.of(TOPIC))
        assert [label.wanted for label in labels] == wanted
        assert all(label.source == "page" for label in labels)


async def test_a_word_that_is_none_is_refused(site: Site) -> None:
    story = await add_story(site.app.parts.store)
    for form in ({"word": "maybe", "topic": TOPIC}, {"word": "yes", "topic": "other"}, {}):
        assert (await site.send(f"/stories/{story.id}/label", **form)).status == 400


async def test_a_silence_begins_and_ends_by_one_click(site: Site) -> None:
    story = await add_story(site.app.parts.store)
    for _ in range(2):
        await site.send(f"/stories/{story.id}/silence")
    silences = await site.app.parts.store.read(lambda tx: tx.silences.in_force(NOW))
    assert [(one.matcher.story, one.until) for one in silences] == [(story.id, NOW + SILENCE)]
    assert "silenced until" in (await site.get("/")).text
    await site.send(f"/stories/{story.id}/end-silence")
    assert await site.app.parts.store.read(lambda tx: tx.silences.in_force(NOW)) == ()


async def test_htmx_gets_the_card_alone(site: Site) -> None:
    story = await add_story(site.app.parts.store)
    token = await site.read_token()
    answer = await site.post(
        f"/stories/{story.id}/label",
        {"topic": TOPIC, "word": "yes", "token": token},
        {"HX-Request": "true"},
    )
    assert answer.text.strip().startswith(f'<article class="card" id="story-{story.id}"')
    assert 'aria-pressed="true"' in answer.text


async def test_older_stories_are_on_the_next_page(site: Site) -> None:
    for number in range(PER_PAGE + 1):
        await add_story(site.app.parts.store, str(number), f"Meldung Nummer {number}")
    first, second = (await site.get("/")).text, (await site.get("/?page=2")).text
    assert (first.count('class="card"'), second.count('class="card"')) == (PER_PAGE, 1)
    assert 'rel="next" href="/?page=2"' in first
    assert 'rel="prev" href="/"' in second


async def test_stories_are_chosen_by_topic_and_order(site: Site) -> None:
    await add_story(site.app.parts.store)
    for asked, count in (
        ("", 1),
        ("?topic=ai-overbuild", 1),
        ("?topic=microsoft-openai", 0),
        ("?order=best", 1),
        ("?page=9", 0),
        ("?page=-1&order=%00&topic='", 0),
    ):
        assert (await site.get(f"/{asked}")).text.count('class="card"') == count
    site.now.append(NOW + timedelta(days=8))
    assert (await site.get("/?order=best")).text.count('class="card"') == 0


async def test_events_tell_what_happens(site: Site) -> None:
    async with listen(site) as lines:
        assert (await lines.event())[0] == "Hello"
        site.app.bus.emit(
            [FeedsDue(()), ArticlesAdded(0), StoriesChanged((3,)), AlertSent(5, "mail")]
        )
        assert await lines.event() == ("StoriesChanged", {"story_ids": [3]})
        assert await lines.event() == ("AlertSent", {"outbox_id": 5, "channel": "mail"})
    await lines.closed()
