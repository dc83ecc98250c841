"""Tells of a local day."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from monitor.core.model import (
    Article,
    Block,
    DigestInput,
    Flagged,
    Footer,
    Heading,
    Health,
    Link,
    Links,
    Message,
    Paragraph,
    Story,
)
from monitor.core.render.parts import TITLE_LIMIT, count_rest, label_of, link_article, name_some
from monitor.core.words import (
    cut,
    format_date,
    format_moment,
    format_number,
    format_percent,
    say,
    say_count,
)

MEMBERS = 10
"""How many further reports of a story a digest links."""
BASELINE = 50
"""How many articles that were there already the first digest lists."""


def render_digest(
    digest: DigestInput, language: str, zone: str, allow: Collection[str] = ()
) -> Message:
    """Tell of a local day: stories per topic, and once the baseline.

    Topics come in the order of `digest.topics`, then any other; an empty day says so.
    """
    labels = dict(digest.topics)
    blocks: list[Block] = [Paragraph(_count_day(digest, language))]
    for topic in dict.fromkeys((*labels, *(s.topic for s in digest.stories))):
        stories = [s for s in digest.stories if s.topic == topic]
        if stories:
            blocks.append(Heading(label_of(topic, labels)))
            blocks += (b for s in stories for b in _tell_story(s, language, zone, allow))
    blocks += _list_baseline(digest.baseline, language, allow)
    blocks.append(Footer(_tell_health(digest.health, language)))
    day = format_date(language, date.fromisoformat(digest.local_date))
    title = say(language, "digest.title", name=digest.plan_name, date=day)
    return Message(cut(title, TITLE_LIMIT), tuple(blocks), language)


def _tell_story(story: Story, language: str, zone: str, allow: Collection[str]) -> Iterable[Block]:
    if not story.members:
        yield Link(story.title, None)
        return
    first, *others = sorted(story.members, key=lambda m: -m.score)
    yield link_article(
        first.article, language, allow, _describe(story, first.article, language, zone)
    )
    if others:
        yield _list_members(others, language, allow)


def _describe(story: Story, article: Article, language: str, zone: str) -> str:
    sources = [say_count(language, "sources", story.sources)] if story.sources > 1 else []
    seen = format_moment(language, story.last_seen_at, zone)
    return " · ".join((article.feed_name, format_percent(language, story.score), *sources, seen))


def _list_members(members: Sequence[Flagged], language: str, allow: Collection[str]) -> Links:
    links = [
        link_article(m.article, language, allow, m.article.feed_name) for m in members[:MEMBERS]
    ]
    return Links((*links, *count_rest(len(members) - MEMBERS, language)))


def _list_baseline(
    baseline: Sequence[Flagged], language: str, allow: Collection[str]
) -> tuple[Block, ...]:
    if not baseline:
        return ()
    articles = say_count(language, "digest.articles", len(baseline))
    heading = Heading(say(language, "digest.baseline", articles=articles))
    links = (
        link_article(m.article, language, allow, m.article.feed_name) for m in baseline[:BASELINE]
    )
    return heading, Links((*links, *count_rest(len(baseline) - BASELINE, language)))


def _count_day(digest: DigestInput, language: str) -> str:
    if not digest.stories:
        return say(language, "digest.empty")
    articles = sum(len(s.members) for s in digest.stories)
    return say(
        language,
        "digest.counts",
        stories=say_count(language, "digest.stories", len(digest.stories)),
        articles=say_count(language, "digest.articles", articles),
    )


def _tell_health(health: Health, language: str) -> str:
    read = say(
        language,
        "health.read",
        articles=say_count(language, "digest.articles", health.articles),
        ok=format_number(language, health.feeds_ok),
        feeds=format_number(language, health.feeds),
    )
    if not health.failing:
        return say(language, "health.fine", read=read)
    named = [f"{name} ({error})" for name, error in health.failing]
    n = format_number(language, len(named))
    return say(language, "health.failing", read=read, n=n, names=name_some(named, language))
