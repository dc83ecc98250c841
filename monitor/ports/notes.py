"""The store's port for notes."""

from typing import Protocol


class Notes(Protocol):
    """Small facts the program remembers about itself."""

    def get(self, key: str) -> str | None:
        """The value, or None."""
        ...

    def set(self, key: str, value: str | None) -> None:
        """Remember it, or forget it with None."""
        ...
