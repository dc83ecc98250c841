"""An article's page, and the page that is asked why an address was not told."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from monitor.core.classifier import Example, Weights
from monitor.core.model import Page, PageState
from monitor.ports import Encoder, Transaction
from tests.builders import HOUR, NOW, alert, spec
from tests.pipeline.fakes import OVERBUILD, BrokenEncoder, FakeAnalyzer, FakeEncoder
from tests.web.articles import SENTENCE, add_article, judged
from tests.web.conftest import Site
from tests.web.stories import add_story

TOPIC = "ai-overbuild"
HOSTILE = "<script>alert(1)</script> & {{ 7 * 7 }}"


async def test_the_evidence_is_marked_in_a_text_that_stays_text(site: Site) -> None:
    article = await add_article(site.app.parts.store, judged(title=HOSTILE), title=HOSTILE)
    page = (await site.get(f"/articles/{article.id}")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}</h1>" in page
    escaped = SENTENCE.replace("<", "&lt;").replace(">", "&gt;")
    assert f"tagte.\n<mark>{escaped}</mark>\nDie Dividende" in page
    assert page.count("<mark>") == 1
    assert "<b>" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "de",
            ("Unter der Schwelle", "Kein Thema nahm ihn", "Treffer 31\xa0%", "Schwelle 50\xa0%"),
        ),
        ("en", ("below the threshold", "No topic took it", "Score 31%", "threshold 50%")),
    ],
)
async def test_an_article_says_how_far_it_came(
    site: Site, language: str, said: tuple[str, ...]
) -> None:
    article = await add_article(site.app.parts.store, judged())
    site.cookies["language"] = language
    page = (await site.get(f"/articles/{article.id}")).text
    for text in said:
        assert text.lower() in page.lower()
    assert "BUBBLE" in page
    assert 'href="https://beispielblatt.example/low?utm_source=feed"' in page


async def test_what_speaks_for_and_against_is_judged_by_the_programs_own_analyser(
    site: Site,
) -> None:
    weights = Weights(bias=-3.0, features={"c:BUBBLE": 2.0, "c:DOUBT": -2.0})
    topics = (replace(OVERBUILD, plain=weights),)
    site.app.parts = replace(site.app.parts, analyzer=FakeAnalyzer(), topics=topics)
    title, text = "It is a bubble.", "There is doubt."
    await add_article(site.app.parts.store, judged(text, title=title, text=text), title, text)
    assert 'hx-get="/articles/1?grounds=1"' in (await site.get("/articles/1")).text
    page = (await site.get("/articles/1?grounds=1")).text
    assert re.findall(r'">(for|against)</span> <q lang="de">(.*?)</q>', page) == [
        ("for", title),
        ("against", text),
    ]


async def test_a_text_that_cannot_be_judged_again_says_so(site: Site) -> None:
    site.app.parts = replace(site.app.parts, analyzer=FakeAnalyzer())
    await add_article(site.app.parts.store, judged("poison", title="poison"), "poison")
    assert "could not be judged just now" in (await site.get("/articles/1?grounds=1")).text


def compare(site: Site, exemplar: str, encoder: Encoder) -> None:
    """Let the topic want this text, and let sentences be compared by this encoder."""
    topic = replace(OVERBUILD, exemplars=(Example(exemplar, "en", wanted=True),))
    parts = replace(site.app.parts, analyzer=FakeAnalyzer(), encoder=encoder, topics=(topic,))
    site.app.parts = parts


@pytest.mark.parametrize(
    ("language", "heading", "how_near"),
    [
        ("de", "Die ähnlichsten Beispielsätze", "Ähnlichkeit 100\xa0%"),
        ("en", "The nearest example sentences", "similarity 100%"),
    ],
)
async def test_the_nearest_sentence_of_the_topic_is_looked_for_when_the_page_is_shown(
    site: Site, language: str, heading: str, how_near: str
) -> None:
    compare(site, HOSTILE, FakeEncoder())
    site.cookies["language"] = language
    await add_article(site.app.parts.store, judged())
    page = (await site.get("/articles/1")).text
    assert page.count('hx-get="/articles/1?nearest=1"') == 1
    assert 'href="/articles/1?nearest=1#nearest"' in page  # for whoever runs no script
    assert how_near not in page
    page = (await site.get("/articles/1?nearest=1")).text
    assert heading in page
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}"
    assert f'<q lang="en">{escaped}</q> <span class="quiet">{how_near}</span>' in page
    assert 'hx-get="/articles/1?nearest=1"' not in page


async def test_where_nothing_can_be_compared_the_page_says_why(site: Site) -> None:
    await add_article(site.app.parts.store, judged())
    page = (await site.get("/articles/1")).text
    assert "needs the sentence encoder, which is switched off" in page
    assert "nearest=1" not in page
    compare(site, "Fear of a bubble", BrokenEncoder())
    assert "could not be compared just now" in (await site.get("/articles/1?nearest=1")).text


async def test_without_evidence_there_is_nothing_to_compare(site: Site) -> None:
    await add_article(site.app.parts.store, replace(judged(), evidence=()))
    assert 'id="nearest"' not in (await site.get("/articles/1")).text


async def test_a_told_article_names_its_story_and_who_was_told(site: Site) -> None:
    store = site.app.parts.store
    story = await add_story(store, title="Konzern kündigt Mietvertrag")

    def tell(tx: Transaction) -> None:
        tx.outbox.queue([alert(str(story.id))], NOW, NOW)

    await store.write(tell)
    page = (await site.get("/articles/1")).text
    assert "<mark>Konzern kündigt Mietvertrag</mark></h1>" in page
    for text in ("about to be sent", f'href="/stories/{story.id}"', "<td>mail</td>"):
        assert text in page
    assert 'id="grounds"' not in page
    await site.send(f"/stories/{story.id}/silence")
    assert "silenced until" in (await site.get("/articles/1")).text


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (
            PageState.REFUSED,
            "only 9 characters: a teaser",
            'gab keinen besseren her: <span class="quiet" lang="en">only 9 characters: a teaser<',
        ),
        (
            PageState.FAILED,
            "HTTP 404",
            'war nicht zu lesen: <span class="quiet">Dort ist nichts mehr (HTTP 404).',
        ),
    ],
)
async def test_what_came_of_its_page_is_told_with_the_reason(
    site: Site, state: PageState, reason: str, said: str
) -> None:
    store = site.app.parts.store
    article = await add_article(store, judged())
    page = Page(article.id, "beispielblatt.example", NOW, NOW)

    def settle(tx: Transaction) -> None:
        tx.pages.ask(page)
        tx.pages.save(replace(page, state=state, reason=reason, settled_at=NOW))

    await store.write(settle)
    site.cookies["language"] = "de"
    assert said in (await site.get("/articles/1")).text


async def test_a_word_is_said_on_any_article_and_taken_back(site: Site) -> None:
    store = site.app.parts.store
    article = await add_article(store, judged())
    for word, wanted in (("yes", [True]), ("no", [False]), ("none", []), ("none", [])):
        answer = await site.send(f"/articles/{article.id}/label", topic=TOPIC, word=word)
        assert (answer.status, answer.headers["location"]) == (303, f"/articles/{article.id}")
        labels = await store.read(lambda tx: tx.labels.of(TOPIC))
        assert [label.wanted for label in labels] == wanted
    assert (await site.send("/articles/1/label", topic=TOPIC, word="maybe")).status == 400
    assert (await site.send("/articles/99/label", topic=TOPIC, word="yes")).status == 404


@pytest.mark.parametrize("path", ["/articles/99", f"/articles/{10**30}", "/articles/x"])
async def test_an_unknown_article_is_not_found(site: Site, path: str) -> None:
    assert (await site.get(path)).status == 404


async def ask(site: Site, url: str) -> tuple[int, str]:
    answer = await site.get("/why-not?" + urlencode({"url": url}))
    return answer.status, answer.text


async def test_why_not_answers_for_an_address_however_it_is_written(site: Site) -> None:
    await add_article(site.app.parts.store, judged(), title="Kantine")
    for url in ("1", " http://www.beispielblatt.example/low/?utm_source=mail#top "):
        status, page = await ask(site, url)
        assert status == 200
        for text in ("below the threshold", 'href="/articles/1"', 'hx-get="/articles/1?grounds=1"'):
            assert text in page


async def test_why_not_names_the_feeds_that_could_have_missed_an_address(site: Site) -> None:
    store = site.app.parts.store
    feed = await store.write(lambda tx: tx.feeds.add(spec(), NOW))
    read = replace(
        feed.state, baseline_at=NOW - HOUR, last_ok_at=NOW - HOUR, next_poll_at=NOW + HOUR
    )
    await store.write(lambda tx: tx.feeds.settle([(feed, read)]))
    site.cookies["language"] = "de"
    _, page = await ask(site, "https://beispielblatt.example/weg")
    assert "nicht im Feed gesehen" in page
    assert "gelesen 24. November 2026, 07:30, wieder 24. November 2026, 09:30" in page
    assert (
        "Kein Feed, der gelesen wird, deckt anderswo.example ab."
        in (await ask(site, "https://anderswo.example/x"))[1]
    )


@pytest.mark.parametrize("url", ["99", "9" * 30, "<b>keine Adresse</b>", "ftp://a.example/b"])
async def test_where_nothing_can_be_said_why_not_says_that(site: Site, url: str) -> None:
    status, page = await ask(site, url)
    assert (status, "neither a web address nor the number" in page) == (404, True)
    assert "<b>" not in page
