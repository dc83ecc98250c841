"""E1–E6: receivers that are down, slow, wrong or hostile, each beside one that is well.

All of them are channels of one daemon, whose clock runs faster than the machine's: what waits for
an hour waits a minute.
"""

import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.program import Running, wait_until
from tests.faults.harness.campaign import Campaign, Count, open_campaign
from tests.faults.harness.receivers import (
    DRIP,
    FLOOD,
    HANG,
    LATE,
    REDIRECT,
    RESET_AFTER,
    RESET_BEFORE,
    Behaviour,
    Call,
    Receivers,
    listen,
    refuse,
)
from tests.faults.proof import Record, pick

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPEED = 60
WELL = "well"
LONG = 120
"""Seconds of patience: a receiver that drips costs the whole deadline of 30."""
HALF_A_HANG = 10
"""Seconds more than usual that a message may take beside receivers that hang for 20."""
HOURS = pick(quick=1, full=24)
WAITING = pick(quick=4, full=12)
"""Messages that wait for a receiver that is off."""
MANY, FEW = 25, 3


@dataclass(frozen=True)
class Case:
    """How a receiver behaves first, and what comes of the first of two messages.

    `taken` is how often it takes it, `marked` how many of these are marked as possibly repeated,
    `wait` the seconds between its first two attempts at the least.
    """

    script: tuple[Behaviour, ...]
    taken: int = 1
    marked: int = 0
    wait: int = 0


CASES = {
    "500": Case((refuse(500),) * 2, wait=30),
    "503": Case((refuse(503, Retry_After="240"),), wait=240),
    "429": Case((refuse(429, Retry_After="180"),), wait=180),
    "reset-before": Case((RESET_BEFORE,), marked=1),
    "reset-after": Case((RESET_AFTER,), taken=2, marked=1, wait=30),
    "hang": Case((HANG,), taken=2, marked=1, wait=30),
    "late": Case((LATE,)),
    "flood": Case((FLOOD,)),
}
# It costs the whole deadline of 30 s; with a shorter one tests/adapters try it each time.
CASES |= pick(quick={}, full={"drip": Case((DRIP,), taken=2, marked=1, wait=30)})
HOPELESS = {"401": refuse(401), "400": refuse(400), "redirect": REDIRECT}
FAULTS = {"500": "E1", "503": "E3", "429": "E3", "reset-before": "E5", "reset-after": "E5"}


def marked(names: dict[str, str]) -> list[object]:
    return [pytest.param(n, marks=pytest.mark.fault(*f.split())) for n, f in names.items()]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Two messages to each receiver, of which the first meets its script; all have come to rest."""
    folder = tmp_path_factory.mktemp("channels")
    with open_campaign(folder, (*CASES, *HOPELESS, WELL)) as campaign:
        receivers = campaign.receivers
        receivers.script |= {name: list(case.script) for name, case in CASES.items()}
        receivers.script |= {name: [no] * 99 for name, no in HOPELESS.items()}
        campaign.serve(1)
        with campaign.victim.live("--speed", str(SPEED), shown=NOON) as running:
            wait_until(lambda: has_come_to_rest(campaign), "all receivers at rest", LONG)
            assert running.stop() == 0
        yield campaign


def has_come_to_rest(campaign: Campaign) -> bool:
    open_states = "('pending', 'in_flight', 'retry')"
    waiting = f"SELECT 1 FROM outbox WHERE state IN {open_states}"  # noqa: S608 - a constant
    return bool(campaign.receivers.of(WELL)) and not campaign.victim.rows(waiting)


def attempts(campaign: Campaign, channel: str, item: int) -> list[Call]:
    calls = campaign.receivers.calls
    return [call for call in calls if call.channel == channel and item in call.items]


@pytest.mark.parametrize("name", marked({name: FAULTS.get(name, "E5") for name in CASES}))
def test_what_comes_of_a_message(ran: Campaign, record: Record, name: str) -> None:
    case, calls = CASES[name], attempts(ran, name, 1)
    taken = [call for call in calls if call.taken]
    repeats = taken[1:]
    unmarked = sum(not call.is_marked for call in repeats)
    record(lost=int(not taken), repeated=unmarked, marked=len(repeats))
    assert len(taken) == case.taken
    assert len({call.key for call in calls}) == 1
    assert len({call.text for call in calls}) == 1
    assert [call.is_marked for call in taken][-case.marked :] == [
        True
    ] * case.marked or not case.marked
    if case.wait:
        assert (calls[1].at - calls[0].at) * SPEED >= case.wait


@pytest.mark.parametrize("name", marked(dict.fromkeys(CASES, "E1 E3")))
def test_the_order_is_kept(ran: Campaign, name: str) -> None:
    told = [min(call.items) for call in ran.receivers.of(name) if call.items]
    assert told == sorted(told)
    assert told[-1] == 2


@pytest.mark.parametrize("name", marked({"401": "E4", "400": "E4", "redirect": "E4 E6"}))
def test_a_no_is_final_after_three_tries_and_told_of(ran: Campaign, name: str) -> None:
    assert len(attempts(ran, name, 1)) == 3
    assert ran.receivers.of(name) == []
    notices = [c for c in ran.receivers.of(WELL) if "-notice-" in c.key]
    assert sum(name in f"{c.title} {c.text}" for c in notices) == 1


@pytest.mark.fault("E4")
def test_dead_messages_are_listed_and_come_back_by_hand(ran: Campaign, record: Record) -> None:
    listed = ran.victim.ask("outbox", "list", "--limit", "500")
    dead = [r for r in listed if r["state"] == "dead" and r["subject"] == "story"]
    assert {row["channel"] for row in dead} == HOPELESS.keys()
    assert len(dead) == 2 * len(HOPELESS)
    ran.receivers.script.clear()
    for row in reversed([row for row in dead if row["channel"] == "401"]):
        ran.victim.do("outbox", "retry", str(row["id"]))
    ran.victim.do("run", "--once")
    told = [min(call.items) for call in ran.receivers.of("401")]
    record(dead=len(dead), lost=2 - len(set(told)), repeated=len(told) - len(set(told)))
    assert told == [1, 2]


@pytest.mark.fault("E6")
def test_nobody_followed_a_redirect(ran: Campaign) -> None:
    assert ran.receivers.strayed == []


@pytest.mark.fault("E2", "E5")
def test_however_many_hang_the_one_that_is_well_waits_for_none(
    tmp_path: Path, record: Record
) -> None:
    hanging = [f"hangs-{n}" for n in range(8)]
    with open_campaign(tmp_path, (*hanging, WELL)) as campaign:
        calls = campaign.receivers
        with campaign.victim.live() as running:
            running.until(campaign.is_all_told, "the first message")
            usual = time_message(campaign, running)
            before = len(calls.calls)
            calls.script |= {name: [HANG] * 99 for name in hanging}
            time_message(campaign, running)
            running.until(lambda: len(calls.calls) > before + 4, "half of them hang")
            delay = time_message(campaign, running)
    record(hanging=len(hanging), milliseconds=round(1000 * delay), usual=round(1000 * usual))
    assert delay < usual + HALF_A_HANG


def time_message(campaign: Campaign, running: Running) -> float:
    """Seconds until the receiver that is well has a new item."""
    calls = campaign.receivers
    number, served_at = len(calls.of(WELL)) + 1, time.monotonic()
    campaign.serve(1)
    running.until(lambda: len(calls.of(WELL)) == number, f"message {number}")
    return calls.of(WELL)[-1].at - served_at


@pytest.mark.fault("E1", "E2")
def test_one_of_three_is_off_and_comes_back(tmp_path: Path, record: Record) -> None:
    """An hour, or a day, of refused connections, as of a machine that is off."""
    port = find_free_port()
    with open_campaign(tmp_path) as campaign:
        came = campaign.receivers
        text = campaign.victim.config.read_text(encoding="utf-8")
        campaign.victim.configure(text.replace(came.url("b"), f"json://127.0.0.1:{port}/b"))
        with campaign.victim.live("--speed", str(HOURS * 360), shown=NOON) as running:
            began = time.monotonic()
            for item in range(1, WAITING + 1):
                told = partial(has_told, came, ("a", "c"), item)
                running.until(told, f"item {item} told by the other two, b or no b")
                campaign.serve(item < WAITING)
            wait_until(lambda: time.monotonic() - began > 10, "the end of the time")
            assert came.of("b") == []
            with listen(came, port):
                running.until(campaign.is_all_told, "all told by b too")
                assert running.stop() == 0
        order = [min(call.items) for call in came.of("b") if call.items]
        count = campaign.count()
    record(hours=HOURS, waiting=WAITING, lost=count.lost, repeated=count.repeated)
    assert order == sorted(order)
    assert count == Count(lost=0, doubled=0, marked=0, unmarked=0)


@pytest.mark.fault("E1")
def test_what_waited_for_long_comes_as_one_message(tmp_path: Path, record: Record) -> None:
    """As the configuration is by default: more than twenty that wait become a summary."""
    with open_campaign(tmp_path) as campaign:
        campaign.configure(channel="")
        campaign.serve(MANY - 1)
        came = campaign.receivers
        came.script["b"] = [refuse(503)] * 99
        with campaign.victim.live("--speed", str(SPEED), shown=NOON) as running:
            running.until(lambda: count_items(came, "c") == MANY, "all told by another")
            running.until(lambda: any(c.channel == "b" for c in came.calls), "b said no")
            came.script.clear()
            running.until(campaign.is_all_told, "all told by b too")
            assert running.stop() == 0
        count, messages = campaign.count(), came.of("b")
    record(waiting=MANY, messages=len(messages), lost=count.lost, repeated=count.repeated)
    assert count == Count(lost=0, doubled=0, marked=0, unmarked=0)
    assert len(messages) <= FEW


def count_items(receivers: Receivers, channel: str) -> int:
    return len({item for call in receivers.of(channel) for item in call.items})


def has_told(receivers: Receivers, channels: Iterable[str], items: int) -> bool:
    return all(count_items(receivers, name) == items for name in channels)


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
