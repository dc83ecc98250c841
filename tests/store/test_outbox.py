from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlmodel import Session

from monitor.core.model import (
    Actions,
    Alert,
    Card,
    ChannelTrouble,
    Chart,
    Delivery,
    Facts,
    Footer,
    Heading,
    Link,
    Links,
    Message,
    OutboxRow,
    Outcome,
    Paragraph,
    Quote,
    Receipt,
    Subject,
)
from monitor.core.outbox import claim, settle
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.store import SqliteStore, upgrade
from monitor.store.database import writing_engine
from monitor.store.outbox import Outbox
from tests.builders import HOUR, MINUTE, NOW, alert

EVERY_BLOCK = Message(
    "Titel mit {{7*7}}",
    (
        Heading("Warum"),
        Paragraph("Ein Absatz."),
        Quote("„Ein Satz des Artikels.“"),
        Facts((("Wert", "0,90"), ("Quelle", "Beispielblatt"))),
        Link("ohne Adresse", None),
        Links((Link("eins", "https://a.example/", "de"), Link("zwei", None))),
        Card("Neu", Link("drei", None)),
        Card(
            "3 neue Berichte",
            Link("vier", "https://a.example/4", "meta"),
            ("Beispielblatt", "2 Quellen"),
            (Link("fünf", "https://a.example/5"),),
            (("Auch auf Englisch (1)", (Link("sechs", "https://a.example/6"),)),),
            (Link("Relevant", "https://m.example/vote/4"),),
        ),
        Actions((Link("Relevant", "https://m.example/vote/5"), Link("zehn", None))),
        Chart("14 Tage", (("Mo 23.11.", 0), ("Di 24.11.", 7))),
        Footer("monitor"),
    ),
    "de",
)


SETTLED = {Delivery.SENT, Delivery.DEAD}


class Queue(NamedTuple):
    subject_id: str
    channel: str


class Claim(NamedTuple):
    channel: str


class Settle(NamedTuple):
    channel: str
    state: Delivery


class Wait(NamedTuple):
    span: timedelta


Step = Queue | Claim | Settle | Wait


async def queued(store: SqliteStore, *alerts: Alert, due_at: datetime = NOW) -> list[OutboxRow]:
    await store.write(lambda tx: tx.outbox.queue(alerts, due_at, NOW))
    rows = await store.read(lambda tx: tx.outbox.list())
    return list(rows[: len(alerts)][::-1])


@pytest.mark.fault("A1")
async def test_an_alert_is_queued_once(store: SqliteStore) -> None:
    alerts = [alert(channel="mail"), alert(channel="chat"), alert(channel="mail")]
    assert await store.write(lambda tx: tx.outbox.queue(alerts, NOW, NOW)) == 2
    assert await store.write(lambda tx: tx.outbox.queue(alerts, NOW + HOUR, NOW)) == 0
    rows = await store.read(lambda tx: tx.outbox.due(NOW))
    assert [row.alert for row in rows] == alerts[:2]
    assert rows[0] == OutboxRow(1, alerts[0], Delivery.PENDING, 0, due_at=NOW, created_at=NOW)


async def test_a_claimed_row_keeps_every_field_and_block(store: SqliteStore) -> None:
    (row,) = await queued(store, alert())
    claimed = replace(
        row,
        alert=replace(row.alert, message=EVERY_BLOCK),
        state=Delivery.IN_FLIGHT,
        attempts=2,
        due_at=NOW + MINUTE,
        claimed_at=NOW + HOUR,
        settled_at=NOW + 2 * HOUR,
        ambiguous=True,
        error="HTTP 503",
        receipt="250 queued",
        held_until=NOW + HOUR,
        folded_into=row.id,
        note="quiet hours",
    )
    await store.write(lambda tx: tx.outbox.save(claimed))
    assert await store.read(lambda tx: tx.outbox.get(row.id)) == claimed
    assert await store.read(lambda tx: tx.outbox.in_flight()) == (claimed,)


@pytest.mark.parametrize(
    ("older", "due_in", "newer_is_due"),
    [
        (Delivery.PENDING, timedelta(0), True),
        (Delivery.PENDING, HOUR, True),
        (Delivery.RETRY, timedelta(0), True),
        (Delivery.RETRY, HOUR, False),
        (Delivery.IN_FLIGHT, timedelta(0), False),
        (Delivery.SENT, HOUR, True),
        (Delivery.DEAD, HOUR, True),
        (Delivery.FOLDED, HOUR, True),
        (Delivery.DROPPED, HOUR, True),
    ],
)
async def test_a_row_waits_for_an_attempt_before_it(
    store: SqliteStore, older: Delivery, due_in: timedelta, newer_is_due: bool
) -> None:
    first, second, elsewhere = await queued(
        store, alert("1"), alert("2"), alert("3", channel="chat")
    )
    await store.write(lambda tx: tx.outbox.save(replace(first, state=older, due_at=NOW + due_in)))
    due = {row.id for row in await store.read(lambda tx: tx.outbox.due(NOW))}
    assert (second.id in due) is newer_is_due
    assert elsewhere.id in due


@pytest.mark.parametrize(
    ("held", "is_due"),
    [
        (None, True),
        (-MINUTE, True),
        (timedelta(), True),
        (MINUTE, False),
        (25 * HOUR, False),
        # No quiet hours are that long: a clock was wrong when it was held.
        (27 * HOUR, True),
    ],
)
async def test_what_is_held_is_not_due(
    store: SqliteStore, held: timedelta | None, is_due: bool
) -> None:
    first, second = await queued(store, alert("1"), alert("2"))
    row = replace(first, state=Delivery.RETRY, held_until=NOW + held if held is not None else None)
    await store.write(lambda tx: tx.outbox.save(row))
    due = await store.read(lambda tx: tx.outbox.due(NOW))
    assert due == ((row, second) if is_due else (second,)), "and it holds nobody up"


async def test_what_is_held_can_be_let_go_for_one_story_or_all(store: SqliteStore) -> None:
    for row in await queued(store, alert("1"), alert("2"), alert("1", channel="chat")):
        held = replace(row, held_until=NOW + HOUR)
        await store.write(lambda tx, held=held: tx.outbox.save(held))  # type: ignore[misc]
    await store.write(lambda tx: tx.outbox.release(NOW, "1"))
    due = await store.read(lambda tx: tx.outbox.due(NOW))
    assert [(row.alert.subject_id, row.held_until) for row in due] == [("1", NOW), ("1", NOW)]
    await store.write(lambda tx: tx.outbox.release(NOW))
    assert len(await store.read(lambda tx: tx.outbox.due(NOW))) == 3


async def test_a_channels_own_rows_are_due(store: SqliteStore) -> None:
    _, chat = await queued(store, alert("1"), alert("1", channel="chat"))
    assert await store.read(lambda tx: tx.outbox.due(NOW, "chat")) == (chat,)


async def test_what_a_channel_took_of_stories_within_a_span(store: SqliteStore) -> None:
    ages = {"1": 61 * MINUTE, "2": 60 * MINUTE, "3": 59 * MINUTE, "4": timedelta(), "5": -MINUTE}
    rows = await queued(store, *(alert(subject_id) for subject_id in ages))
    others = await queued(
        store,
        alert("6", channel="chat"),
        alert("7", subject=Subject.DIGEST),
        alert("8", subject=Subject.SUMMARY),
        alert("9"),
    )
    moments = [NOW - age for age in ages.values()] + [NOW - MINUTE] * 3
    for row, at in zip([*rows, *others[:3]], moments, strict=True):
        sent = replace(row, state=Delivery.SENT, settled_at=at)
        await store.write(lambda tx, sent=sent: tx.outbox.save(sent))  # type: ignore[misc]
    taken = await store.read(lambda tx: tx.outbox.taken("mail", NOW - HOUR, NOW))
    assert taken == (NOW - 59 * MINUTE, NOW - MINUTE, NOW)


async def test_a_row_is_found_by_its_key(store: SqliteStore) -> None:
    (row,) = await queued(store, alert("1"))
    assert await store.read(lambda tx: tx.outbox.find(alert("1"))) == row
    assert await store.read(lambda tx: tx.outbox.find(alert("1", channel="chat"))) is None


async def test_the_notification_log_is_the_storys_own(store: SqliteStore) -> None:
    first, update, *_ = await queued(
        store,
        alert("1", "first"),
        alert("1", "update-1"),
        alert("2", "first"),
        alert("1", "first", subject=Subject.DIGEST),
    )
    assert await store.read(lambda tx: tx.outbox.told("1")) == (first, update)


async def test_a_story_was_first_told_when_a_channel_took_its_first_alert(
    store: SqliteStore,
) -> None:
    rows = await queued(
        store,
        alert("1"),
        alert("1", channel="chat"),
        alert("1", "update-1"),
        alert("1", subject=Subject.DIGEST),
        alert("2"),
        alert("3"),
    )
    for row, minutes in zip(rows[:5], (5, 3, 1, 1, 9), strict=True):
        sent = replace(row, state=Delivery.SENT, settled_at=NOW + minutes * MINUTE)
        await store.write(lambda tx, sent=sent: tx.outbox.save(sent))  # type: ignore[misc]
    dead = replace(rows[5], state=Delivery.DEAD, settled_at=NOW)
    await store.write(lambda tx: tx.outbox.save(dead))
    told = await store.read(lambda tx: tx.outbox.first_told([1, 2, 3, 4]))
    assert told == {1: NOW + 3 * MINUTE, 2: NOW + 9 * MINUTE}


async def test_the_newest_row_of_each_thing_and_channel(store: SqliteStore) -> None:
    given = [("daily", "1", "mail"), ("daily", "2", "mail"), ("daily", "2", "chat")]
    alerts = [alert(name, date, where, Subject.DIGEST) for name, date, where in given]
    rows = await queued(store, *alerts, alert("daily", "1"))
    newest = await store.read(lambda tx: tx.outbox.newest_of(Subject.DIGEST, NOW))
    assert newest == (rows[2], rows[1])
    assert await store.read(lambda tx: tx.outbox.newest_of(Subject.DIGEST, NOW + MINUTE)) == ()


async def test_rows_are_listed_and_counted_by_state(store: SqliteStore) -> None:
    first, second = await queued(store, alert("1"), alert("2"))
    sent = replace(first, state=Delivery.SENT)
    await store.write(lambda tx: tx.outbox.save(sent))
    assert await store.read(lambda tx: tx.outbox.list()) == (second, sent)
    assert await store.read(lambda tx: tx.outbox.list(limit=1)) == (second,)
    assert await store.read(lambda tx: tx.outbox.list([Delivery.SENT])) == (sent,)
    counted = {Delivery.SENT: 1, Delivery.PENDING: 1}
    assert await store.read(lambda tx: tx.outbox.count()) == counted


async def test_saving_an_unknown_row_says_so(store: SqliteStore) -> None:
    (row,) = await queued(store, alert())
    with pytest.raises(NotFound):
        await store.write(lambda tx: tx.outbox.save(replace(row, id=99)))


CHANNELS = st.sampled_from(["mail", "chat"])
BACKLOG = [Queue(subject_id, channel) for subject_id in "123" for channel in ("mail", "chat")]
STEPS = st.lists(
    st.one_of(
        st.builds(Queue, st.sampled_from("12345"), CHANNELS),
        st.builds(Claim, CHANNELS),
        st.builds(
            Settle, CHANNELS, st.sampled_from([Delivery.SENT, Delivery.RETRY, Delivery.DEAD])
        ),
        st.builds(Wait, st.sampled_from([MINUTE, HOUR])),
    ),
    min_size=20,
    max_size=40,
)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path = tmp_path_factory.mktemp("outbox") / "monitor.sqlite"
    upgrade(path, now=NOW)
    with writing_engine(path, MINUTE).connect() as connection:
        yield connection


@pytest.mark.fault("E1")
@settings(max_examples=80, deadline=None)
@given(steps=STEPS)
def test_no_interleaving_breaks_uniqueness_or_order(
    connection: Connection, steps: list[Step]
) -> None:
    with connection.begin() as transaction:
        live(Outbox(Session(connection)), [*BACKLOG, *steps])
        transaction.rollback()


def live(outbox: Outbox, steps: list[Step]) -> None:
    """Do as the deliverer would, and look after each step."""
    now = NOW
    for step in steps:
        match step:
            case Queue(subject_id, channel):
                outbox.queue([alert(subject_id, channel=channel)], now, now)
            case Claim(channel):
                for row in of(channel, outbox.due(now))[:1]:
                    outbox.save(replace(row, state=Delivery.IN_FLIGHT))
            case Settle(channel, state):
                for row in of(channel, outbox.in_flight()):
                    outbox.save(replace(row, state=state, due_at=now + HOUR))
            case Wait(span):
                now += span
        look(outbox, now)


def of(channel: str, rows: tuple[OutboxRow, ...]) -> list[OutboxRow]:
    return [row for row in rows if row.alert.channel == channel]


def look(outbox: Outbox, now: datetime) -> None:
    rows = outbox.list(limit=1000)[::-1]
    keys = [row.alert.key for row in rows]
    assert len(keys) == len(set(keys)), "an alert stands twice in the outbox"
    for channel in ("mail", "chat"):
        look_at_channel(of(channel, rows), of(channel, outbox.due(now)))


def look_at_channel(rows: list[OutboxRow], due: list[OutboxRow]) -> None:
    states = [row.state for row in rows]
    settled = max((row.id for row in rows if row.state in SETTLED), default=0)
    unsettled = [row.id for row in rows if row.state not in SETTLED]
    assert states.count(Delivery.IN_FLIGHT) <= 1, "two messages at once"
    assert all(id_ > settled for id_ in unsettled), "a later row overtook"
    assert [row.id for row in due] == sorted(row.id for row in due)


async def test_a_channel_fails_from_its_first_refusal_until_it_takes_a_message(
    store: SqliteStore,
) -> None:
    await store.write(lambda tx: tx.outbox.queue([alert("1"), alert("2")], NOW, NOW))
    assert await store.read(lambda tx: tx.outbox.failing(NOW - HOUR)) == ()
    steps = [
        (Outcome.TEMPORARY, [ChannelTrouble("mail", "temporary", dead=False, rows=(1,))]),
        (Outcome.PERMANENT, [ChannelTrouble("mail", "permanent", dead=False, rows=(1,))]),
        (Outcome.PERMANENT, [ChannelTrouble("mail", "permanent", dead=True, rows=(1,))]),
        (Outcome.DELIVERED, []),
    ]
    for hour, (outcome, expected) in enumerate(steps):
        await store.write(partial(answer_first, outcome=outcome, at=NOW + hour * HOUR))
        assert list(await store.read(partial(failing, since=NOW + hour * HOUR))) == expected
    recently = await store.read(partial(failing, since=NOW + HOUR))
    assert [trouble.rows for trouble in recently] == [(1,)], (
        "one dead message is told of in any case"
    )


def failing(tx: Transaction, since: datetime) -> tuple[ChannelTrouble, ...]:
    return tx.outbox.failing(since)


def answer_first(tx: Transaction, outcome: Outcome, at: datetime) -> None:
    """Send the first due row and give it this receipt."""
    row = tx.outbox.due(at)[0]
    claimed = claim(row, Message("Titel", ()), at)
    tx.outbox.save(settle(claimed, Receipt(outcome, str(outcome)), at, 0.0))
