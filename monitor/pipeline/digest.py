"""DigestDue: compile the local day. BaselineImported: say once what was there before."""

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from monitor.core.alert import default_channels, notify_operator
from monitor.core.digest import compile_input, digest_window, due_digests, newest_date
from monitor.core.events import AlertQueued, BaselineImported, DigestDue, Event
from monitor.core.model import Alert, DigestInput, DigestPlan, Message, Subject
from monitor.core.render import render_baseline, render_digest
from monitor.pipeline.parts import Parts
from monitor.pipeline.poll import BASELINE_ARTICLES, BASELINE_FEEDS, BASELINE_SINCE
from monitor.ports import Transaction

log = logging.getLogger(__name__)

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Labels = Mapping[str, str]
"""Topic names and what a reader calls them."""

LATEST = timedelta(minutes=10)
"""So long a digest waits for articles of its day that are not judged yet."""


async def compile_digest(parts: Parts, event: DigestDue) -> list[Event]:
    """Queue the digest of a local date: one row per channel, in one transaction with its note."""
    plan = next((plan for plan in parts.rules.digests if plan.name == event.name), None)
    if plan is None:
        return []
    queued = await parts.store.write(partial(_queue_digest, parts, plan, event.local_date))
    log.info("digest %s of %s compiled for %d channels", event.name, event.local_date, queued)
    return [AlertQueued(queued)] if queued else []


def begin_digests(tx: Transaction, plans: Iterable[DigestPlan], now: datetime) -> None:
    """Let a new digest begin with the day that is running: it tells of no time before."""
    for plan in plans:
        if tx.notes.get(_date_note(plan)) is None:
            _note_done(tx, plan, newest_date(plan, now).isoformat())


def find_due_digests(parts: Parts, tx: Transaction, now: datetime) -> list[Event]:
    """Digests whose local time has come, also while the program was down; each date once."""
    unjudged = bool(tx.articles.waiting(1) or tx.verdicts.waiting(1))
    plans = {plan.name: plan for plan in parts.rules.digests}
    return [
        due
        for due in due_digests(plans.values(), now, done=(), not_before=_LONG_AGO)
        # A clock that jumps back finds an older date "newest"; it was told already.
        if due.local_date > (tx.notes.get(_date_note(plans[due.name])) or due.local_date)
        and not (unjudged and _is_early(plans[due.name], due.local_date, now))
    ]


def _is_early(plan: DigestPlan, local_date: str, now: datetime) -> bool:
    return now - digest_window(plan, local_date)[1] < LATEST


def preview_digest(
    tx: Transaction, plan: DigestPlan, local_date: str | None, now: datetime, labels: Labels
) -> tuple[str, DigestInput]:
    """What the digest of a local date says; None means what has come since the last one's time.

    The first value is the occasion: the date, or the local minute for one until now.
    """
    if local_date is not None:
        window = digest_window(plan, local_date)
        return local_date, gather_digest(tx, plan, local_date, window, labels)
    local = now.astimezone(ZoneInfo(plan.timezone))
    window = _read_told_until(tx, plan, now), now
    digest = gather_digest(tx, plan, local.date().isoformat(), window, labels)
    return f"{local:%Y-%m-%dT%H:%M}", digest


def note_extra(tx: Transaction, plan: DigestPlan, now: datetime) -> None:
    """Remember a digest sent by hand; the daily one tells its whole day all the same."""
    tx.notes.set(_extra_note(plan), now.isoformat())


def _read_told_until(tx: Transaction, plan: DigestPlan, now: datetime) -> datetime:
    daily = digest_window(plan, newest_date(plan, now).isoformat())[1]
    extra = tx.notes.get(_extra_note(plan))
    return max(daily, datetime.fromisoformat(extra)) if extra else daily


def queue_digest(
    tx: Transaction, plan: DigestPlan, occasion: str, message: Message, now: datetime
) -> int:
    """One outbox row per channel; what was queued for this occasion before is left alone."""
    alerts = (
        Alert(Subject.DIGEST, plan.name, occasion, channel, "digest", message)
        for channel in plan.channels
    )
    return tx.outbox.queue(alerts, now, now)


def gather_digest(
    tx: Transaction,
    plan: DigestPlan,
    local_date: str,
    window: tuple[datetime, datetime],
    labels: Labels,
) -> DigestInput:
    """Read what a digest of this window tells."""
    since, until = window
    return compile_input(
        plan,
        local_date,
        window,
        stories=tx.stories.recent(since),
        baseline=tx.verdicts.baseline(since, until),
        health=tx.articles.health(since, until),
        topics=labels.items(),
    )


def _queue_digest(parts: Parts, plan: DigestPlan, local_date: str, tx: Transaction) -> int:
    now = parts.clock()
    since, until = digest_window(plan, local_date)
    # Where the last digest ended this one begins, also after missed days or a changed time.
    told_until = tx.notes.get(_end_note(plan))
    if told_until is not None and datetime.fromisoformat(told_until) < until:
        since = datetime.fromisoformat(told_until)
    digest = gather_digest(tx, plan, local_date, (since, until), parts.labels())
    message = render_digest(digest, plan.language, plan.timezone, parts.rules.allow)
    _note_done(tx, plan, local_date)
    return queue_digest(tx, plan, local_date, message, now)


def _note_done(tx: Transaction, plan: DigestPlan, local_date: str) -> None:
    tx.notes.set(_date_note(plan), local_date)
    tx.notes.set(_end_note(plan), digest_window(plan, local_date)[1].isoformat())


def _date_note(plan: DigestPlan) -> str:
    return f"digest {plan.name}"


def _extra_note(plan: DigestPlan) -> str:
    return f"digest {plan.name} sent by hand until"


def _end_note(plan: DigestPlan) -> str:
    return f"digest {plan.name} told until"


# --- baseline -----------------------------------------------------------------------------------


async def report_baseline(
    parts: Parts,
    event: BaselineImported,  # noqa: ARG001  # a signal
) -> list[Event]:
    """Queue "imported N, M would have matched" to the default channels, once for all new feeds."""
    queued = await parts.store.write(partial(_queue_baseline, parts))
    return [AlertQueued(queued)] if queued else []


def is_baseline_ready(tx: Transaction) -> bool:
    """Whether first fetches wait to be told of, and every new feed has had its first poll.

    The caller knows that no article waits for its verdict.
    """
    if tx.notes.get(BASELINE_SINCE) is None:
        return False
    return all(feed.state.last_polled_at is not None for feed in tx.feeds.list())


def _queue_baseline(parts: Parts, tx: Transaction) -> int:
    since = tx.notes.get(BASELINE_SINCE)
    if since is None or tx.articles.waiting(1):
        return 0
    now = parts.clock()
    until = now + datetime.resolution  # what was first seen at this very moment counts
    matched = len(tx.verdicts.baseline(datetime.fromisoformat(since), until))
    names = json.loads(tx.notes.get(BASELINE_FEEDS) or "[]")
    imported = int(tx.notes.get(BASELINE_ARTICLES) or 0)
    message = render_baseline(names, imported, matched, parts.rules.language)
    channels = default_channels(parts.rules.routes)
    alerts = notify_operator("baseline", since, channels, "feeds were new", message)
    for note in (BASELINE_SINCE, BASELINE_FEEDS, BASELINE_ARTICLES):
        tx.notes.set(note, None)
    log.info("baseline: imported %d articles, %d would have matched", imported, matched)
    return tx.outbox.queue(alerts, now, now)
