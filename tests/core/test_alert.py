"""Who is told, and the states of a message on its way, cell by cell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import alert as stage
from monitor.core import outbox
from monitor.core.model import (
    FIRST,
    Alert,
    Delivery,
    Message,
    OutboxRow,
    Outcome,
    Receipt,
    Story,
    Subject,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MESSAGE = Message("A title", ())
ALERT = Alert(Subject.STORY, "5", FIRST, "mail", "default route")
ROW = OutboxRow(1, ALERT, Delivery.PENDING, attempts=0, due_at=NOW, created_at=NOW)
CLAIMED = outbox.claim(ROW, MESSAGE, NOW)
STORY = Story(5, "ai-overbuild", ("ai-overbuild",), "A title", 0.8, NOW, NOW)


def test_a_channel_hears_of_a_story_once() -> None:
    routed = {"mail": "default route"}
    first = stage.decide_first_alerts(STORY, routed, told=())
    assert [(a.key, a.reason) for a in first] == [("story-5-first-mail", "default route")]
    assert stage.decide_first_alerts(STORY, routed, told=[ROW]) == ()


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


@pytest.mark.fault("E4")
@pytest.mark.parametrize(
    ("outcome", "attempts", "age", "state", "ambiguous"),
    [
        (Outcome.DELIVERED, 1, timedelta(), Delivery.SENT, False),
        (Outcome.TEMPORARY, 1, timedelta(), Delivery.RETRY, False),
        (Outcome.TEMPORARY, 1, timedelta(days=3), Delivery.RETRY, False),
        (Outcome.TEMPORARY, 53, timedelta(hours=47), Delivery.RETRY, False),
        (Outcome.TEMPORARY, 54, timedelta(hours=48), Delivery.DEAD, False),
        (Outcome.AMBIGUOUS, 3, timedelta(), Delivery.DEAD, True),
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


@pytest.mark.fault("E1", "E3")
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


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_channel_that_never_repeats_ends_in_doubt(outcome: Outcome) -> None:
    settled = outbox.settle(CLAIMED, Receipt(outcome, "no answer"), NOW, 0.0, repeats=False)
    usual = outbox.settle(CLAIMED, Receipt(outcome, "no answer"), NOW, 0.0)
    if outcome is not Outcome.AMBIGUOUS:
        assert settled == usual
        return
    assert (settled.state, settled.ambiguous, settled.settled_at) == (Delivery.DEAD, True, NOW)
    assert settled.error == "no answer; it may have arrived, and this channel is told nothing twice"


@pytest.mark.parametrize(("repeats", "state"), [(True, Delivery.RETRY), (False, Delivery.DEAD)])
def test_a_row_that_a_kill_cut_off_is_in_doubt(repeats: bool, state: Delivery) -> None:
    recovered = outbox.recover(CLAIMED, NOW, repeats=repeats)
    assert (recovered.state, recovered.ambiguous) == (state, True)
    assert (recovered.error or "").startswith("the program was stopped during the attempt")


def test_held_folded_and_dropped_rows_say_why() -> None:
    held = outbox.hold(ROW, NOW + timedelta(hours=1), "quiet hours")
    assert (held.state, held.note) == (Delivery.PENDING, "quiet hours")
    folded = outbox.fold(held, 9, NOW, "quiet hours")
    assert (folded.state, folded.folded_into, folded.settled_at) == (Delivery.FOLDED, 9, NOW)
    dropped = outbox.drop(ROW, NOW, "by hand")
    assert (dropped.state, dropped.note) == (Delivery.DROPPED, "by hand")
    for step in (outbox.drop, partial(outbox.fold, summary_id=9)):
        with pytest.raises(outbox.IllegalTransition):
            step(CLAIMED, now=NOW, reason="in flight")


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
