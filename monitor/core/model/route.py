"""Which channels are told of which stories."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Route:
    """Stories that fulfil every given condition go to `channels`; `core.route` says how.

    `languages` are codes ("de"), `feeds` names or hosts, `tags` those of feeds; one of each is
    enough. `min_sources` counts independent sources.
    """

    channels: tuple[str, ...]
    topic: str | None = None
    min_score: float = 0.0
    languages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    min_sources: int = 1

    @property
    def is_default(self) -> bool:
        """A route without a condition catches what no other route took."""
        return self == Route(self.channels)
