"""What stages note in English is said again in the reader's language."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.feed import (
    HOST_RESTS,
    PollFailure,
    Timing,
    hasten,
    settle_failed,
    settle_no_network,
    settle_unchanged,
)
from monitor.core.model import Feed, FeedHints, FeedSpec, FeedState, FetchResult
from monitor.core.retell import find_remedy, retell
from monitor.core.rhythm import make_pace
from monitor.core.words import say
from monitor.queries.backtest import BEGINS, NOT_REPLAYED

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FRESH = FeedState(next_poll_at=NOW)


@pytest.mark.parametrize("note", [*NOT_REPLAYED, BEGINS.format(NOW)])
def test_what_a_backtest_cannot_know_is_said_in_german(note: str) -> None:
    assert retell("en", note).lower() == f"{note}."
    assert retell("de", note) != note


def list_due_reasons() -> Iterator[str]:
    """Every reason of a due time, by the decisions that give it."""
    timing = Timing(NOW, make_pace(15 * MINUTE), 0.0)
    feed = Feed(1, FeedSpec("https://hafen.example/rss", "Hafenblatt"), FRESH)
    own = replace(feed, spec=replace(feed.spec, interval=HOUR))
    answer = FetchResult(feed.spec.url, not_modified=True)
    yield FRESH.due_reason
    yield HOST_RESTS
    yield hasten(FRESH, NOW).due_reason
    for one, given in (
        (feed, answer),
        (own, answer),
        (feed, replace(answer, fresh_for=40 * MINUTE)),
        (feed, replace(answer, fresh_for=2 * DAY)),
        (replace(feed, state=replace(FRESH, rhythm=HOUR)), answer),
        (replace(feed, state=replace(FRESH, news_at=NOW - DAY)), answer),
        (replace(feed, state=replace(FRESH, hints=FeedHints(pause=50 * MINUTE))), answer),
        (replace(feed, state=replace(FRESH, hints=FeedHints(skip_hours=(8,)))), answer),
    ):
        yield settle_unchanged(one, given, timing).due_reason
    for failure in (
        PollFailure("HTTP 500"),
        PollFailure("HTTP 429", retry_after=3 * HOUR),
        PollFailure("HTTP 410", gone=True),
    ):
        yield settle_failed(feed, failure, timing).due_reason
    yield settle_no_network(feed, PollFailure("no route"), timing).due_reason


@pytest.mark.parametrize("reason", list(list_due_reasons()))
def test_every_reason_of_a_due_time_is_known(reason: str) -> None:
    assert retell("de", reason) not in (reason, retell("en", reason))


@pytest.mark.parametrize(
    ("note", "german", "english"),
    [
        (
            "rhythm: news every 3h or so; at most 1h",
            "Neues kommt etwa alle 3 Std.; höchstens 1 Std.",
            "news comes every 3 h or so; at most 1 h",
        ),
        ("its own interval 7d", "alle 7 Tage, wie für diesen Feed eingestellt", None),
        ("quiet hours", "Ruhezeit", "quiet hours"),
        (
            "HTTP 503 (redirect 1, to https://kai.example/rss)",
            "Der Server ist gestört (HTTP 503). (weitergeleitet zu https://kai.example/rss)",
            None,
        ),
        ("kai.example: no address found (DNS)", "kai.example ist im Netz unbekannt (DNS).", None),
        ("entry 7: no title; entry 9: no title", "Einzelne Einträge waren nicht zu lesen.", None),
    ],
)
def test_notes_are_retold(note: str, german: str, english: str | None) -> None:
    assert retell("de", note) == german
    assert english is None or retell("en", note) == english


@pytest.mark.parametrize("words", ["", "Bitte {n} warten %s", "; at most ", "HTTP 418", "new\n"])
def test_a_stranger_s_words_stay_as_they_are(words: str) -> None:
    assert retell("de", words) == words


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("HTTP 401", "username"),
        ("HTTP 404 (redirect 2, to https://kai.example/)", "address of its site"),
        ("10.0.0.7 is not a public address", "[polling] allow"),
        ("kai.example: 10.0.0.7 is not a public address", "[polling] allow"),
        ("kai.example:443: Connection refused", "in a browser"),
        ("a web page, not a feed; `monitor feeds discover URL` finds its feeds", "of the site"),
        ("too costly to read: 4 s", "of no use"),
        ("something new under the sun", "the log says more"),
        ("quiet hours", "the log says more"),
    ],
)
def test_every_error_has_a_remedy(error: str, remedy: str) -> None:
    assert remedy in say("en", find_remedy(error))
