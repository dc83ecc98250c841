"""Signs of life: what the watchdog goes by, and whoever asks whether the program is ready."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.pipeline import Live

FRESH = timedelta(seconds=90)
"""Without a sign of life for so long something hangs, and the watchdog is not fed. A foreign lock
of a minute (FAULTS B2) and a send's deadline of 30 s are shorter.
"""


@dataclass(slots=True)
class Pulse:
    """When the parts of the daemon last gave a sign of life, in monotonic seconds.

    `refusal` says why the database took nothing when it was last asked to; None where it does.
    """

    tick: float = field(default_factory=time.monotonic)
    write: float = field(default_factory=time.monotonic)
    dispatch: float = field(default_factory=time.monotonic)
    claims: int = 0
    refusal: str | None = None

    def watch_dispatcher(self, live: Live, now: float) -> None:
        """It is alive while it takes up messages, or has none to send."""
        if not live.sending or live.claims != self.claims:
            self.dispatch, self.claims = now, live.claims

    def silent(self, now: float, fresh: timedelta) -> tuple[str, ...]:
        """The parts that have been silent for too long."""
        parts = {"tick": self.tick, "write": self.write, "dispatch": self.dispatch}
        return tuple(name for name, at in parts.items() if now - at >= fresh.total_seconds())
