"""Silences: stories of which nobody is told for a while. Judging and digests go on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Story

_WORD = re.compile(r"\w+")
_SILENCE = "silence "


@dataclass(frozen=True, slots=True)
class Matcher:
    """Which stories a silence means: those that fulfil everything given.

    `feed` (a feed's name): no other feed reports it. `words`: all stand in the story's title.
    """

    topic: str | None = None
    feed: str | None = None
    story: int | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """What a person silenced, until when and why. `expired_at`: ended by hand before its time."""

    id: int
    matcher: Matcher
    until: datetime
    reason: str
    created_at: datetime
    expired_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.expired_at is None and now < self.until


def find_silence(story: Story, silences: Iterable[Silence], now: datetime) -> Silence | None:
    """The first silence in force that means this story."""
    return next((s for s in silences if s.holds_at(now) and matches(story, s.matcher)), None)


def matches(story: Story, matcher: Matcher) -> bool:
    """Whether a story fulfils everything that is given; a matcher of nothing means no story."""
    words = _split_words(" ".join(matcher.words))
    feeds = {member.article.feed_name.casefold() for member in story.members}
    asked = [
        matcher.topic is None or matcher.topic in story.topics,
        matcher.feed is None or feeds == {matcher.feed.casefold()},
        matcher.story is None or matcher.story == story.id,
        words <= _split_words(story.title),
    ]
    return bool(describe_matcher(matcher)) and all(asked)


def describe_matcher(matcher: Matcher) -> str:
    """What it means, on one line: "topic ai-overbuild, words bubble"."""
    given = (
        ("topic", matcher.topic),
        ("feed", matcher.feed),
        ("story", matcher.story),
        ("words", " ".join(sorted(_split_words(" ".join(matcher.words))))),
    )
    return ", ".join(f"{name} {value}" for name, value in given if value)


def describe_silence(silence: Silence) -> str:
    """Why a story is silenced, for its rows in the outbox."""
    why = f": {silence.reason}" if silence.reason else ""
    return f"{_SILENCE}{silence.id} ({describe_matcher(silence.matcher)}){why}"


def is_silence(note: str | None) -> bool:
    """Whether a row's note is one of `describe_silence`."""
    return (note or "").startswith(_SILENCE)


def _split_words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
