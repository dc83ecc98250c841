"""Who is told, and the states of a message on its way, cell by cell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import alert as stage
from monitor.core import outbox
from monitor.core.model import (
    Alert,
    Delivery,
    Message,
    OutboxRow,
    Outcome,
    Receipt,
    Route,
    Story,
    Subject,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MESSAGE = Message("A title", ())
ALERT = Alert(Subject.STORY, "5", stage.FIRST, "mail", "default route")
ROW = OutboxRow(1, ALERT, Delivery.PENDING, attempts=0, due_at=NOW, created_at=NOW)
CLAIMED = outbox.claim(ROW, MESSAGE, NOW)
STORY = Story(5, "ai-overbuild", ("ai-overbuild",), "A title", 0.8, NOW, NOW)

DEFAULT = Route(("mail",))
OVERBUILD = Route(("chat",), topic="ai-overbuild")
HIGH = Route(("pager", "chat"), min_score=0.9)
OTHER = Route(("other",), topic="microsoft-openai")


@pytest.mark.parametrize(
    ("routes", "score", "channels"),
    [
        ([DEFAULT], 0.8, ["mail"]),
        ([DEFAULT, OVERBUILD], 0.8, ["chat"]),
        ([DEFAULT, OTHER], 0.8, ["mail"]),
        ([OVERBUILD, HIGH, DEFAULT], 0.95, ["chat", "pager"]),
        ([HIGH, DEFAULT], 0.8, ["mail"]),
        ([], 0.8, []),
    ],
)
def test_matching_routes_speak_else_the_default(
    routes: list[Route], score: float, channels: list[str]
) -> None:
    routed = stage.route(replace(STORY, score=score), routes)
    assert [r.channel for r in routed] == channels


def test_a_route_says_why() -> None:
    reasons = [r.reason for r in stage.route(replace(STORY, score=0.95), [HIGH])]
    assert reasons == ["route: any topic, from 90% on"] * 2


@pytest.mark.parametrize(
    ("rule", "language", "reason"),
    [
        (DEFAULT, "en", "default route"),
        (DEFAULT, "de", "Standardroute"),
        (OVERBUILD, "en", "route: topic ai-overbuild"),
        (replace(OVERBUILD, min_score=0.5), "de", "Route: Thema ai-overbuild, ab 50\u00a0%"),
    ],
)
def test_a_reason_is_worded_for_the_reader(rule: Route, language: str, reason: str) -> None:
    assert stage.route(STORY, [rule], language)[0].reason == reason


def test_a_channel_hears_of_a_story_once() -> None:
    first = stage.decide_first_alerts(STORY, [DEFAULT], told=())
    assert [a.key for a in first] == ["story-5-first-mail"]
    assert stage.decide_first_alerts(STORY, [DEFAULT], told=[ROW]) == ()


ALLOWED = {
    (Delivery.PENDING, Delivery.IN_FLIGHT),
    (Delivery.PENDING, Delivery.FOLDED),
    (Delivery.PENDING, Delivery.DROPPED),
    (Delivery.IN_FLIGHT, Delivery.SENT),
    (Delivery.IN_FLIGHT, Delivery.RETRY),
    (Delivery.IN_FLIGHT, Delivery.DEAD),
    (Delivery.RETRY, Delivery.IN_FLIGHT),
    (Delivery.RETRY, Delivery.FOLDED),
    (Delivery.RETRY, Delivery.DROPPED),
    (Delivery.DEAD, Delivery.PENDING),
}


@pytest.mark.parametrize("before", list(Delivery))
@pytest.mark.parametrize("after", list(Delivery))
def test_every_cell_of_the_transition_table(before: Delivery, after: Delivery) -> None:
    row = replace(ROW, state=before)
    if (before, after) in ALLOWED:
        assert outbox.move(row, after).state is after
    else:
        with pytest.raises(outbox.IllegalTransition, match="outbox row 1"):
            outbox.move(row, after)


def test_a_claim_fixes_the_message() -> None:
    again = outbox.claim(outbox.recover(CLAIMED, NOW), Message("Edited since", ()), NOW)
    assert again.alert.message == MESSAGE
    assert (again.attempts, again.ambiguous, again.alert.key) == (2, True, CLAIMED.alert.key)


@pytest.mark.parametrize(
    ("outcome", "attempts", "age", "state", "ambiguous"),
    [
        (Outcome.DELIVERED, 1, timedelta(), Delivery.SENT, False),
        (Outcome.TEMPORARY, 1, timedelta(), Delivery.RETRY, False),
        (Outcome.TEMPORARY, 1, timedelta(days=3), Delivery.RETRY, False),
        (Outcome.TEMPORARY, 53, timedelta(hours=47), Delivery.RETRY, False),
        (Outcome.TEMPORARY, 54, timedelta(hours=48), Delivery.DEAD, False),
        (Outcome.AMBIGUOUS, 3, timedelta(), Delivery.DEAD, False),
        (Outcome.AMBIGUOUS, 1, timedelta(), Delivery.RETRY, True),
        (Outcome.PERMANENT, 1, timedelta(), Delivery.RETRY, False),
        (Outcome.PERMANENT, 3, timedelta(), Delivery.DEAD, False),
    ],
)
def test_what_a_receipt_makes_of_a_row(
    outcome: Outcome, attempts: int, age: timedelta, state: Delivery, ambiguous: bool
) -> None:
    row = replace(CLAIMED, attempts=attempts)
    settled = outbox.settle(row, Receipt(outcome, "said so"), NOW + age, 0.0)
    assert (settled.state, settled.ambiguous) == (state, ambiguous)


@pytest.mark.parametrize(
    ("attempts", "wish", "wait"),
    [
        (1, None, timedelta(seconds=30)),
        (2, None, timedelta(seconds=60)),
        (7, None, timedelta(minutes=32)),
        (8, None, timedelta(hours=1)),
        (99, None, timedelta(hours=1)),
        (1, timedelta(minutes=5), timedelta(minutes=5)),
        (99, timedelta(minutes=5), timedelta(hours=1)),
    ],
)
def test_retries_wait_longer_each_time(
    attempts: int, wish: timedelta | None, wait: timedelta
) -> None:
    assert outbox.retry_wait(attempts, wish, 0.0) == wait


def test_a_dead_row_comes_back_by_hand_with_a_fresh_start() -> None:
    dead = replace(CLAIMED, state=Delivery.DEAD, attempts=3, error="HTTP 401", settled_at=NOW)
    later = NOW + timedelta(days=3)
    revived = outbox.revive(dead, later)
    assert (revived.state, revived.attempts, revived.due_at) == (Delivery.PENDING, 0, later)
    assert revived.alert.message == MESSAGE


@given(st.lists(st.sampled_from(list(Outcome)), max_size=12))
def test_any_course_of_a_row_keeps_its_key_and_ends_at_most_once(outcomes: list[Outcome]) -> None:
    row, now = ROW, NOW
    for outcome in outcomes:
        if row.state in (Delivery.SENT, Delivery.DEAD):
            break
        row = outbox.claim(row, MESSAGE, now)
        row = outbox.settle(row, Receipt(outcome, ""), now, 0.0)
        assert row.state is not Delivery.RETRY or row.due_at > now
        now += timedelta(hours=1)
    assert row.alert.key == ALERT.key
    assert (row.state is Delivery.SENT) == (Outcome.DELIVERED in outcomes[: row.attempts])
