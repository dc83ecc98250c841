"""The store's port for digests."""

from typing import Protocol

from monitor.core.model import CompiledDigest


class Digests(Protocol):
    """Digests that were made."""

    def add(self, digest: CompiledDigest) -> bool:
        """Remember it; False where this date of this digest was made before."""
        ...

    def of(self, name: str, limit: int) -> tuple[CompiledDigest, ...]:
        """Those of this name, the newest date first."""
        ...

    def get(self, name: str, local_date: str) -> CompiledDigest | None:
        """The digest of this date."""
        ...
