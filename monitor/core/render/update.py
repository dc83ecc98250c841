"""Tells what is new of a story that was told before."""

from collections.abc import Collection, Mapping

from monitor.core.model import Block, Facts, Flagged, Footer, Message, Paragraph, Story
from monitor.core.render.parts import (
    TITLE_LIMIT,
    label_of,
    link_article,
    list_actions,
    offer_votes,
    title_of,
)
from monitor.core.vote import Ballot
from monitor.core.words import cut, format_moment, format_number, say


def render_update(
    story: Story,
    new: Flagged,
    news: str,
    labels: Mapping[str, str],
    language: str,
    zone: str,
    allow: Collection[str] = (),
    ballot: Ballot | None = None,
) -> Message:
    """Tell of the article that brought `news`, and of which story it is part.

    `labels` names topics for a person, `zone` is an IANA name, `allow` the host:port pairs that
    may be linked although they are private. With a `ballot` a reader may say by a link whether the
    article is what the topic wants.
    """
    article = new.article
    told = f"{label_of(story.topic, labels)}: {title_of(article, language)}"
    seen = format_moment(language, article.first_seen_at, zone)
    facts = [
        (say(language, "label.source"), article.feed_name),
        (say(language, "label.seen"), seen),
    ]
    if story.sources > 1:
        facts.append((say(language, "label.sources"), format_number(language, story.sources)))
    first = title_of(story.members[0].article, language)
    part_of = say(language, "update.story", title=cut(first, TITLE_LIMIT), id=story.id)
    blocks: tuple[Block, ...] = (
        Paragraph(say(language, "update.new", news=news)),
        link_article(article, language, allow),
        Facts(tuple(facts)),
        *list_actions(offer_votes(ballot, article.id, story.topic, language)),
        Footer(part_of),
    )
    return Message(cut(say(language, "update.title", title=told), TITLE_LIMIT), blocks, language)
