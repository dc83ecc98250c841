"""When the operator is told of trouble, together with what, over which channels; and when not."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core.model import ChannelTrouble, Feed, FeedState, Lull, Trouble, TroubleKind
from monitor.core.notice import (
    Facts,
    Notice,
    Watched,
    choose_channels,
    decide_notices,
    find_troubles,
    follow,
    usual_silence,
)
from tests.builders import DAY, HOUR, MINUTE, NOW, spec

FINE = Facts(
    failing=(),
    channels=(),
    network=True,
    disk_full=False,
    articles_at=(NOW,),
    flagged_at=(NOW,),
    watching_since=NOW - 30 * DAY,
)


def feed(number: int) -> Feed:
    state = FeedState(NOW, failures=10, failing_since_at=NOW - DAY, last_error="HTTP 500")
    return Feed(number, spec(f"Blatt-{number}"), state)


def channel(name: str = "mail", *, dead: bool = False) -> ChannelTrouble:
    return ChannelTrouble(name, "SMTP 451", dead, (7, 9))


def hourly(*hours_ago: float) -> tuple[datetime, ...]:
    return tuple(NOW - hours * HOUR for hours in sorted(hours_ago, reverse=True))


def run(*minutes: tuple[float, Facts]) -> list[tuple[float, str, bool, list[str]]]:
    """Look at the facts of each minute; give what was told when, of whom."""
    watched: tuple[Watched, ...] = ()
    told = []
    for at, facts in minutes:
        now = NOW + at * MINUTE
        watched = follow(watched, find_troubles(facts, watched, now), now)
        notices, watched = decide_notices(watched, now)
        told += [(at, str(n.kind), n.over, [w.trouble.name for w in n.watched]) for n in notices]
    return told


# --- once per occurrence, grouped -----------------------------------------------------------------


def test_feeds_that_fail_in_the_same_span_are_one_notice_and_so_is_their_recovery() -> None:
    one, both = replace(FINE, failing=(feed(1),)), replace(FINE, failing=(feed(1), feed(2)))
    assert run((0, one), (5, both), (10, both), (11, both), (60, one), (65, FINE), (70, FINE)) == [
        (10, "feed-failing", False, ["Blatt-1", "Blatt-2"]),
        (70, "feed-failing", True, ["Blatt-1", "Blatt-2"]),
    ]


def test_a_feed_that_flaps_is_told_of_once() -> None:
    failing = replace(FINE, failing=(feed(1),))
    minutes = [(n, failing if n % 6 else FINE) for n in range(1, 60)]
    assert run((0, failing), *minutes) == []
    lasting = [(n, failing) for n in range(11)]
    flapping = [(n, failing if n % 6 else FINE) for n in range(12, 90)]
    assert run(*lasting, *flapping) == [(10, "feed-failing", False, ["Blatt-1"])]


@pytest.mark.parametrize(
    ("trouble", "told_at"),
    [(channel(), [60]), (channel(dead=True), [0])],
    ids=["retried for an hour", "dead"],
)
def test_a_failing_channel(trouble: ChannelTrouble, told_at: list[float]) -> None:
    failing = replace(FINE, channels=(trouble,))
    minutes = [(float(n), failing) for n in range(0, 180, 10)]
    told = run(*minutes, (180, FINE))
    assert told == [
        *((at, "channel-failing", False, ["mail"]) for at in told_at),
        (180, "channel-failing", True, ["mail"]),
    ]


def test_a_channel_that_is_back_within_the_hour_is_not_worth_a_word() -> None:
    assert run((0, replace(FINE, channels=(channel(),))), (50, FINE), (120, FINE)) == []


@pytest.mark.parametrize(
    ("facts", "kind", "over_is_told"),
    [
        (replace(FINE, disk_full=True), "disk-full", True),
        (replace(FINE, articles_at=hourly(80)), "too-quiet", True),
        (replace(FINE, flagged_at=hourly(24 * 15)), "nothing-flagged", False),
        (replace(FINE, replaced="monitor.sqlite.corrupt-1"), "database-replaced", False),
    ],
)
def test_what_concerns_the_whole_is_told_at_once(
    facts: Facts, kind: str, over_is_told: bool
) -> None:
    over = [(9, kind, True, [""])] if over_is_told else []
    assert run((0, facts), (1, facts), (9, FINE), (10, FINE)) == [(0, kind, False, [""]), *over]


# --- no network (FAULTS C11) ----------------------------------------------------------------------


def test_without_a_network_nobody_is_blamed_and_one_notice_says_so() -> None:
    lost = replace(FINE, network=False, failing=(feed(1),), channels=(channel(dead=True),))
    hours = [(float(n), lost) for n in range(0, 600, 5)]
    assert run(*hours, (600, FINE)) == [
        (10, "no-network", False, [""]),
        (600, "no-network", True, [""]),
    ]


def test_who_failed_before_the_network_did_has_not_recovered_by_that() -> None:
    failing = replace(FINE, failing=(feed(1),))
    lost = replace(failing, network=False)
    told = run((0, failing), (10, failing), *((float(n), lost) for n in range(20, 60)))
    assert [(kind, over) for _, kind, over, _ in told] == [
        ("feed-failing", False),
        ("no-network", False),
    ]


def test_a_restart_without_a_network_is_not_its_return() -> None:
    lost, unknown = replace(FINE, network=False), replace(FINE, network=None)
    assert run((0, lost), (10, lost), (11, unknown), (12, unknown)) == [
        (10, "no-network", False, [""])
    ]
    assert run((0, unknown), (20, unknown)) == []


# --- who is silent for longer than chance explains ------------------------------------------------


def lull(name: str, kind: TroubleKind = TroubleKind.FEED_QUIET) -> Trouble:
    told = Lull(9 * HOUR, 14.0, 1e-5)
    return Trouble(kind, name, name, since=NOW - 9 * HOUR, wait=HOUR, lull=told)


def test_silences_of_the_same_hour_are_one_notice_and_so_is_their_end() -> None:
    one = replace(FINE, lulls=(lull("Blatt"),))
    both = replace(FINE, lulls=(lull("Blatt"), lull("Bote")))
    minutes = [(0.0, one), (30.0, both), (60.0, both), (300.0, one), (330.0, FINE), (360.0, FINE)]
    assert run(*minutes, (420, FINE)) == [
        (60, "feed-quiet", False, ["Blatt", "Bote"]),
        (360, "feed-quiet", True, ["Blatt", "Bote"]),
    ]


@pytest.mark.parametrize(
    ("whole", "told"),
    [
        ({"network": False}, ["no-network"]),
        ({"articles_at": hourly(80)}, ["too-quiet"]),
        ({"flagged_at": hourly(24 * 15)}, ["nothing-flagged", "feed-quiet"]),
    ],
    ids=["no network", "nothing at all", "nothing found"],
)
def test_what_is_silent_as_a_whole_speaks_for_its_parts(
    whole: dict[str, Any], told: list[str]
) -> None:
    topic = lull("Hallen", TroubleKind.TOPIC_QUIET)
    facts = replace(FINE, lulls=(lull("Blatt"), topic), **whole)
    assert [kind for _, kind, _, _ in run((0, facts), (10, facts), (60, facts))] == told


def test_who_was_silent_before_the_network_was_lost_is_still() -> None:
    quiet = replace(FINE, lulls=(lull("Blatt"),))
    lost = replace(quiet, network=False)
    told = run((0, quiet), (60, quiet), *((60.0 + n, lost) for n in range(60)), (130, quiet))
    assert [(kind, over) for _, kind, over, _ in told] == [
        ("feed-quiet", False), ("no-network", False), ("no-network", True),
    ]  # fmt: skip


# --- silence --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours_ago", "usual"),
    [
        ((), 14 * DAY),
        ((5, 4, 3, 2, 1), 14 * DAY),
        ((60, 50, 40, 30, 20, 10), 2 * DAY),
        ((600, 500, 400, 300, 200, 100), 300 * HOUR),
        # Every weekend nothing comes for 60 hours: usual. The outage of 400 hours was none.
        ((704, 703, 643, 642, 582, 581, 181, 151), 3 * timedelta(hours=79)),
        ((400, 399, 398, 338, 337, 336, 276, *range(276 - 10, 0, -10)), 60 * HOUR),
    ],
)
def test_how_long_a_silence_is_usual(hours_ago: tuple[float, ...], usual: timedelta) -> None:
    assert usual_silence(hourly(*hours_ago), 2 * DAY, 14 * DAY) == usual


def test_a_silence_counts_from_when_feeds_began_to_be_read() -> None:
    quiet = replace(FINE, articles_at=hourly(80), watching_since=NOW - HOUR)
    assert run((0, quiet)) == []
    back_for_long = replace(quiet, watching_since=NOW - 73 * HOUR)
    assert [kind for _, kind, _, _ in run((0, back_for_long))] == ["too-quiet"]


# --- the clock, the channels ----------------------------------------------------------------------


def test_a_clock_set_back_by_a_day_delays_no_notice() -> None:
    failing = replace(FINE, failing=(feed(1),))
    told = run((0, failing), (-24 * 60, failing), (-24 * 60 + 10, failing))
    assert told == [(-24 * 60 + 10, "feed-failing", False, ["Blatt-1"])]


def test_deciding_twice_gives_the_same_occasion() -> None:
    watched = follow((), (Trouble(TroubleKind.DISK),), NOW)
    (first,), _ = decide_notices(watched, NOW)
    (second,), _ = decide_notices(watched, NOW + MINUTE)
    assert first.occasion == second.occasion


@pytest.mark.parametrize(
    ("over", "default", "others", "chosen"),
    [
        (False, ["mail", "chat"], ["phone"], ("chat",)),
        (False, ["mail"], ["mail", "phone"], ("phone",)),
        (False, ["mail"], ["mail"], ()),
        (True, ["mail"], ["phone"], ("mail",)),
    ],
)
def test_a_failing_channel_is_told_of_over_another(
    over: bool, default: list[str], others: list[str], chosen: tuple[str, ...]
) -> None:
    watched = Watched(Trouble(TroubleKind.CHANNEL, "mail"), NOW)
    notice = Notice(TroubleKind.CHANNEL, over, (watched,), "")
    assert choose_channels(notice, default, others) == chosen
