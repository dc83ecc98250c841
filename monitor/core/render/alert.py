"""Tells of a story by one of its articles."""

from collections.abc import Collection, Mapping

from monitor.core.model import (
    Article,
    Block,
    Facts,
    Flagged,
    Footer,
    Heading,
    Link,
    Message,
    Quote,
    Story,
    TextSource,
)
from monitor.core.render.parts import (
    TITLE_LIMIT,
    label_of,
    link_or_tell,
    list_actions,
    offer_votes,
    title_of,
)
from monitor.core.vote import Ballot
from monitor.core.words import (
    cut,
    cut_at_word,
    format_moment,
    format_number,
    format_percent,
    name_language,
    say,
)

QUOTE_LIMIT = 300
QUOTES = 3


def render_alert(
    story: Story,
    article: Flagged,
    labels: Mapping[str, str],
    reason: str,
    language: str,
    zone: str,
    allow: Collection[str] = (),
    ballot: Ballot | None = None,
) -> Message:
    """Tell of a story by one of its articles.

    `labels` names topics for a person, `reason` is the rule that chose the channel, `zone` an
    IANA name, `allow` the host:port pairs that may be linked although they are private. With a
    `ballot` a reader may say by a link whether it is what the topic wants.
    """
    told = article.article
    topic = article.topics[0] if article.topics else story.topic
    blocks: list[Block] = [
        _read_more(told, language, allow),
        _facts(story, article, labels, language, zone),
    ]
    blocks += _quotes(article, language)
    blocks += list_actions(offer_votes(ballot, told.id, topic, language))
    footnote = [say(language, "alert.rule", reason=reason)] if reason else []
    footnote.append(say(language, "alert.explain", id=told.id))
    blocks.append(Footer(" ".join(footnote)))
    title = cut(f"{label_of(topic, labels)}: {title_of(told, language)}", TITLE_LIMIT)
    return Message(title, tuple(blocks), language)


def _read_more(article: Article, language: str, allow: Collection[str]) -> Link:
    key = "alert.read" if article.link else "alert.no_link"
    return link_or_tell(say(language, key, source=article.feed_name), article.link, allow)


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
    pairs += ((label_of(v.topic, labels), format_percent(language, v.score or 0.0)) for v in scores)
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
    why = "alert.why_page" if flagged.article.source is TextSource.PAGE else "alert.why"
    return Heading(say(language, why)), *quotes
