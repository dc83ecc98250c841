"""The store's port for the outbox, which is the notification log too."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from monitor.core.model import Alert, ChannelTrouble, Delivery, OutboxRow, Subject


class Outbox(Protocol):
    """Everything that is to be said, and the log of what was said."""

    def queue(self, alerts: Iterable[Alert], due_at: datetime, now: datetime) -> int:
        """Insert as pending; what the UNIQUE key already knows is left alone. Count the new."""
        ...

    def due(self, now: datetime, channel: str | None = None) -> tuple[OutboxRow, ...]:
        """Pending and retry rows that are due and not held, per channel oldest first.

        A row waits while an older one of its channel is in flight or waits for its next attempt,
        so that the order per channel is kept.
        """
        ...

    def taken(self, channel: str, since: datetime, until: datetime) -> tuple[datetime, ...]:
        """When the channel took messages of stories, in (since, until], oldest first."""
        ...

    def release(self, now: datetime, subject_id: str | None = None) -> None:
        """Let what is held be decided on anew: all rows, or those of one story."""
        ...

    def waiting(self) -> tuple[OutboxRow, ...]:
        """Every row that is pending or to be tried again, due or not, oldest first."""
        ...

    def in_flight(self) -> tuple[OutboxRow, ...]:
        """Claimed rows without a receipt: being sent, or cut off by a kill."""
        ...

    def get(self, row_id: int) -> OutboxRow | None:
        """One row."""
        ...

    def find(self, alert: Alert) -> OutboxRow | None:
        """The row of this key."""
        ...

    def save(self, row: OutboxRow) -> None:
        """Replace everything but what it tells of. Raise `NotFound`."""
        ...

    def list(
        self,
        states: Iterable[Delivery] = (),
        limit: int = 100,
        subject: Subject | None = None,
        channel: str | None = None,
        skip: int = 0,
    ) -> tuple[OutboxRow, ...]:
        """Newest first, after as many as to skip; no states, subject or channel means all."""
        ...

    def told(self, subject_id: str) -> tuple[OutboxRow, ...]:
        """All rows about the story of this id, and about those it was made of by hand.

        That is the notification log, oldest first.
        """
        ...

    def first_told(self, story_ids: Iterable[int]) -> Mapping[int, datetime]:
        """When the first channel took the first alert of each of at most 500 stories.

        What a story was made of by hand counts; one that nobody was told of is left out.
        """
        ...

    def newest_of(self, subject: Subject, since: datetime) -> tuple[OutboxRow, ...]:
        """Of each thing and channel the newest row that was made since then, newest first."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete the texts of what was settled before; who was told of what stays. Count them."""
        ...

    def failing(self, recent: datetime) -> tuple[ChannelTrouble, ...]:
        """Channels with a failed message that waits, or that have taken none since one was dead.

        What died since `recent` counts in any case.
        """
        ...

    def count(self) -> Mapping[Delivery, int]:
        """How many rows are in each state."""
        ...
