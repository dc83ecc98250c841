"""The store's port for a person's own topics, and for the weights of all topics."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from monitor.core.model import OwnTopic, TopicVersion


class Topics(Protocol):
    """Topics a person added, and the weights made for topics."""

    def add(self, topic: OwnTopic, first: TopicVersion) -> bool:
        """Store it with its first weights; False where there is one of this name."""
        ...

    def remove(self, name: str, now: datetime) -> None:
        """Look for it no more; its versions and labels are undone. Raise `NotFound`."""
        ...

    def list(self) -> tuple[OwnTopic, ...]:
        """All that were added and not removed, by name."""
        ...

    def learn(self, version: TopicVersion) -> None:
        """Put weights in force."""
        ...

    def undo(self, name: str, now: datetime) -> TopicVersion:
        """Go back one version; give the one that was undone. Raise `NotFound`.

        The first version of an own topic stays.
        """
        ...

    def versions(self, name: str) -> tuple[TopicVersion, ...]:
        """Those that were not undone, oldest first."""
        ...

    def in_force(self) -> Mapping[str, TopicVersion]:
        """The newest version of each topic that has any."""
        ...

    def set_threshold(self, name: str, value: float | None, now: datetime) -> None:
        """Flag from this score on; None: as the topic itself says."""
        ...

    def thresholds(self) -> Mapping[str, float]:
        """Those that were set, by topic."""
        ...

    def mark(self) -> str:
        """Something that is another after every change; quick to read."""
        ...
