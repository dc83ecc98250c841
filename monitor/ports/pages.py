"""The store's port for articles' own web pages."""

from datetime import datetime
from typing import Protocol

from monitor.core.model import Page


class Pages(Protocol):
    """Which pages wait to be read, and what came of the others."""

    def ask(self, page: Page) -> bool:
        """Let an article's page be read; False where it was asked for before."""
        ...

    def of(self, article_id: int) -> Page | None:
        """The page of an article, or None where it was never asked for."""
        ...

    def due(self, now: datetime) -> tuple[Page, ...]:
        """Waiting pages whose time has come, the oldest article's of each host."""
        ...

    def save(self, page: Page) -> None:
        """Replace what is known of it."""
        ...
