"""Fifth stage, second half: who has not heard of a story yet, and what the operator is told."""

from collections.abc import Iterable, Mapping

from monitor.core.model import FIRST, Alert, Message, OutboxRow, Route, Story, Subject


def decide_first_alerts(
    story: Story, routed: Mapping[str, str], told: Iterable[OutboxRow]
) -> tuple[Alert, ...]:
    """First alerts for the channels that have not heard of this story.

    `routed` names the channels it goes to, each with the reason why.
    """
    heard = {row.alert.channel for row in told}
    return tuple(
        Alert(Subject.STORY, str(story.id), FIRST, channel, reason)
        for channel, reason in routed.items()
        if channel not in heard
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
