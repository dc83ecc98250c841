"""Says at which gate an article ended, in sentences."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from monitor.core.gate_texts import GATE_TEXTS
from monitor.core.model import (
    Answer,
    Coverage,
    Delivery,
    Gate,
    OutboxRow,
    Page,
    Subject,
    Unread,
    Verdict,
)
from monitor.core.render.parts import label_of
from monitor.core.retell import retell
from monitor.core.rhythm import show_span
from monitor.core.words import format_moment, format_number, format_percent, join_names, say


def name_gate(gate: Gate, language: str) -> str:
    """What a person calls the gate."""
    return say(language, f"gate.{gate}")


def say_answer(
    answer: Answer, language: str, zone: str, labels: Mapping[str, str] | None = None
) -> str:
    """Where an article ended and why; `labels` names topics for a person, `zone` is IANA's."""
    said = {
        **_say_article(answer, language, zone),
        **_say_rows(answer.rows, language, zone),
        "scores": " ".join(_say_score(v, language, labels or {}) for v in answer.verdicts),
        "told": _say_told(answer.rows, language, zone),
        "again": say(language, f"gate.again.{answer.again}") if answer.again else "",
    }
    return " ".join(say(language, f"gate.{answer.gate}.text", **said).split())


def say_unread(unread: Unread, language: str) -> str:
    """That no feed gave an address."""
    return say(language, f"gate.{unread.gate}.text", host=unread.host)


def say_remedy(found: Answer | Unread, language: str) -> str:
    """What a person can do who would have been told; "" where nothing is to be done."""
    key = f"gate.{found.gate}.remedy"
    if key not in GATE_TEXTS:
        return ""
    if isinstance(found, Unread):
        return say(language, key, host=found.host)
    best = max(found.verdicts, key=lambda one: one.score or 0, default=None)
    return say(
        language,
        key,
        article=found.article.id,
        topic=best.topic if best else "NAME",
        story=found.story.id if found.story else "ID",
        row=found.rows[0].id if found.rows else "ID",
        channel=found.rows[0].alert.channel if found.rows else "NAME",
    )


def say_coverage(coverage: Coverage, language: str, zone: str) -> str:
    """What is known of a feed that covers a host, and how an article may have been missed."""
    return "; ".join(_list_known(coverage, language, zone))


def _say_article(answer: Answer, language: str, zone: str) -> dict[str, str]:
    story, original = answer.story, answer.copy_of
    reasons = (verdict.reason for verdict in answer.verdicts if verdict.reason)
    return {
        "feed": answer.article.feed_name,
        "seen": format_moment(language, answer.article.first_seen_at, zone),
        "reason": next(reasons, "–"),
        "page": _say_page(answer.page, language, zone) if answer.page else "–",
        "story": str(story.id) if story else "–",
        "title": " ".join(story.title.split()) if story else "–",
        "of": str(original.id) if original else "–",
        "of_feed": original.feed_name if original else "–",
    }


def _say_rows(rows: Sequence[OutboxRow], language: str, zone: str) -> dict[str, str]:
    """What the rows have in common: they stand at one gate."""
    if not rows:
        return dict.fromkeys(("channels", "note", "error", "at", "until"), "–")
    first, moment = rows[0], partial(format_moment, language, zone=zone)
    return {
        "channels": _name_channels(rows, language),
        "note": retell(language, first.note) if first.note else "–",
        "error": first.error or "–",
        "at": moment(first.settled_at or first.created_at),
        "until": moment(max(first.due_at, first.held_until or first.due_at)),
    }


def _say_told(rows: Sequence[OutboxRow], language: str, zone: str) -> str:
    told = [row for row in rows if row.state is Delivery.SENT]
    if not told:
        return say(language, "gate.told.not")
    last = told[-1]
    folded = last.alert.subject is Subject.SUMMARY
    key = "gate.told.folded" if folded else "gate.told.at"
    at = format_moment(language, last.settled_at or last.created_at, zone)
    return say(language, key, at=at, channels=_name_channels(told, language), row=last.id)


def _name_channels(rows: Sequence[OutboxRow], language: str) -> str:
    return join_names(language, list(dict.fromkeys(row.alert.channel for row in rows)))


def _say_score(verdict: Verdict, language: str, labels: Mapping[str, str]) -> str:
    if verdict.score is None:
        return ""
    return say(
        language,
        "gate.score",
        topic=label_of(verdict.topic, labels),
        score=format_percent(language, verdict.score),
        threshold=format_percent(language, verdict.threshold),
    )


def _say_page(page: Page, language: str, zone: str) -> str:
    key = "gate.page.again" if page.attempts else "gate.page.next"
    at = format_moment(language, page.due_at, zone)
    return say(language, key, at=at, reason=page.reason or "–")


def _list_known(coverage: Coverage, language: str, zone: str) -> Iterator[str]:
    moment = partial(format_moment, language, zone=zone)
    if coverage.first_read_at is None or coverage.last_ok_at is None:
        yield say(language, "gate.feed.new")
        return
    read_at = moment(coverage.last_ok_at)
    yield say(language, "gate.feed.read", at=read_at, next=moment(coverage.next_poll_at))
    yield _say_newest(coverage, language, zone)
    if coverage.entries and coverage.span:
        n = format_number(language, coverage.entries)
        yield say(language, "gate.feed.window", n=n, span=show_span(coverage.span))
    if coverage.failing_since_at:
        since, error = moment(coverage.failing_since_at), coverage.error or "–"
        yield say(language, "gate.feed.failing", since=since, error=error, at=read_at)
    if coverage.has_gaps and coverage.wait:
        yield say(language, "gate.feed.gap", wait=show_span(coverage.wait))
    yield say(language, "gate.feed.first", at=moment(coverage.first_read_at))


def _say_newest(coverage: Coverage, language: str, zone: str) -> str:
    newest: datetime | None = coverage.newest_at
    if newest is None:
        return say(language, "gate.feed.none")
    n = format_number(language, coverage.articles)
    return say(language, "gate.feed.newest", at=format_moment(language, newest, zone), n=n)
