"""The store's port for labels."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from monitor.core.model import Label


class Labels(Protocol):
    """What a person said of articles: one word per article and topic counts."""

    def add(self, label: Label) -> None:
        """Remember it; it takes the place of another word on the same article and topic."""
        ...

    def undo(self, article_id: int, topic: str, now: datetime) -> Label:
        """Take it back. Raise `NotFound`."""
        ...

    def get(self, article_id: int, topic: str) -> Label | None:
        """The word that counts, if there is one."""
        ...

    def of(self, topic: str) -> tuple[Label, ...]:
        """Those that count, oldest first."""
        ...

    def on(self, article_ids: Iterable[int]) -> tuple[Label, ...]:
        """Those that count on these articles."""
        ...
