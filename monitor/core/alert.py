"""Fifth stage: a story and the log of what was said become alerts, each with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.core.model import (
    Alert,
    Message,
    OutboxRow,
    Route,
    Story,
    Subject,
)
from monitor.core.words import format_percent, say

FIRST = "first"


@dataclass(frozen=True, slots=True)
class Routed:
    """A channel a story goes to, and which rule said so."""

    channel: str
    reason: str


def route(story: Story, routes: Sequence[Route], language: str = "en") -> tuple[Routed, ...]:
    """Every matching conditional route speaks; the default route only when none does."""
    chosen = [r for r in routes if not r.is_default and _matches(story, r)]
    chosen = chosen or [r for r in routes if r.is_default]
    routed: dict[str, Routed] = {}
    for rule in chosen:
        for channel in rule.channels:
            routed.setdefault(channel, Routed(channel, _explain(rule, language)))
    return tuple(routed.values())


def decide_first_alerts(
    story: Story, routes: Sequence[Route], told: Iterable[OutboxRow], language: str = "en"
) -> tuple[Alert, ...]:
    """First alerts for the channels that have not heard of this story, reasons in `language`."""
    heard = {row.alert.channel for row in told}
    return tuple(
        Alert(Subject.STORY, str(story.id), FIRST, routed.channel, routed.reason)
        for routed in route(story, routes, language)
        if routed.channel not in heard
    )


def notify_operator(
    subject_id: str, occasion: str, channels: Iterable[str], reason: str, message: Message
) -> tuple[Alert, ...]:
    """One notice per channel; the outbox's UNIQUE key makes sure that it is said once."""
    return tuple(
        Alert(Subject.NOTICE, subject_id, occasion, channel, reason, message)
        for channel in channels
    )


def default_channels(routes: Iterable[Route]) -> tuple[str, ...]:
    """Where operator notices go: the channels of the default routes."""
    return tuple(dict.fromkeys(c for r in routes if r.is_default for c in r.channels))


def _matches(story: Story, rule: Route) -> bool:
    return (rule.topic is None or rule.topic in story.topics) and story.score >= rule.min_score


def _explain(rule: Route, language: str) -> str:
    if rule.is_default:
        return say(language, "route.default")
    topic = say(language, "route.topic", topic=rule.topic) if rule.topic else None
    chosen = topic or say(language, "route.any")
    if not rule.min_score:
        return chosen
    return say(
        language, "route.score", route=chosen, score=format_percent(language, rule.min_score)
    )
