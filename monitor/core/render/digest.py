"""Tells of a local day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from monitor.core.model import (
    Block,
    Card,
    Chart,
    DigestInput,
    DigestPlan,
    Flagged,
    Footer,
    Heading,
    Link,
    Links,
    Message,
    NearMiss,
    Paragraph,
    Story,
)
from monitor.core.render.health import tell_health
from monitor.core.render.parts import (
    TITLE_LIMIT,
    count_rest,
    label_of,
    link_article,
    offer_votes,
)
from monitor.core.vote import Ballot
from monitor.core.words import (
    cut,
    format_date,
    format_day,
    format_number,
    format_percent,
    format_weekday,
    name_language,
    say,
    say_count,
)

REPORTS = 4
"""How many further reports of a story a digest links, in each language."""
BASELINE = 50
"""How many articles that were there already the first digest lists."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a digest is written: language and zone, which links to give, what each is called.

    With a `ballot` a reader may say by a link what is what a topic wants.
    """

    language: str
    zone: str
    allow: Collection[str]
    ballot: Ballot | None
    labels: Mapping[str, str]


def render_digest(
    digest: DigestInput,
    plan: DigestPlan,
    allow: Collection[str] = (),
    ballot: Ballot | None = None,
) -> Message:
    """Tell of the time since the last digest: stories per topic, near misses, once the baseline.

    Topics come in the order of `digest.topics`, then any other; an empty day says so. `allow` holds
    the host:port pairs that may be linked although they are private, `ballot` what the links are
    made of by which a reader says what is relevant.
    """
    reader = Reader(plan.language, plan.timezone, allow, ballot, dict(digest.topics))
    blocks: list[Block] = [Paragraph(_count_day(digest, reader))]
    for topic, stories in _group_by_topic(digest.stories, reader.labels).items():
        blocks.append(Heading(label_of(topic, reader.labels)))
        blocks += (_tell_story(story, topic, digest, reader) for story in stories)
    blocks += _tell_near(digest.near, reader)
    blocks += _list_baseline(digest.baseline, reader)
    blocks += _draw_days(digest.days, reader.language)
    blocks.append(Footer(tell_health(digest.health, reader.language)))
    day = format_date(reader.language, date.fromisoformat(digest.local_date))
    title = say(reader.language, "digest.title", name=digest.plan_name, date=day)
    return Message(cut(title, TITLE_LIMIT), tuple(blocks), reader.language)


def _group_by_topic(
    stories: Iterable[Story], labels: Mapping[str, str]
) -> Mapping[str, Sequence[Story]]:
    """Stories by topic; one whose first topic is not asked for comes under another of its own."""
    groups: dict[str, list[Story]] = {topic: [] for topic in labels}
    for story in stories:
        asked = (topic for topic in (story.topic, *story.topics) if topic in labels)
        groups.setdefault(next(asked, story.topic), []).append(story)
    return {topic: told for topic, told in groups.items() if told}


# --- a story ------------------------------------------------------------------------------------


def _tell_story(story: Story, topic: str, digest: DigestInput, reader: Reader) -> Card:
    new = [m for m in story.members if _is_new(m, digest)]
    if not new:
        return Card("", Link(story.title, None), (_count_sources(story, reader.language),))
    best, *others = sorted(new, key=_rank_report)
    # What the reader reads, and what the story is led in, is listed by title; the rest by source.
    read = {None, reader.language, best.article.language}
    same = [m for m in others if m.article.language in read]
    foreign = [m for m in others if m.article.language not in read]
    return Card(
        tag=_name_news(story, len(new), digest, reader),
        link=link_article(best.article, reader.language, reader.allow, instead=story.title),
        facts=_state_facts(story, best, len(story.members) - len(new), reader),
        reports=_list_reports(same, reader),
        also=_list_languages(foreign, reader),
        actions=offer_votes(reader.ballot, best.article.id, topic, reader.language),
    )


def _is_new(member: Flagged, digest: DigestInput) -> bool:
    return digest.since_at <= member.article.seen_at < digest.until_at


def _rank_report(member: Flagged) -> tuple[object, ...]:
    """The best score first; of copies, which score alike, the one that came first."""
    return -round(member.score, 2), member.article.seen_at, member.article.id


def _name_news(story: Story, new: int, digest: DigestInput, reader: Reader) -> str:
    """Say "new", or how many reports have come since the digest that told of it before."""
    since = _name_since(digest, reader, with_time=False)
    if any(m.article.seen_at < digest.since_at for m in story.members):
        return say_count(reader.language, "digest.reports", new, since=since)
    is_daily = digest.until_at - digest.since_at <= timedelta(hours=25)
    return say(reader.language, "digest.new_today" if is_daily else "digest.new")


def _name_since(digest: DigestInput, reader: Reader, *, with_time: bool) -> str:
    """When the digest begins, as one says it at its end: "07:00", "gestern", "dem 7. Juli"."""
    language = reader.language
    since, until = (
        at.astimezone(ZoneInfo(reader.zone)) for at in (digest.since_at, digest.until_at)
    )
    clock = f"{since:%H:%M}"
    if since.date() == until.date():
        return clock
    if since.date() == until.date() - timedelta(days=1):
        named = say(language, "digest.yesterday")
    else:
        named = say(language, "digest.since", date=format_day(language, since.date()))
    return f"{named}, {clock}" if with_time else named


def _state_facts(story: Story, best: Flagged, earlier: int, reader: Reader) -> tuple[str, ...]:
    language = reader.language
    score = say(language, "digest.score", score=format_percent(language, story.score))
    told_in = best.article.language
    spoken = name_language(language, told_in) if told_in != language else None
    before = say_count(language, "digest.earlier", earlier) if earlier else None
    facts = (best.article.feed_name, spoken, _count_sources(story, language), score, before)
    return tuple(fact for fact in facts if fact)


def _count_sources(story: Story, language: str) -> str:
    return say_count(language, "digest.sources", story.sources)


def _list_reports(members: Sequence[Flagged], reader: Reader) -> tuple[Link, ...]:
    shown = members if len(members) == REPORTS + 1 else members[:REPORTS]
    links = (
        link_article(m.article, reader.language, reader.allow, m.article.feed_name) for m in shown
    )
    return (*links, *count_rest(len(members) - len(shown), reader.language))


def _list_languages(
    members: Sequence[Flagged], reader: Reader
) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    """Reports in other languages: "Also in English (2)", with a link named by each source."""
    spoken: dict[str, list[Flagged]] = {}
    for member in members:
        name = name_language(reader.language, member.article.language) or ""
        spoken.setdefault(name, []).append(member)
    most_first = sorted(spoken.items(), key=lambda pair: -len(pair[1]))
    return tuple(
        (
            say(reader.language, "digest.also", spoken=name, n=len(of_it)),
            tuple(_link_source(member, reader) for member in of_it[:REPORTS]),
        )
        for name, of_it in most_first
    )


def _link_source(member: Flagged, reader: Reader) -> Link:
    link = link_article(member.article, reader.language, reader.allow)
    return Link(cut(member.article.feed_name, TITLE_LIMIT), link.url, link.meta)


# --- the rest -----------------------------------------------------------------------------------


def _count_day(digest: DigestInput, reader: Reader) -> str:
    if not digest.stories:
        since = _name_since(digest, reader, with_time=False)
        return say(reader.language, "digest.empty", since=since)
    new = (s for s in digest.stories if all(_is_new(m, digest) for m in s.members))
    articles = sum(_is_new(m, digest) for story in digest.stories for m in story.members)
    return say(
        reader.language,
        "digest.counts",
        stories=say_count(reader.language, "digest.stories", len(digest.stories)),
        new=format_number(reader.language, sum(1 for _ in new)),
        articles=say_count(reader.language, "digest.articles", articles),
        since=_name_since(digest, reader, with_time=True),
    )


def _tell_near(near: Sequence[NearMiss], reader: Reader) -> Iterable[Block]:
    if not near:
        return
    yield Heading(say(reader.language, "digest.near"))
    yield Paragraph(say(reader.language, "digest.near_label"))
    for miss in near:
        score = say(
            reader.language,
            "digest.near_score",
            topic=label_of(miss.topic, reader.labels),
            score=format_percent(reader.language, miss.score),
            threshold=format_percent(reader.language, miss.threshold),
        )
        command = f"monitor label {miss.article.id} yes --topic {miss.topic}"
        yield Card(
            tag="",
            link=link_article(miss.article, reader.language, reader.allow),
            facts=(miss.article.feed_name, score, command),
            actions=offer_votes(reader.ballot, miss.article.id, miss.topic, reader.language),
        )


def _list_baseline(baseline: Sequence[Flagged], reader: Reader) -> tuple[Block, ...]:
    if not baseline:
        return ()
    articles = say_count(reader.language, "digest.articles", len(baseline))
    heading = Heading(say(reader.language, "digest.baseline", articles=articles))
    links = (
        link_article(m.article, reader.language, reader.allow, m.article.feed_name)
        for m in baseline[:BASELINE]
    )
    return heading, Links((*links, *count_rest(len(baseline) - BASELINE, reader.language)))


def _draw_days(days: Sequence[tuple[date, int]], language: str) -> tuple[Chart, ...]:
    if not any(count for _, count in days):
        return ()
    bars = tuple((format_weekday(language, day), count) for day, count in days)
    return (Chart(say(language, "digest.chart", n=len(days)), bars),)
