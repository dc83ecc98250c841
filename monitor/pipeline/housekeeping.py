"""HousekeepingDue: once a minute the program looks after itself."""

import logging
from datetime import datetime, timedelta
from functools import partial

from monitor.core.events import Event, HousekeepingDue
from monitor.pipeline.notices import tell_troubles
from monitor.pipeline.parts import Live, Parts

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)


def is_housekeeping_due(live: Live, now: datetime) -> bool:
    """Once a minute; a clock that was set back does not put it off."""
    return live.kept_at is None or not timedelta() <= now - live.kept_at < EVERY


async def keep_house(parts: Parts, event: HousekeepingDue) -> list[Event]:  # noqa: ARG001  # a signal
    """Tell the operator what is wrong."""
    parts.live.kept_at = parts.clock()
    return await parts.store.write(partial(tell_troubles, parts))
