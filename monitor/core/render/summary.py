"""Tells of several stories in one message: after quiet hours, an outage, or over a cap."""

from collections.abc import Collection, Mapping, Sequence

from monitor.core.model import Footer, Link, Links, Message, Paragraph, Story
from monitor.core.render.parts import (
    TITLE_LIMIT,
    count_rest,
    label_of,
    link_or_tell,
    title_of,
)
from monitor.core.words import cut, format_percent, say, say_count

LISTED = 200
"""Stories a summary lists before it counts the rest; channels with less room cut it themselves."""


def render_summary(
    stories: Sequence[Story],
    labels: Mapping[str, str],
    language: str,
    allow: Collection[str] = (),
) -> Message:
    """List stories, the best first: title, link, topic, source and score.

    It offers no votes: their links would take the room of two stories out of three.

    `labels` names topics for a person, `allow` the host:port pairs that may be linked although they
    are private.
    """
    ranked = sorted(stories, key=lambda story: -story.score)
    links = [_link_story(story, labels, language, allow) for story in ranked[:LISTED]]
    title = say_count(language, "summary.title", len(ranked))
    blocks = (
        Paragraph(say(language, "summary.text")),
        Links((*links, *count_rest(len(ranked) - LISTED, language))),
        Footer(say(language, "summary.explain")),
    )
    return Message(title, blocks, language)


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
