"""Fourth stage: which flagged articles tell of one event.

An article joins the open story it is most like, taken over the story's members: their mean counts,
not the nearest one, or a chain of follow-ups would tie unrelated events together. What a person
corrected, by `split_story` and `merge_stories`, goes before what the figures say.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from monitor.core.likeness import Fit, Likeness, give_chance, is_copy
from monitor.core.model import Flagged, Story

WINDOW = timedelta(days=7)
"""A story takes new members for this long after its last one."""

CANDIDATES = 24
"""Stories that an article is compared with: those that share most keys with it."""

EARLIEST, LATEST = 4, 8
"""Members of a part that are compared: what the event was, and where it has got to."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article belongs: `story` None means it opens a new one.

    `part` is the part of the story that it is like, where a person merged several.
    """

    story: Story | None
    reason: str
    part: int = 0


class _Choice(NamedTuple):
    """A part of a story, and how an article fits it. A tuple: each article has two dozen."""

    story: Story
    part: int
    fit: Fit


def place(
    flagged: Flagged,
    stories: Iterable[Story],
    likeness: Likeness,
    apart: Collection[frozenset[int]] = (),
) -> Placement:
    """Choose among the stories that are still open at the time the article was seen.

    `apart` are pairs of story ids that a person keeps apart: of such a pair only the one with the
    nearer article may take it, so that a copy of what was split off does not come back.
    """
    oldest = flagged.article.seen_at - WINDOW
    choices = [one for story in stories for one in _fit_parts(flagged, story, likeness)]
    allowed = [
        one
        for one in choices
        if one.story.last_seen_at >= oldest and not _is_barred(one, choices, apart)
    ]
    best = max(
        allowed, key=lambda one: (one.fit.mean, one.fit.nearest, -one.story.id), default=None
    )
    if best is None or best.fit.mean < 0:
        return Placement(None, "first report of this event")
    chance = give_chance(best.fit.mean)
    reason = f"{chance:.0%} like its articles, nearest article {best.fit.article_id}"
    return Placement(best.story, reason, best.part)


def open_story(flagged: Flagged) -> Story:
    """A story of one article; the store gives it its id."""
    article = flagged.article
    return Story(
        id=0,
        topic=flagged.topics[0],
        topics=flagged.topics,
        title=article.title,
        score=flagged.score,
        first_seen_at=article.seen_at,
        last_seen_at=article.seen_at,
        members=(flagged,),
        baseline=article.baseline,
    )


def join_story(story: Story, flagged: Flagged, part: int = 0) -> Story:
    """The story with one more member; its title and first topic stay those of the first report."""
    pairs = (*_pair(story), (flagged, part))
    grown = _remake(story, pairs)
    new_topics = tuple(topic for topic in flagged.topics if topic not in story.topics)
    return replace(grown, topics=story.topics + new_topics)


def split_story(story: Story, article_ids: Collection[int]) -> tuple[Story, Story]:
    """Give the story without these articles, and a new one of them; the store gives it its id.

    Raise ValueError where one is no member, or where nothing or everything would go.
    """
    strangers = set(article_ids) - {member.article.id for member in story.members}
    if strangers:
        raise ValueError(f"article {min(strangers)} is not in story {story.id}")
    if not 0 < len(set(article_ids)) < len(story.members):
        raise ValueError(f"name some of the {len(story.members)} articles, not all")
    pairs = _pair(story)
    gone = [pair for pair in pairs if pair[0].article.id in article_ids]
    kept = [pair for pair in pairs if pair[0].article.id not in article_ids]
    return _retell(story, kept), replace(_retell(story, gone), id=0)


def merge_stories(kept: Story, gone: Story) -> Story:
    """The one with the other's members as a part, or parts, of their own.

    Later articles are compared with each part, so what is like either joins. Raise ValueError for
    one story given twice.
    """
    if kept.id == gone.id:
        raise ValueError(f"story {kept.id} cannot be merged with itself")
    shift = max(kept.parts, default=0) + 1
    moved = [(member, part + shift) for member, part in _pair(gone)]
    pairs = sorted(
        (*_pair(kept), *moved), key=lambda pair: (pair[0].article.seen_at, pair[0].article.id)
    )
    merged = _remake(kept, pairs)
    new_topics = tuple(topic for topic in gone.topics if topic not in kept.topics)
    return replace(merged, topics=kept.topics + new_topics)


def count_sources(members: Sequence[Flagged]) -> int:
    """Independent sources: feeds, where copies of one text count once."""
    independent: list[Flagged] = []
    for member in members:
        if not any(_is_same_source(member, other) for other in independent):
            independent.append(member)
    return len(independent)


def _is_same_source(a: Flagged, b: Flagged) -> bool:
    return a.article.feed_id == b.article.feed_id or is_copy(a, b)


def _fit_parts(flagged: Flagged, story: Story, likeness: Likeness) -> Iterable[_Choice]:
    for part, members in _list_parts(story).items():
        yield _Choice(story, part, likeness.fit(flagged, _pick(members)))


def _list_parts(story: Story) -> Mapping[int, Sequence[Flagged]]:
    """Give the members of each part."""
    if not story.parts:
        return {0: story.members}
    parts: dict[int, list[Flagged]] = {}
    for member, part in _pair(story):
        parts.setdefault(part, []).append(member)
    return parts


def _pick(members: Sequence[Flagged]) -> Sequence[Flagged]:
    if len(members) <= EARLIEST + LATEST:
        return members
    return [*members[:EARLIEST], *members[-LATEST:]]


def _is_barred(
    choice: _Choice, choices: Iterable[_Choice], apart: Collection[frozenset[int]]
) -> bool:
    """Whether a story that is kept apart from this one has a nearer article."""
    return bool(apart) and any(
        other.fit.nearest > choice.fit.nearest
        and frozenset((choice.story.id, other.story.id)) in apart
        for other in choices
    )


def _pair(story: Story) -> Sequence[tuple[Flagged, int]]:
    """Give the members, each with its part."""
    parts = story.parts or (0,) * len(story.members)
    return list(zip(story.members, parts, strict=True))


def _remake(story: Story, pairs: Sequence[tuple[Flagged, int]]) -> Story:
    """The story with these members, and all that follows from them but title and topics."""
    members = tuple(member for member, _ in pairs)
    parts = tuple(part for _, part in pairs)
    seen = [member.article.seen_at for member in members]
    return replace(
        story,
        members=members,
        parts=parts if any(parts) else (),
        score=max(member.score for member in members),
        first_seen_at=min(seen),
        last_seen_at=max(seen),
        sources=count_sources(members),
    )


def _retell(story: Story, pairs: Sequence[tuple[Flagged, int]]) -> Story:
    """A story of some of its members, told anew: title and topics are those of its first report."""
    first = pairs[0][0]
    topics = dict.fromkeys(topic for member, _ in pairs for topic in member.topics)
    remade = _remake(story, pairs)
    return replace(remade, title=first.article.title, topic=first.topics[0], topics=tuple(topics))
