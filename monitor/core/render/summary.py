"""Tells of several stories in one message: after quiet hours, an outage, or over a cap."""

from collections.abc import Collection, Mapping, Sequence

from monitor.core.model import Block, Card, Footer, Link, Links, Message, Paragraph, Story
from monitor.core.render.parts import (
    TITLE_LIMIT,
    count_rest,
    label_of,
    link_or_tell,
    offer_votes,
    title_of,
)
from monitor.core.vote import Ballot
from monitor.core.words import cut, format_percent, say, say_count

LISTED = 200
"""Stories a summary lists before it counts the rest; channels with less room cut it themselves."""


def render_summary(
    stories: Sequence[Story],
    labels: Mapping[str, str],
    language: str,
    allow: Collection[str] = (),
    ballot: Ballot | None = None,
) -> Message:
    """List stories, the best first: title, link, topic, source and score.

    `labels` names topics for a person, `allow` the host:port pairs that may be linked although they
    are private. With a `ballot` a reader may say of each by a link whether it is what the topic
    wants; a channel without the room for that leaves it out before it leaves out a story.
    """
    ranked = sorted(stories, key=lambda story: -story.score)
    listed = [(story, _link_story(story, labels, language, allow)) for story in ranked[:LISTED]]
    rest = count_rest(len(ranked) - LISTED, language)
    if ballot is None:
        told: tuple[Block, ...] = (Links((*(link for _, link in listed), *rest)),)
    else:
        cards = (Card("", link, actions=_offer(ballot, of, language)) for of, link in listed)
        told = (*cards, *rest)
    title = say_count(language, "summary.title", len(ranked))
    intro, how = say(language, "summary.text"), say(language, "summary.explain")
    return Message(title, (Paragraph(intro), *told, Footer(how)), language)


def _offer(ballot: Ballot, story: Story, language: str) -> tuple[Link, ...]:
    """Votes on the report that is linked; none for a story that has no reports any more."""
    if not story.members:
        return ()
    first = story.members[0]
    topic = first.topics[0] if first.topics else story.topic
    return offer_votes(ballot, first.article.id, topic, language)


def _link_story(
    story: Story, labels: Mapping[str, str], language: str, allow: Collection[str]
) -> Link:
    facts = [label_of(story.topic, labels), format_percent(language, story.score)]
    if not story.members:
        return Link(cut(story.title, TITLE_LIMIT), None, " · ".join(facts))
    first = story.members[0].article
    facts.insert(1, first.feed_name)
    if story.sources > 1:
        facts.append(say_count(language, "sources", story.sources))
    title = cut(title_of(first, language), TITLE_LIMIT)
    return link_or_tell(title, first.link, allow, " · ".join(facts))
