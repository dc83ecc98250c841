"""What an article adds to a story that was told already, and whether that is worth another word.

Only what its title says is news: further down every report mentions other figures and names. A
copy of a report that is known adds nothing.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.likeness import is_copy
from monitor.core.model import FIRST, Alert, Delivery, Flagged, OutboxRow, Story, Subject
from monitor.core.signals import find_numbers, fold_text
from monitor.core.words import format_figure, join_names, say

UPDATES = ("update-1", "update-2", "update-3")
"""The occasions there are: after the third a story is left to the digest."""

NEAR = 0.05
"""Figures of one unit that differ by less are one figure, rounded by one of the two."""

_HEARD = {Delivery.PENDING, Delivery.IN_FLIGHT, Delivery.RETRY, Delivery.SENT, Delivery.FOLDED}


class Kind(StrEnum):
    """What can be new."""

    ACTOR = "actor"
    NUMBER = "number"
    STATEMENT = "statement"
    CORRECTION = "correction"
    SOURCES = "sources"


_SIGNS = {
    # What a folded title says, in the languages we read. "Correction" alone is what markets do.
    Kind.STATEMENT: re.compile(
        r"\b(bestaetig|dementier|bestreite|stellungnahme|confirm|den(y|ies|ied)\b|acknowledg|admit"
        r"|dement\b|desmient|niega|smenti|conferma|bevestig|ontken)"
    ),
    Kind.CORRECTION: re.compile(
        r"^\W*(korrektur|correction|corrected|clarification|rectificatif|rettifica|rectificatie)\W*[:|]"
        r"|\b(berichtig|richtigstell|widerruf|retract)"
    ),
}


@dataclass(frozen=True, slots=True)
class News:
    """Something new, and what of it: names as the title writes them, figures in normal form."""

    kind: Kind
    what: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """What counts as new: `actors` are concepts, `sources` how many independent ones are many.

    Who joins within `group_wait` of a first alert that still waits does so silently.
    """

    actors: frozenset[str] = frozenset()
    sources: int = 5
    group_wait: timedelta = timedelta()


def decide_updates(
    before: Story,
    after: Story,
    told: Sequence[OutboxRow],
    watch: Watch,
    now: datetime,
    language: str = "en",
) -> tuple[Alert, ...]:
    """An update for each channel that was, or will be, told of the story; its reason is the news.

    `after` is the story with one article more. None for a story of the baseline, for nothing new,
    and after the last of `UPDATES`.
    """
    said = {row.alert.occasion for row in told}
    occasion = next((name for name in UPDATES if name not in said), None)
    channels = [row.alert.channel for row in told if _is_listening(row, watch, now)]
    if after.baseline or occasion is None or not channels:
        return ()
    news = find_news(before, after, watch)
    if not news:
        return ()
    reason = say_news(news, language)
    return tuple(
        Alert(Subject.STORY, str(after.id), occasion, channel, reason)
        for channel in dict.fromkeys(channels)
    )


def find_news(before: Story, after: Story, watch: Watch) -> tuple[News, ...]:
    """What the new member of the story tells that none before did."""
    known = {member.article.id for member in before.members}
    (new,) = (member for member in after.members if member.article.id not in known)
    if any(is_copy(new, old) for old in before.members):
        return ()
    found = (
        News(Kind.CORRECTION) if _is_first(Kind.CORRECTION, new, before.members) else None,
        News(Kind.STATEMENT) if _is_first(Kind.STATEMENT, new, before.members) else None,
        _name(Kind.ACTOR, _find_actors(new, before.members, watch.actors)),
        _name(Kind.NUMBER, _find_figures(new, before.members)),
        _count_sources(before, after, watch.sources),
    )
    return tuple(news for news in found if news is not None)


def say_news(news: Iterable[News], language: str) -> str:
    """Say it as a person would: "new: Nvidia; new figure: 40 billion"."""
    return "; ".join(_say_one(one, language) for one in news)


def _say_one(news: News, language: str) -> str:
    if news.kind is Kind.NUMBER:
        figures = [format_figure(language, figure) for figure in news.what]
        return say(language, "update.number", what=join_names(language, figures))
    return say(language, f"update.{news.kind}", what=join_names(language, news.what or ("",)))


def _is_listening(row: OutboxRow, watch: Watch, now: datetime) -> bool:
    """Whether a channel was told first, or will be, and no longer waits for more to join."""
    joining = row.state is Delivery.PENDING and now < row.created_at + watch.group_wait
    return row.alert.occasion == FIRST and row.state in _HEARD and not joining


def _name(kind: Kind, what: Sequence[str]) -> News | None:
    return News(kind, tuple(what)) if what else None


def _is_first(kind: Kind, new: Flagged, members: Iterable[Flagged]) -> bool:
    return _has_sign(kind, new) and not any(_has_sign(kind, member) for member in members)


def _has_sign(kind: Kind, flagged: Flagged) -> bool:
    return _SIGNS[kind].search(fold_text(flagged.article.title)) is not None


def _find_actors(new: Flagged, members: Iterable[Flagged], actors: frozenset[str]) -> Sequence[str]:
    known = {concept for member in members for concept in member.signals.concepts}
    return [
        said for concept, said in new.signals.headline if concept in actors and concept not in known
    ]


def _find_figures(new: Flagged, members: Sequence[Flagged]) -> Sequence[str]:
    """Give figures with a unit that no member tells, not even rounded."""
    known = [figure for member in members for figure in member.signals.numbers]
    told = dict.fromkeys(find_numbers(new.article.title, new.signals.language))
    return [
        figure
        for figure in told
        if " " in figure and not any(_is_near(figure, other) for other in known)
    ]


def _is_near(figure: str, other: str) -> bool:
    number, _, unit = figure.partition(" ")
    other_number, _, other_unit = other.partition(" ")
    if unit != other_unit:
        return False
    a, b = _read(number), _read(other_number)
    return a == b or abs(a - b) < NEAR * max(a, b)


def _read(number: str) -> float:
    """Read a normalised figure; one with several points ("1.2.3") is no number."""
    try:
        return float(number)
    except ValueError:
        return -1.0


def _count_sources(before: Story, after: Story, many: int) -> News | None:
    reached = before.sources < many <= after.sources
    return News(Kind.SOURCES, (str(after.sources),)) if reached else None
