"""Fifth stage, first half: which route takes a story, to which channels, and why not the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.core.model import FeedSpec, Route, Story
from monitor.core.words import format_number, format_percent, say


@dataclass(frozen=True, slots=True)
class Traits:
    """What routes look at: the best score per topic, the first report's language without region.

    `feeds` holds the names and hosts of all feeds that report the story, casefolded like `tags`;
    `sources` counts the independent ones.
    """

    scores: Mapping[str, float]
    language: str | None = None
    feeds: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    sources: int = 1

    def score_for(self, topic: str | None) -> float:
        """The score for one topic; None means the best of all."""
        return max((s for name, s in self.scores.items() if topic in (None, name)), default=0.0)


@dataclass(frozen=True, slots=True)
class RouteVerdict:
    """Whether a route takes a story. `reason` says what it asks for, `missing` what is not so."""

    rule: Route
    takes: bool
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Condition:
    """One thing a route asks for, and what the story has instead."""

    met: bool
    asked: str
    found: str


def read_traits(story: Story, feeds: Mapping[int, FeedSpec]) -> Traits:
    """What routes look at in a story; `feeds` are those of its members, by id."""
    specs = [feeds[m.article.feed_id] for m in story.members if m.article.feed_id in feeds]
    names = [m.article.feed_name for m in story.members]
    hosts = [urlsplit(spec.url).hostname or "" for spec in specs]
    return make_traits(
        _best_scores(story),
        story.members[0].article.language if story.members else None,
        (*names, *(spec.name for spec in specs), *hosts),
        (tag for spec in specs for tag in spec.tags),
        story.sources,
    )


def make_traits(
    scores: Mapping[str, float],
    language: str | None,
    feeds: Iterable[str],
    tags: Iterable[str],
    sources: int,
) -> Traits:
    """Traits of names as people write them."""
    return Traits(scores, _strip_region(language), _fold(feeds), _fold(tags), sources)


def route(traits: Traits, routes: Sequence[Route], language: str = "en") -> dict[str, str]:
    """The channels of all routes that take the story, each with the reason of the first."""
    routed: dict[str, str] = {}
    for verdict in judge_routes(traits, routes, language):
        for channel in verdict.rule.channels if verdict.takes else ():
            routed.setdefault(channel, verdict.reason)
    return routed


def judge_routes(
    traits: Traits, routes: Sequence[Route], language: str = "en"
) -> tuple[RouteVerdict, ...]:
    """Every matching conditional route speaks; a default route only when none does."""
    judged = [_judge(traits, rule, language) for rule in routes if not rule.is_default]
    taken = any(verdict.takes for verdict in judged)
    missing = (say(language, "route.taken"),) if taken else ()
    default = say(language, "route.default")
    conditional = iter(judged)
    return tuple(
        RouteVerdict(rule, not taken, default, missing) if rule.is_default else next(conditional)
        for rule in routes
    )


def _judge(traits: Traits, rule: Route, language: str) -> RouteVerdict:
    conditions = tuple(_list_conditions(traits, rule, language))
    first = [] if rule.topic else [say(language, "route.any")]
    reason = say(
        language, "route.rule", conditions=", ".join([*first, *(c.asked for c in conditions)])
    )
    missing = tuple(
        say(language, "route.missing", asked=c.asked, found=c.found or "–")
        for c in conditions
        if not c.met
    )
    return RouteVerdict(rule, not missing, reason, missing)


def _list_conditions(traits: Traits, rule: Route, language: str) -> Iterator[_Condition]:
    if rule.topic:
        asked = say(language, "route.topic", topic=rule.topic)
        yield _Condition(rule.topic in traits.scores, asked, ", ".join(traits.scores))
    if rule.min_score:
        score = traits.score_for(rule.topic)
        asked = say(language, "route.score", score=format_percent(language, rule.min_score))
        yield _Condition(score >= rule.min_score, asked, format_percent(language, score))
    if rule.languages:
        asked = say(language, "route.language", names=" / ".join(rule.languages))
        spoken = {_strip_region(name) for name in rule.languages}
        yield _Condition(traits.language in spoken, asked, traits.language or "")
    for key, wanted, have in (
        ("route.feed", rule.feeds, traits.feeds),
        ("route.tag", rule.tags, traits.tags),
    ):
        if wanted:
            asked = say(language, key, names=" / ".join(wanted))
            yield _Condition(bool(_fold(wanted) & have), asked, ", ".join(sorted(have)))
    if rule.min_sources > 1:
        asked = say(language, "route.sources", n=format_number(language, rule.min_sources))
        found = format_number(language, traits.sources)
        yield _Condition(traits.sources >= rule.min_sources, asked, found)


def _best_scores(story: Story) -> dict[str, float]:
    best = dict.fromkeys(story.topics, 0.0 if story.members else story.score)
    for verdict in (v for member in story.members for v in member.verdicts if v.flagged):
        best[verdict.topic] = max(best.get(verdict.topic, 0.0), verdict.score or 0.0)
    return best


def _fold(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names if name)


def _strip_region(language: str | None) -> str | None:
    return language.casefold().split("-")[0] if language else None
