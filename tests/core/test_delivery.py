"""What a channel does next: one table over quiet hours, caps, folding and gaps."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.delivery import Act, ChannelRules, Turn, find_cool_down, take_turn
from monitor.core.model import Delivery, OutboxRow, Subject
from monitor.core.quiet import QuietHours
from tests.builders import DAY, HOUR, MINUTE, alert

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
NIGHT = NOW + 4 * HOUR
MORNING = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
QUIET = QuietHours(((time(22), time(7)),), "Europe/Berlin")
NIGHTLY = ChannelRules(quiet=QUIET, break_through=0.95)


def row(row_id: int = 1, occasion: str = "first", **fields: Any) -> OutboxRow:
    """A pending row of the story with its own number."""
    subject = fields.pop("subject", Subject.STORY)
    assert isinstance(subject, Subject)
    told = alert(str(row_id), occasion, subject=subject)
    made = OutboxRow(row_id, told, Delivery.PENDING, 0, due_at=NOW, created_at=NOW)
    return replace(made, **fields)


def rows(n: int, **fields: Any) -> list[OutboxRow]:
    return [row(row_id, **fields) for row_id in range(1, n + 1)]


def decide(
    due: list[OutboxRow],
    rules: ChannelRules = ChannelRules(),  # noqa: B008 - a frozen value
    taken: list[datetime] | None = None,
    now: datetime = NOW,
    score: float = 0.8,
) -> Turn | None:
    return take_turn(due, rules, taken or [], now, {r.id: score for r in due}, {})


def told(turn: Turn | None) -> tuple[Act, list[int]] | None:
    return (turn.act, [r.id for r in turn.rows]) if turn else None


def minutes_ago(*minutes: int) -> list[datetime]:
    return [NOW - minute * MINUTE for minute in minutes]


def test_nothing_due_is_nothing_to_do() -> None:
    assert decide([]) is None


def test_the_oldest_row_goes_first() -> None:
    assert told(decide(rows(3))) == (Act.SEND, [1])


# --- quiet hours ----------------------------------------------------------------------------------


def test_quiet_hours_hold_everything_until_their_end() -> None:
    due = [*rows(2), row(3, subject=Subject.DIGEST), row(4, subject=Subject.NOTICE)]
    turn = decide(due, NIGHTLY, now=NIGHT)
    assert turn == Turn(Act.HOLD, tuple(due), "quiet hours", MORNING)


@pytest.mark.parametrize(
    ("occasion", "score", "act"),
    [
        ("first", 0.95, Act.SEND),
        ("first", 0.949, Act.HOLD),
        ("update-1", 0.99, Act.HOLD),
    ],
)
def test_a_first_alert_with_a_high_score_breaks_through(
    occasion: str, score: float, act: Act
) -> None:
    assert told(decide([row(1, occasion)], NIGHTLY, now=NIGHT, score=score)) == (act, [1])


def test_without_a_break_through_score_nothing_does() -> None:
    quiet = ChannelRules(quiet=QUIET)
    assert told(decide([row()], quiet, now=NIGHT, score=1.0)) == (Act.HOLD, [1])


def test_only_what_does_not_break_through_is_held() -> None:
    turn = take_turn(rows(3), NIGHTLY, [], NIGHT, {1: 0.5, 2: 0.96, 3: 0.5}, {})
    assert told(turn) == (Act.HOLD, [1, 3])


def test_what_was_held_becomes_one_summary() -> None:
    held = rows(3, held_until=MORNING)
    due = [*held, row(4), row(5, subject=Subject.DIGEST, held_until=MORNING)]
    assert told(decide(due, NIGHTLY, now=MORNING)) == (Act.FOLD, [1, 2, 3])


def test_what_waited_alone_goes_as_itself() -> None:
    assert told(decide([row(1, held_until=MORNING), row(2)], NIGHTLY, now=MORNING)) == (
        Act.SEND,
        [1],
    )


def test_a_row_in_doubt_is_never_folded() -> None:
    doubtful = row(1, state=Delivery.RETRY, ambiguous=True, held_until=MORNING)
    others = [row(2, held_until=MORNING), row(3, held_until=MORNING)]
    assert told(decide([doubtful, *others], NIGHTLY, now=MORNING)) == (Act.FOLD, [2, 3])


# --- the cap --------------------------------------------------------------------------------------

FEW = ChannelRules(max_per_hour=3)


@pytest.mark.parametrize(
    ("waiting", "taken", "expected"),
    [
        (2, [], (Act.SEND, [1])),
        (5, [], (Act.SEND, [1])),
        (5, [9], (Act.SEND, [1])),
        # The last message of the hour tells of all that wait.
        (5, [9, 8], (Act.FOLD, [1, 2, 3, 4, 5])),
        (1, [9, 8], (Act.SEND, [1])),
        # Over the cap.
        (1, [9, 8, 7], (Act.HOLD, [1])),
        (2, [9, 8, 7, 6], (Act.HOLD, [1, 2])),
    ],
)
def test_no_more_than_the_cap_leaves_within_an_hour(
    waiting: int, taken: list[int], expected: tuple[Act, list[int]]
) -> None:
    assert told(decide(rows(waiting), FEW, minutes_ago(*taken))) == expected


def test_what_is_over_the_cap_waits_until_there_is_room_again() -> None:
    turn = decide(rows(1), FEW, minutes_ago(50, 40, 30, 20))
    assert turn
    assert (turn.until, turn.reason) == (NOW + 20 * MINUTE, "3 messages an hour")


def test_notices_and_digests_are_neither_capped_nor_folded() -> None:
    others = [row(1, subject=Subject.NOTICE), row(2, subject=Subject.DIGEST)]
    full = minutes_ago(9, 8, 7)
    assert told(decide(others, FEW, full)) == (Act.SEND, [1])
    assert told(decide([*others, row(3)], FEW, full)) == (Act.HOLD, [3])
    assert told(decide(rows(30, subject=Subject.NOTICE))) == (Act.SEND, [1])


# --- an outage ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waiting", "cap", "act"),
    [
        (20, 20, Act.SEND),
        (21, 20, Act.FOLD),
        (20, 3, Act.SEND),
        (21, 3, Act.FOLD),
        (21, 50, Act.SEND),
        (51, 50, Act.FOLD),
    ],
)
def test_more_than_twenty_become_one_summary(waiting: int, cap: int, act: Act) -> None:
    turn = decide(rows(waiting), ChannelRules(max_per_hour=cap))
    assert turn
    assert (turn.act, len(turn.rows)) == (act, waiting if act is Act.FOLD else 1)


def test_the_row_that_failed_tries_the_channel_before_the_others_are_folded() -> None:
    failed = row(1, state=Delivery.RETRY, attempts=4)
    due = [failed, *rows(40)[1:]]
    assert told(decide(due)) == (Act.SEND, [1])
    assert told(decide(due[1:], taken=[NOW - MINUTE])) == (Act.FOLD, list(range(2, 41)))


def test_a_gap_lies_between_two_messages() -> None:
    turn = decide(rows(2), taken=[NOW - SECOND / 4])
    assert turn == Turn(
        Act.WAIT, (row(1),), "gap between two messages", NOW + timedelta(seconds=0.75)
    )
    assert told(decide(rows(2), taken=[NOW - SECOND])) == (Act.SEND, [1])
    assert told(decide(rows(2), ChannelRules(gap=timedelta()), [NOW])) == (Act.SEND, [1])


STATES = st.sampled_from([Delivery.PENDING, Delivery.RETRY])
DUE = st.lists(
    st.tuples(STATES, st.sampled_from(list(Subject)), st.booleans(), st.booleans()), max_size=30
)


@given(DUE, st.integers(1, 25), st.lists(st.integers(0, 59), max_size=30), st.integers(0, 23))
def test_every_turn_gets_on_and_keeps_the_rules(
    due: list[tuple[Delivery, Subject, bool, bool]], cap: int, taken: list[int], hour: int
) -> None:
    """Whatever waits: it is held or waits into the future, is folded, or leaves below the cap."""
    now = NOW + hour * HOUR
    waiting = [
        row(
            n,
            state=state,
            subject=subject,
            ambiguous=ambiguous and state is Delivery.RETRY,
            held_until=now if held else None,
        )
        for n, (state, subject, ambiguous, held) in enumerate(due, start=1)
    ]
    times = sorted(now - minute * MINUTE for minute in taken)
    turn = decide(waiting, replace(NIGHTLY, max_per_hour=cap), times, now)
    if not waiting:
        assert turn is None
        return
    assert turn
    match turn.act:
        case Act.SEND:
            (sent,) = turn.rows
            counted = sent.alert.subject in (Subject.STORY, Subject.SUMMARY)
            assert not counted or len(times) < cap
        case Act.FOLD:
            assert len(turn.rows) > 1
            assert all(r.alert.subject is Subject.STORY and not r.ambiguous for r in turn.rows)
        case Act.HOLD | Act.WAIT:
            assert turn.until
            assert turn.until > now


# --- cool-down ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "wait"),
    [
        ({"state": Delivery.SENT, "settled_at": NOW - 10 * MINUTE}, 5 * MINUTE),
        ({"state": Delivery.FOLDED, "settled_at": NOW - 10 * MINUTE}, 5 * MINUTE),
        ({"state": Delivery.SENT, "settled_at": NOW - 15 * MINUTE}, None),
        ({"state": Delivery.SENT, "settled_at": NOW + 300 * DAY}, 15 * MINUTE),
        ({"state": Delivery.PENDING}, None),
        ({"state": Delivery.DEAD, "settled_at": NOW}, None),
    ],
)
def test_an_update_waits_for_the_cool_down(before: dict[str, Any], wait: timedelta | None) -> None:
    update = row(2, "update-1")
    until = find_cool_down(update, [row(1, **before), update], 15 * MINUTE, NOW)
    assert until == (NOW + wait if wait else None)


def test_an_update_that_cools_down_holds_nobody_up() -> None:
    due = [row(1, "update-1"), row(2)]
    turn = take_turn(due, NIGHTLY, [], NIGHT, {}, {1: NOW + HOUR})
    assert turn == Turn(Act.DELAY, (due[0],), "cool-down", NOW + HOUR)


def test_a_first_alert_and_a_tried_update_do_not_cool_down() -> None:
    sent = row(1, state=Delivery.SENT, settled_at=NOW)
    assert find_cool_down(row(2), [sent], HOUR, NOW) is None
    assert find_cool_down(row(2, "update-1", state=Delivery.RETRY), [sent], HOUR, NOW) is None


def test_another_channel_does_not_cool_this_one_down() -> None:
    elsewhere = replace(row(1), alert=alert("1", channel="chat"))
    sent = replace(elsewhere, state=Delivery.SENT, settled_at=NOW)
    assert find_cool_down(row(2, "update-1"), [sent], DAY, NOW) is None
