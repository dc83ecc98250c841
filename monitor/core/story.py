"""Fourth stage: which flagged articles tell of one event.

An article joins the open story whose members it resembles most, or opens a new one. Four ways
to be alike, each with its own bound; the first that holds is the reason a person reads.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.core.model import Flagged, Story

WINDOW = timedelta(days=7)
"""A story takes new members for this long after its last one."""

SAME_TEXT = 0.5
"""Share of equal MinHash values (estimates the Jaccard index of the word shingles)."""

SAME_TITLE = 0.6
"""Jaccard index of the titles' words."""

SAME_EVENT = 0.3
"""`_measure_clues`: rare words, figures and title taken together."""

SAME_MEANING = 0.75
"""Cosine of the sentence vectors; alone it only says "same subject", so clues must agree too."""

FEW_CLUES = 0.18
"""As many clues as articles on one event have across languages, where words rarely agree.

These bounds part the pairs of one event from others, measured on the demo's news (same event
0.23–1.01, other events at most 0.14) and on pairs of labelled articles within a week, read by hand.
"""

_FIGURE_WEIGHT = 0.06
_MOST_FIGURES = 3
_TITLE_WEIGHT = 0.3
_YEAR = re.compile(r"(19|20)\d\d")
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article belongs: `story` None means it opens a new one."""

    story: Story | None
    likeness: float
    reason: str


def place(flagged: Flagged, stories: Iterable[Story]) -> Placement:
    """Choose among the stories still open at the article's first-seen time."""
    oldest = flagged.article.first_seen_at - WINDOW
    best = Placement(None, 0.0, "first report of this event")
    for story in stories:
        if story.last_seen_at < oldest:
            continue
        for member in story.members:
            likeness, reason = compare(flagged, member)
            if likeness > best.likeness:
                best = Placement(story, likeness, f"{reason} as article {member.article.id}")
    return best


def open_story(flagged: Flagged) -> Story:
    """A story of one article; the store gives it its id."""
    article = flagged.article
    return Story(
        id=0,
        topic=flagged.topics[0],
        topics=flagged.topics,
        title=article.title,
        score=flagged.score,
        first_seen_at=article.first_seen_at,
        last_seen_at=article.first_seen_at,
        members=(flagged,),
        baseline=article.baseline,
    )


def join_story(story: Story, flagged: Flagged) -> Story:
    """The story with one more member; its title and first topic stay those of the first report."""
    members = (*story.members, flagged)
    new_topics = tuple(topic for topic in flagged.topics if topic not in story.topics)
    return replace(
        story,
        members=members,
        topics=story.topics + new_topics,
        score=max(story.score, flagged.score),
        last_seen_at=max(story.last_seen_at, flagged.article.first_seen_at),
        sources=count_sources(members),
    )


def count_sources(members: Sequence[Flagged]) -> int:
    """Independent sources: feeds, where copies of one text count once."""
    independent: list[Flagged] = []
    for member in members:
        if not any(_is_copy(member, other) for other in independent):
            independent.append(member)
    return len(independent)


def compare(a: Flagged, b: Flagged) -> tuple[float, str]:
    """How alike two articles are, in [0, 1], and in what; 0 means "not the same event"."""
    for measure, bound, reason in _WAYS:
        likeness = measure(a, b)
        if likeness >= bound:
            return likeness, reason
    return 0.0, "nothing in common"


def _is_copy(a: Flagged, b: Flagged) -> bool:
    return a.article.feed_id == b.article.feed_id or _text_likeness(a, b) >= SAME_TEXT


def _text_likeness(a: Flagged, b: Flagged) -> float:
    if a.article.fingerprint == b.article.fingerprint:
        return 1.0
    pairs = list(zip(a.signals.shingles, b.signals.shingles, strict=False))
    return sum(x == y for x, y in pairs) / len(pairs) if pairs else 0.0


def _title_likeness(a: Flagged, b: Flagged) -> float:
    return jaccard(_title_words(a), _title_words(b))


def _measure_clues(a: Flagged, b: Flagged) -> float:
    """What two articles share of rare words, of figures (years say nothing) and of the title."""
    figures = [n for n in a.signals.numbers & b.signals.numbers if not _YEAR.fullmatch(n)]
    clues = (
        jaccard(a.signals.words, b.signals.words)
        + _FIGURE_WEIGHT * min(len(figures), _MOST_FIGURES)
        + _TITLE_WEIGHT * _title_likeness(a, b)
    )
    return min(clues, 1.0)


def _meaning_likeness(a: Flagged, b: Flagged) -> float:
    if a.signals.vector is None or b.signals.vector is None or _measure_clues(a, b) < FEW_CLUES:
        return 0.0
    return cosine(a.signals.vector, b.signals.vector)


_WAYS: tuple[tuple[Callable[[Flagged, Flagged], float], float, str], ...] = (
    (_text_likeness, SAME_TEXT, "same text"),
    (_title_likeness, SAME_TITLE, "same title"),
    (_measure_clues, SAME_EVENT, "same words and figures"),
    (_meaning_likeness, SAME_MEANING, "same meaning"),
)


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Shared part of the union; 0 for two empty sets."""
    union = a | b
    return len(a & b) / len(union) if union else 0.0


def cosine(a: bytes, b: bytes) -> float:
    """Dot product of two unit-length float32 vectors; 0 where their lengths differ."""
    x, y = array("f", a), array("f", b)
    return sum(map(float.__mul__, x, y)) if len(x) == len(y) else 0.0


def _title_words(flagged: Flagged) -> frozenset[str]:
    return frozenset(_WORD.findall(flagged.article.title.casefold()))
