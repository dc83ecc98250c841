"""What can be wrong with the program itself, for the operator."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class TroubleKind(StrEnum):
    """What can be wrong with the program's own work."""

    FEED = "feed-failing"
    CHANNEL = "channel-failing"
    NETWORK = "no-network"
    QUIET = "too-quiet"
    UNFLAGGED = "nothing-flagged"
    FEED_QUIET = "feed-quiet"
    TOPIC_QUIET = "topic-quiet"
    DISK = "disk-full"
    DATABASE = "database-replaced"


REPLACED = "database replaced"
"""The note that says where a damaged database lies, until every feed was read once."""


@dataclass(frozen=True, slots=True)
class Lull:
    """A silence of so long: `usual` articles come in it otherwise.

    `odds` in (0, 1) is how likely a pause is as long by chance.
    """

    span: timedelta
    usual: float
    odds: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now; `kind` and `subject` say which one it is.

    `name` and `detail` are for a person, `since` where it is known better than by looking. `wait`:
    it must last so long before it is worth a word. `lull` tells of a feed's or a topic's silence.
    """

    kind: TroubleKind
    subject: str = ""
    name: str = ""
    detail: str = ""
    since: datetime | None = None
    wait: timedelta = timedelta()
    lull: Lull | None = None

    @property
    def key(self) -> tuple[TroubleKind, str]:
        """Which trouble it is."""
        return self.kind, self.subject


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """A channel that does not take its messages: `dead` when it was given up for one of them.

    `rows` are the outbox rows that wait for it or are dead, oldest first.
    """

    channel: str
    error: str
    dead: bool
    rows: tuple[int, ...]
