"""DigestDue: compile the local day. BaselineImported: say once what was there before."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from monitor.core.alert import default_channels, notify_operator
from monitor.core.digest import (
    CHART_DAYS,
    NEAR,
    compile_input,
    digest_window,
    due_digests,
    find_begin,
    newest_date,
)
from monitor.core.events import AlertQueued, BaselineImported, DigestDue, Event
from monitor.core.model import (
    Alert,
    CompiledDigest,
    Delivery,
    DigestInput,
    DigestPlan,
    Health,
    Message,
    OutboxRow,
    Subject,
)
from monitor.core.render import render_baseline, render_digest
from monitor.pipeline.labels import make_ballot
from monitor.pipeline.notices import read_quiet
from monitor.pipeline.outcomes import BASELINE_ARTICLES, BASELINE_FEEDS, BASELINE_SINCE
from monitor.pipeline.parts import Parts
from monitor.ports import Transaction

log = logging.getLogger(__name__)

Labels = Mapping[str, str]
"""Topic names and what a reader calls them."""

LATEST = timedelta(minutes=10)
"""So long a digest waits for articles of its day that are not judged yet."""

EARLIER = 60
"""So many earlier digests are asked whether they were lost."""

FAILED = 1_000
"""So many failed messages are looked at."""

UNJUDGED = 64
"""So many articles that wait are asked when they came; an edited one may be ahead of a new one."""


async def compile_digest(parts: Parts, event: DigestDue) -> list[Event]:
    """Queue the digest of a local date: one row per channel, in one transaction with its record.

    The record keeps it from being compiled twice; that it is told is the outbox's business.
    """
    plan = next((plan for plan in parts.rules.digests if plan.name == event.name), None)
    if plan is None:
        return []
    queued = await parts.store.write(partial(_queue_due, parts, plan, event.local_date))
    log.info("digest %s of %s compiled for %d channels", event.name, event.local_date, queued)
    return [AlertQueued(queued)] if queued else []


def begin_digests(tx: Transaction, plans: Iterable[DigestPlan], now: datetime) -> None:
    """Let a new digest begin with the day that is running: it tells of no time before."""
    for plan in plans:
        if not tx.digests.of(plan.name, 1):
            day = newest_date(plan, now).isoformat()
            _, until = digest_window(plan, day)
            tx.digests.add(CompiledDigest(plan.name, day, until, until))


def find_due_digests(parts: Parts, tx: Transaction, now: datetime) -> list[Event]:
    """Digests whose local time has come, also while the program was down; each date once."""
    plans = {plan.name: plan for plan in parts.rules.digests}
    newest = (one for name in plans for one in tx.digests.of(name, 1))
    due = due_digests(plans.values(), now, {one.name: one.local_date for one in newest})
    unjudged = bool(_read_unjudged(tx, 1))
    return [
        one for one in due if not (unjudged and _is_early(plans[one.name], one.local_date, now))
    ]


def _is_early(plan: DigestPlan, local_date: str, now: datetime) -> bool:
    return now - digest_window(plan, local_date)[1] < LATEST


def _read_unjudged(tx: Transaction, limit: int) -> list[datetime]:
    """When the oldest articles that no digest can place yet were seen, in this revision."""
    flagged = (one.article for one in tx.verdicts.waiting(limit))
    return [article.seen_at for article in (*tx.articles.waiting(limit), *flagged)]


# --- one that is due ----------------------------------------------------------------------------


def _queue_due(parts: Parts, plan: DigestPlan, local_date: str, tx: Transaction) -> int:
    earlier = tx.digests.of(plan.name, EARLIER)
    if earlier and earlier[0].local_date >= local_date:
        return 0
    since, until = digest_window(plan, local_date)
    # Where the last digest ended this one begins, also after missed days or a changed time.
    since = earlier[0].until_at if earlier else since
    # What is still not judged, and all that came after it, is left to the next digest. An article
    # of before waits when it was edited; it was told of then.
    late = (at for at in _read_unjudged(tx, UNJUDGED) if at >= since)
    until = max(since, min((until, *late)))
    tx.digests.add(CompiledDigest(plan.name, local_date, since, until))
    return sum(
        _queue_span(parts, tx, plan, local_date, (begin, until), channels)
        for begin, channels in _find_begins(tx, plan, earlier, since).items()
    )


def _find_begins(
    tx: Transaction, plan: DigestPlan, earlier: tuple[CompiledDigest, ...], since: datetime
) -> Mapping[datetime, list[str]]:
    """The channels by where their digest begins: what one has lost it is told of again."""
    given_up = tx.outbox.list((Delivery.DEAD,), FAILED, Subject.DIGEST)
    lost = [row.alert for row in given_up if row.alert.subject_id == plan.name]
    begins = defaultdict(list)
    for channel in plan.channels:
        dates = {alert.occasion for alert in lost if alert.channel == channel}
        begins[find_begin(earlier, dates) if earlier else since].append(channel)
    return begins


def _queue_span(
    parts: Parts,
    tx: Transaction,
    plan: DigestPlan,
    local_date: str,
    window: tuple[datetime, datetime],
    channels: Iterable[str],
) -> int:
    digest = gather_digest(tx, plan, local_date, window, parts.labels(plan.language))
    now = parts.clock()
    ballot = make_ballot(tx, parts.rules.public_url, now)
    message = render_digest(digest, plan, parts.rules.allow, ballot)
    return queue_digest(tx, plan, local_date, message, now, channels)


# --- one on demand ------------------------------------------------------------------------------


def preview_digest(
    tx: Transaction, plan: DigestPlan, local_date: str | None, now: datetime, labels: Labels
) -> tuple[str, DigestInput]:
    """What the digest of a local date says; None means what has come since the last one's time.

    The first value is the occasion: the date, or the local minute for one until now.
    """
    if local_date is not None:
        window = _find_window(tx, plan, local_date, now)
        return local_date, gather_digest(tx, plan, local_date, window, labels)
    local = now.astimezone(ZoneInfo(plan.timezone))
    window = min(_read_told_until(tx, plan, now), now), now
    digest = gather_digest(tx, plan, local.date().isoformat(), window, labels)
    return f"{local:%Y-%m-%dT%H:%M}", digest


def note_made(tx: Transaction, digest: DigestInput) -> None:
    """Remember a date sent by hand: it is not made again, and the next one begins at its end."""
    made = CompiledDigest(digest.plan_name, digest.local_date, digest.since_at, digest.until_at)
    tx.digests.add(made)


def note_extra(tx: Transaction, plan: DigestPlan, now: datetime) -> None:
    """Remember a digest sent by hand; the daily one tells its whole day all the same."""
    tx.notes.set(_extra_note(plan), now.isoformat())


def _find_window(
    tx: Transaction, plan: DigestPlan, local_date: str, now: datetime
) -> tuple[datetime, datetime]:
    """What the digest of a date covers: as it was made, or as it would be made now."""
    made = tx.digests.get(plan.name, local_date)
    if made and made.since_at < made.until_at:  # a plan begins with a record that told nothing
        return made.since_at, made.until_at
    since, until = digest_window(plan, local_date)
    for latest in tx.digests.of(plan.name, 1):
        since = latest.until_at if latest.local_date < local_date else since
    return since, max(since, min(until, now))


def _read_told_until(tx: Transaction, plan: DigestPlan, now: datetime) -> datetime:
    made = tx.digests.of(plan.name, 1)
    until = made[0].until_at if made else digest_window(plan, newest_date(plan, now).isoformat())[1]
    extra = tx.notes.get(_extra_note(plan))
    return max(until, datetime.fromisoformat(extra)) if extra else until


def _extra_note(plan: DigestPlan) -> str:
    return f"digest {plan.name} sent by hand until"


# --- both ---------------------------------------------------------------------------------------


def queue_digest(
    tx: Transaction,
    plan: DigestPlan,
    occasion: str,
    message: Message,
    now: datetime,
    channels: Iterable[str] | None = None,
) -> int:
    """One outbox row per channel (None: the plan's); what was queued for it is left alone."""
    alerts = (
        Alert(Subject.DIGEST, plan.name, occasion, channel, "digest", message)
        for channel in (plan.channels if channels is None else channels)
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
        health=_read_health(tx, since, until),
        topics=labels.items(),
        near=tx.verdicts.near(since, until, NEAR),
        moments=tx.stories.moments(until - timedelta(days=CHART_DAYS + 1)),
    )


def _read_health(tx: Transaction, since: datetime, until: datetime) -> Health:
    failing = tx.outbox.list((Delivery.RETRY, Delivery.DEAD), FAILED)
    stuck = {row.alert.channel for row in failing if row.state is Delivery.RETRY}
    dead = [row for row in failing if _died_in(row, since)]
    channels = tuple(sorted(stuck | {row.alert.channel for row in dead}))
    health = tx.articles.health(since, until)
    return replace(health, channels=channels, dead=len(dead), quiet=read_quiet(tx))


def _died_in(row: OutboxRow, since: datetime) -> bool:
    """Whether it was given up since the last digest, so that each is counted in one."""
    return row.state is Delivery.DEAD and row.settled_at is not None and row.settled_at >= since


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
    return tx.notes.get(BASELINE_SINCE) is not None and not tx.feeds.any_unpolled()


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
