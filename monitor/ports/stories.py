"""The store's port for stories."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from monitor.core.model import Story


class Stories(Protocol):
    """Stories and their members."""

    def add(self, story: Story) -> Story:
        """Store a new story with its members (`id` is ignored); give it back with its id."""
        ...

    def save(self, story: Story) -> None:
        """Replace its fields and add members it does not have yet. Raise `NotFound`."""
        ...

    def get(self, story_id: int) -> Story | None:
        """The story with all members."""
        ...

    def of(self, article_id: int) -> Story | None:
        """The story this article belongs to."""
        ...

    def recent(self, since: datetime) -> tuple[Story, ...]:
        """Stories with a member seen at or after `since`, newest first, with all members."""
        ...

    def near(self, keys: Iterable[str], since: datetime, limit: int) -> tuple[Story, ...]:
        """Of the stories seen at or after `since` those that share most of the keys."""
        ...

    def index(self, story_id: int, keys: Iterable[str]) -> None:
        """Let the story be found by these keys, too."""
        ...

    def without_keys(self, since: datetime) -> tuple[Story, ...]:
        """Stories seen at or after `since` that no key finds."""
        ...

    def forget_keys(self, before: datetime) -> None:
        """Find stories that were last seen before then no longer by keys."""
        ...

    def apart(self, story_ids: Iterable[int]) -> frozenset[frozenset[int]]:
        """Pairs of stories that a person keeps apart, of which one at least is given."""
        ...

    def split(self, kept: Story, new: Story) -> Story:
        """Move the members of `new` out of `kept`; give it back with its id.

        What was told of `kept` counts as told of it; the two are kept apart from now on.
        """
        ...

    def merge(self, kept: Story, gone_id: int) -> None:
        """Give `kept` its members, among them those of the story that is gone.

        Who asks for that one gets `kept`, and what was told of it counts as told of `kept`.
        """
        ...

    def list(
        self,
        limit: int,
        topic: str | None = None,
        *,
        skip: int = 0,
        best_since: datetime | None = None,
    ) -> tuple[Story, ...]:
        """The newest stories, with all members, or the best of those seen since then.

        With `topic` only those it is a topic of; the first `skip` are left out.
        """
        ...

    def count(self, since: datetime) -> int:
        """How many stories began since then, those of a baseline left out."""
        ...

    def moments(self, since: datetime) -> tuple[tuple[datetime, tuple[str, ...]], ...]:
        """When each member was first seen, from `since` on, with the topics of its story."""
        ...
