import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from monitor.demo.news import Article, Kind, Outlet, load_news

NEWS = load_news()
FIRST_EDITIONS = [article for article in NEWS.articles if not article.edit_of]
ON_TOPIC = [article for article in FIRST_EDITIONS if article.topics]
EVENTS = sorted({article.event for article in NEWS.articles if article.event})
GERMAN = [outlet for outlet in NEWS.outlets if outlet.language == "de"]
SHARED = Path(__file__).parents[3] / "shared"
START = timedelta()


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def outlet_of(article: Article) -> str:
    return next(outlet.id for outlet in NEWS.outlets if article in outlet.articles)


# What the demo promises


def test_there_are_feeds_of_every_kind_and_language() -> None:
    answering = [outlet for outlet in NEWS.outlets if not outlet.fails]
    languages = Counter(outlet.language for outlet in answering)

    assert len(answering) >= 12
    assert {outlet.kind for outlet in answering} == set(Kind)
    assert languages["de"] >= 6
    assert languages["en"] >= 6
    assert languages["fr"] == 1


def test_there_are_enough_articles_on_and_beside_the_topics() -> None:
    assert len(FIRST_EDITIONS) >= 130
    assert 20 <= len(ON_TOPIC) <= 30
    assert sum(article.near for article in FIRST_EDITIONS) >= 25
    for topic in ("microsoft-openai", "ai-overbuild"):
        languages = {
            outlet.language
            for outlet in NEWS.outlets
            for article in outlet.articles
            if topic in article.topics
        }
        assert languages == {"de", "en", "fr"}


def test_topics_are_the_shipped_ones_and_no_near_miss_has_one() -> None:
    assert {topic for article in ON_TOPIC for topic in article.topics} == {
        "microsoft-openai",
        "ai-overbuild",
    }
    assert not [article.id for article in NEWS.articles if article.near and article.topics]


def test_each_feed_has_a_baseline_and_most_topic_articles_appear_while_the_demo_runs() -> None:
    live = [article for article in ON_TOPIC if article.appears]

    assert 2 <= len(ON_TOPIC) - len(live) <= 4
    assert len(live) >= 15
    assert all(outlet.visible(START) for outlet in NEWS.outlets if not outlet.fails)


def test_whatever_is_new_appears_early_enough_to_be_told() -> None:
    times = {article.appears for article in NEWS.articles if article.appears}

    assert min(times) >= seconds(2)
    assert NEWS.complete_after == max(times) <= seconds(14)


@pytest.mark.parametrize(
    "habit",
    [
        lambda outlet: outlet.encoding == "iso-8859-1",
        lambda outlet: not outlet.guids,
        lambda outlet: outlet.summary_only,
        lambda outlet: outlet.unescaped,
        lambda outlet: outlet.fails,
    ],
    ids=["old encoding", "no guids", "summary only", "broken entry", "down"],
)
def test_one_feed_has_the_habit(habit: Callable[[Outlet], object]) -> None:
    assert len([outlet for outlet in NEWS.outlets if habit(outlet)]) == 1


def test_ids_are_unique() -> None:
    ids = Counter(article.id for article in NEWS.articles)
    assert [name for name, count in ids.items() if count > 1] == []


# Events and editions


def test_at_least_four_events_are_told_by_several_outlets() -> None:
    sizes = Counter(article.event for article in FIRST_EDITIONS if article.event)
    assert len(sizes) >= 4
    assert set(sizes.values()) <= {2, 3, 4, 5}


@pytest.mark.parametrize("event", EVENTS)
def test_articles_of_one_event_come_from_different_outlets_and_share_words(event: str) -> None:
    told = [article for article in FIRST_EDITIONS if article.event == event]
    assert len({outlet_of(article) for article in told}) == len(told)
    for one, other in combinations(told, 2):
        shared = set(words(f"{one.title} {one.text}")) & set(words(f"{other.title} {other.text}"))
        assert len([word for word in shared if len(word) > 3]) >= 6, (one.id, other.id)


@pytest.mark.parametrize("event", EVENTS)
def test_articles_of_one_event_agree_on_the_topic(event: str) -> None:
    assert len({article.topics for article in NEWS.articles if article.event == event}) == 1


def test_an_edition_names_an_article_of_its_own_feed_and_appears_later() -> None:
    editions = [article for article in NEWS.articles if article.edit_of]
    assert editions
    for edition in editions:
        outlet = next(outlet for outlet in NEWS.outlets if edition in outlet.articles)
        original = next(article for article in outlet.articles if article.id == edition.edit_of)
        assert original.appears < edition.appears


def test_an_edition_takes_the_place_of_the_article() -> None:
    old = Article("a", "Old", "<p>Old.</p>", START, -seconds(60))
    other = Article("b", "Other", "<p>Other.</p>", START, -seconds(30))
    new = Article("c", "New", "<p>New.</p>", seconds(5), seconds(5), edit_of="a")
    outlet = Outlet("o", "Outlet", Kind.RSS2, "en", (old, other, new))

    assert outlet.visible(seconds(4)) == (other, old)
    assert outlet.visible(seconds(5)) == (new, other)
    assert (new.key, old.key) == ("a", "a")


# Writing


def test_text_and_lead_are_the_html_without_its_tags() -> None:
    article = Article("a", "T", "<p>One &amp; <b>two</b>.</p> <ul><li>x</li></ul>", START, START)
    assert article.text == "One & two. x"
    assert article.lead == "One & two."


def test_texts_are_finished() -> None:
    unfinished = re.compile(
        r"\b(?:lorem|ipsum|todo|tbd|fixme|foo|placeholder|beispieltext|x{2,})\b", re.IGNORECASE
    )
    for article in NEWS.articles:
        assert len(article.title) > 10, article.id
        assert not unfinished.search(f"{article.title} {article.text}"), article.id
        assert article.text[-1] in '.!?“”")»', article.id


def test_no_two_titles_are_the_same() -> None:
    titles = Counter(article.title for article in FIRST_EDITIONS)
    assert titles.most_common(1)[0][1] == 1


@pytest.mark.parametrize("outlet", GERMAN, ids=lambda outlet: outlet.id)
def test_german_is_set_in_german_type(outlet: Outlet) -> None:
    for article in outlet.articles:
        assert '"' not in article.text, article.id
        assert article.text.count("„") == article.text.count("“"), article.id
        assert " - " not in article.text, article.id


def test_one_german_feed_writes_its_titles_without_umlauts() -> None:
    without = [
        outlet.id
        for outlet in GERMAN
        if outlet.articles and not re.search("[äöüß]", " ".join(a.title for a in outlet.articles))
    ]
    assert without == ["mpa-ticker"]


def shared_texts() -> Iterator[str]:
    yield (SHARED / "seed.de.txt").read_text(encoding="utf-8")
    for name in ("labelled.jsonl", "background.jsonl"):
        with (SHARED / "corpus" / name).open(encoding="utf-8") as lines:
            items = map(json.loads, lines)
            yield from (f"{item['title']} {item.get('summary') or ''}" for item in items)


def shingles(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + 8]) for at in range(len(found) - 7)}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled corpus is not beside the repository")
def test_nothing_is_taken_from_the_corpus() -> None:
    ours = {
        shingle: article.id
        for article in NEWS.articles
        for shingle in shingles(f"{article.title} {article.text}")
    }
    taken = {
        ours[shingle]: " ".join(shingle)
        for text in shared_texts()
        for shingle in shingles(text) & ours.keys()
    }
    assert taken == {}
