"""Last stage: what a message says. Title, blocks and links; how it is written down is not here.

Every text is passed on literally; escaping belongs to the markup, so to the formatter.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from monitor.core.link import is_public_link
from monitor.core.model import (
    Article,
    Block,
    DigestInput,
    Facts,
    Flagged,
    Footer,
    Heading,
    Health,
    Link,
    Links,
    Message,
    Paragraph,
    Quote,
    Story,
)
from monitor.core.words import (
    cut,
    cut_at_word,
    format_date,
    format_moment,
    format_number,
    format_percent,
    join_names,
    name_language,
    say,
    say_count,
)

TITLE_LIMIT = 300
QUOTE_LIMIT = 300
QUOTES = 3
NAMES = 5
"""How many feeds a sentence names before it counts the rest."""

MEMBERS = 10
"""How many further reports of a story a digest links."""

BASELINE = 50
"""How many articles that were there already the first digest lists."""


# --- messages -----------------------------------------------------------------------------------


def render_alert(
    story: Story,
    article: Flagged,
    labels: Mapping[str, str],
    reason: str,
    language: str,
    zone: str,
    allow: Collection[str] = (),
) -> Message:
    """Tell of a story by one of its articles.

    `labels` names topics for a person, `reason` is the rule that chose the channel, `zone` an
    IANA name, `allow` the host:port pairs that may be linked although they are private.
    """
    told = article.article
    topic = _label(article.topics[0] if article.topics else story.topic, labels)
    blocks: list[Block] = [
        _read_more(told, language, allow),
        _facts(story, article, labels, language, zone),
    ]
    blocks += _quotes(article, language)
    footnote = [say(language, "alert.rule", reason=reason)] if reason else []
    footnote.append(say(language, "alert.explain", id=told.id))
    blocks.append(Footer(" ".join(footnote)))
    title = cut(f"{topic}: {_title(told, language)}", TITLE_LIMIT)
    return Message(title, tuple(blocks), language)


def render_baseline(feeds: Sequence[str], imported: int, matched: int, language: str) -> Message:
    """Say once what the first fetch of these feeds brought, and that it raises no alert."""
    counts = say(
        language,
        "baseline.counts",
        imported=format_number(language, imported),
        matched=format_number(language, matched),
    )
    named = say(language, "baseline.feeds", names=_name_some(feeds, language))
    blocks = (Paragraph(counts), Paragraph(named), Footer(say(language, "baseline.rule")))
    return Message(say_count(language, "baseline.title", len(feeds)), blocks, language)


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
            blocks.append(Heading(_label(topic, labels)))
            blocks += (b for s in stories for b in _tell_story(s, language, zone, allow))
    blocks += _list_baseline(digest.baseline, language, allow)
    blocks.append(Footer(_tell_health(digest.health, language)))
    day = format_date(language, date.fromisoformat(digest.local_date))
    title = say(language, "digest.title", name=digest.plan_name, date=day)
    return Message(cut(title, TITLE_LIMIT), tuple(blocks), language)


def render_notice(kind: str, language: str, **values: str | int) -> Message:
    """Tell the operator something; `kind` is the middle of a `notice.….title` key of the words.

    Raise KeyError for an unknown kind or a missing value.
    """
    title = say(language, f"notice.{kind}.title", **values)
    text = say(language, f"notice.{kind}.text", **values)
    return Message(cut(title, TITLE_LIMIT), (Paragraph(text),), language)


def mark_repeated(message: Message) -> Message:
    """Say in the title that an earlier attempt may have arrived already."""
    mark = say(message.language, "repeated")
    return replace(message, title=f"{cut(message.title, TITLE_LIMIT - len(mark) - 1)} {mark}")


# --- links -------------------------------------------------------------------------------------


def _link(article: Article, language: str, allow: Collection[str], meta: str = "") -> Link:
    """Link the article, or show the address as text where it must not be followed."""
    return _judge_link(cut(_title(article, language), TITLE_LIMIT), article.link, allow, meta)


def _judge_link(text: str, url: str | None, allow: Collection[str], meta: str = "") -> Link:
    if url and is_public_link(url, allow):
        return Link(text, url, meta)
    return Link(text, None, " · ".join(filter(None, (meta, cut(url or "", TITLE_LIMIT)))))


# --- parts of an alert --------------------------------------------------------------------------


def _read_more(article: Article, language: str, allow: Collection[str]) -> Link:
    key = "alert.read" if article.link else "alert.no_link"
    return _judge_link(say(language, key, source=article.feed_name), article.link, allow)


def _facts(
    story: Story, flagged: Flagged, labels: Mapping[str, str], language: str, zone: str
) -> Facts:
    article = flagged.article
    spoken = name_language(language, article.language)
    pairs = [(say(language, "label.source"), article.feed_name)]
    if spoken:
        pairs.append((say(language, "label.language"), spoken))
    published = format_moment(language, article.published_at, zone)
    # Without a date from the feed it is when we first saw it: nobody shall quote that as its date.
    given = article.published_at != article.first_seen_at
    pairs.append((say(language, "label.published" if given else "label.seen"), published))
    scores = sorted((v for v in flagged.verdicts if v.flagged), key=lambda v: -(v.score or 0.0))
    pairs += ((_label(v.topic, labels), format_percent(language, v.score or 0.0)) for v in scores)
    if story.sources > 1:
        pairs.append((say(language, "label.sources"), format_number(language, story.sources)))
    return Facts(tuple(pairs))


def _quotes(flagged: Flagged, language: str) -> tuple[Block, ...]:
    """The weightiest sentences of the topics that flagged it, each once."""
    evidence = [e for v in flagged.verdicts if v.flagged for e in v.evidence]
    heaviest = sorted(evidence, key=lambda e: -e.weight)
    texts = tuple(dict.fromkeys(" ".join(e.text.split()) for e in heaviest if e.text.strip()))
    if not texts:
        return ()
    quotes = (Quote(cut_at_word(text, QUOTE_LIMIT)) for text in texts[:QUOTES])
    return Heading(say(language, "alert.why")), *quotes


def _title(article: Article, language: str) -> str:
    return " ".join(article.title.split()) or say(language, "untitled")


def _label(topic: str, labels: Mapping[str, str]) -> str:
    return labels.get(topic, topic)


# --- parts of a digest ----------------------------------------------------------------------------


def _tell_story(story: Story, language: str, zone: str, allow: Collection[str]) -> Iterable[Block]:
    if not story.members:
        yield Link(story.title, None)
        return
    first, *others = sorted(story.members, key=lambda m: -m.score)
    yield _link(first.article, language, allow, _describe(story, first.article, language, zone))
    if others:
        yield _list_members(others, language, allow)


def _describe(story: Story, article: Article, language: str, zone: str) -> str:
    sources = [say_count(language, "sources", story.sources)] if story.sources > 1 else []
    seen = format_moment(language, story.last_seen_at, zone)
    return " · ".join((article.feed_name, format_percent(language, story.score), *sources, seen))


def _list_members(members: Sequence[Flagged], language: str, allow: Collection[str]) -> Links:
    links = [_link(m.article, language, allow, m.article.feed_name) for m in members[:MEMBERS]]
    return Links((*links, *_count_rest(len(members) - MEMBERS, language)))


def _list_baseline(
    baseline: Sequence[Flagged], language: str, allow: Collection[str]
) -> tuple[Block, ...]:
    if not baseline:
        return ()
    articles = say_count(language, "digest.articles", len(baseline))
    heading = Heading(say(language, "digest.baseline", articles=articles))
    links = (_link(m.article, language, allow, m.article.feed_name) for m in baseline[:BASELINE])
    return heading, Links((*links, *_count_rest(len(baseline) - BASELINE, language)))


def _count_rest(rest: int, language: str) -> tuple[Link, ...]:
    if rest <= 0:
        return ()
    return (Link(say(language, "digest.more", n=format_number(language, rest)), None),)


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
    return say(language, "health.failing", read=read, n=n, names=_name_some(named, language))


def _name_some(names: Sequence[str], language: str) -> str:
    rest = len(names) - NAMES
    if rest <= 0:
        return join_names(language, names)
    more = say(language, "digest.more", n=format_number(language, rest))
    return f"{', '.join(names[:NAMES])} {more}"
