from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.digest import (
    compile_input,
    count_days,
    digest_window,
    due_digests,
    find_begin,
    newest_date,
    rank_stories,
)
from monitor.core.events import DigestDue
from monitor.core.model import (
    EVERY_DAY,
    Article,
    CompiledDigest,
    DigestPlan,
    Flagged,
    Health,
    NearMiss,
    Signals,
    Story,
    Verdict,
)

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "UTC",
)
MOMENTS = st.integers(0, 30 * 366 * 24 * 60).map(
    lambda minutes: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
HEALTH = Health(articles=0, feeds_ok=0, feeds=0)


def plan(
    at: str = "07:00",
    zone: str = "Europe/Berlin",
    name: str = "daily",
    days: tuple[int, ...] = EVERY_DAY,
    topics: tuple[str, ...] = (),
) -> DigestPlan:
    hour, minute = map(int, at.split(":"))
    return DigestPlan(name, hour, minute, zone, ("mail",), days=days, topics=topics)


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)


def flagged(id_: int, seen: datetime, score: float = 0.9) -> Flagged:
    article = Article(
        id_, id_, 1, "Feed", f"https://example.org/{id_}", f"Title {id_}", "", "en", seen, seen,
        seen, "f", baseline=False,
    )  # fmt: skip
    return Flagged(article, (Verdict("t", score, True, 0.5),), Signals("en"))


def story(
    id_: int, seen: datetime, *, score: float = 0.9, sources: int = 1, baseline: bool = False
) -> Story:
    return Story(
        id_, "t", ("t",), f"Story {id_}", score, seen, seen, (flagged(id_, seen, score),), sources,
        baseline,
    )  # fmt: skip


# --- the window ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "day", "since", "until"),
    [
        ("07:00", "2026-07-01", "2026-06-30T05:00", "2026-07-01T05:00"),
        ("07:00", "2026-01-01", "2025-12-31T06:00", "2026-01-01T06:00"),
        ("07:00", "2026-03-29", "2026-03-28T06:00", "2026-03-29T05:00"),
        ("07:00", "2026-10-25", "2026-10-24T05:00", "2026-10-25T06:00"),
        ("02:30", "2026-03-29", "2026-03-28T01:30", "2026-03-29T01:30"),
        ("02:30", "2026-10-25", "2026-10-24T00:30", "2026-10-25T00:30"),
    ],
    ids=["summer", "winter", "23 hours", "25 hours", "the clock skips 02:30", "02:30 comes twice"],
)
def test_a_digest_covers_the_local_day_before_its_time(
    at: str, day: str, since: str, until: str
) -> None:
    window = digest_window(plan(at), day)
    assert [t.isoformat(timespec="minutes") for t in window] == [f"{since}+00:00", f"{until}+00:00"]


FRIDAY, MONDAY, THURSDAY = 4, 0, 3


@pytest.mark.parametrize(
    ("days", "day", "since"),
    [
        ((FRIDAY,), "2026-07-10", "2026-07-03"),
        ((MONDAY, THURSDAY), "2026-07-09", "2026-07-06"),
        ((MONDAY, THURSDAY), "2026-07-13", "2026-07-09"),
        ((FRIDAY,), "2026-07-08", "2026-07-03"),
    ],
    ids=["weekly", "Monday to Thursday", "Thursday to Monday", "asked for another day"],
)
def test_a_digest_on_some_days_covers_the_time_since_its_last_one(
    days: tuple[int, ...], day: str, since: str
) -> None:
    expected = berlin(f"{since}T07:00"), berlin(f"{day}T07:00")
    assert digest_window(plan(days=days), day) == expected


DAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))


@pytest.mark.fault("A7")
@given(
    zone=st.sampled_from(ZONES),
    at=st.times(),
    day=st.dates(date(2005, 1, 1), date(2035, 12, 31)),
    days=DAYS,
)
@example("Pacific/Apia", time(7), date(2011, 12, 28), EVERY_DAY)
@example("Pacific/Apia", time(7), date(2011, 12, 28), (FRIDAY,))
@example("Europe/Berlin", time(2, 30), date(2026, 10, 24), EVERY_DAY)
@example("Europe/Berlin", time(2, 30), date(2026, 3, 28), EVERY_DAY)
@example("Australia/Lord_Howe", time(1, 45), date(2026, 4, 4), EVERY_DAY)
def test_windows_tile_time_without_gap_or_overlap(
    zone: str, at: time, day: date, days: tuple[int, ...]
) -> None:
    p = plan(str(at)[:5], zone, days=days)
    fortnight = [day + timedelta(days=n) for n in range(15)]
    windows = [digest_window(p, d.isoformat()) for d in fortnight if d.weekday() in days]
    assert len(windows) >= 2
    for (since, until), (following, _) in pairwise(windows):
        assert since <= until == following


def made(day: str, since: datetime, until: datetime) -> CompiledDigest:
    return CompiledDigest("daily", day, since, until)


THREE = tuple(
    made(f"2026-07-{n:02}", berlin(f"2026-07-{n - 1:02}T07:00"), berlin(f"2026-07-{n:02}T07:00"))
    for n in (10, 9, 8)
)


@pytest.mark.parametrize(
    ("lost", "begin"),
    [
        (set(), "2026-07-10"),
        ({"2026-07-10"}, "2026-07-09"),
        ({"2026-07-10", "2026-07-09"}, "2026-07-08"),
        ({"2026-07-09"}, "2026-07-10"),
        ({"2026-07-10", "2026-07-09", "2026-07-08"}, "2026-07-07"),
    ],
    ids=["none lost", "the last", "the last two", "one before the last was told", "all"],
)
def test_what_a_channel_lost_is_told_by_its_next_digest(lost: set[str], begin: str) -> None:
    assert find_begin(THREE, lost) == berlin(f"{begin}T07:00")


# --- what is due --------------------------------------------------------------------------------


@pytest.mark.fault("A7")
@pytest.mark.parametrize(
    ("at", "now", "done", "due"),
    [
        ("07:00", berlin("2026-07-10T06:59"), ["2026-07-09"], None),
        ("07:00", berlin("2026-07-10T07:00"), ["2026-07-09"], "2026-07-10"),
        ("07:00", berlin("2026-07-10T07:00"), ["2026-07-10"], None),
        ("07:00", berlin("2026-07-10T23:59"), ["2026-07-09"], "2026-07-10"),
        ("07:00", berlin("2026-07-11T06:00"), ["2026-07-09"], "2026-07-10"),
        ("07:00", berlin("2026-07-20T08:00"), ["2026-07-09"], "2026-07-20"),
        ("07:00", berlin("2026-07-10T05:00"), ["2026-07-09", "2026-07-10"], None),
        ("02:30", berlin("2026-10-25T02:30"), ["2026-10-24"], "2026-10-25"),
        ("02:30", berlin("2026-10-25T02:30", fold=1), ["2026-10-25"], None),
        ("02:30", berlin("2026-03-29T03:00"), ["2026-03-28"], None),
        ("02:30", berlin("2026-03-29T03:30"), ["2026-03-28"], "2026-03-29"),
    ],
    ids=[
        "a minute early", "on time", "told already", "late in the day", "missed over night",
        "ten days down: the newest only", "clock set back", "first 02:30", "second 02:30",
        "02:30 is skipped, not yet", "02:30 is skipped, now",
    ],
)  # fmt: skip
def test_a_digest_is_due_when_its_local_time_is_reached(
    at: str, now: datetime, done: list[str], due: str | None
) -> None:
    found = due_digests([plan(at)], now, {"daily": max(done)})
    assert found == ((DigestDue("daily", due),) if due else ())


def test_each_plan_is_judged_by_its_own_zone_and_name() -> None:
    plans = [plan(name="home"), plan(name="tokyo", zone="Asia/Tokyo")]
    latest = {"home": "2026-07-09", "tokyo": "2026-07-09"}
    found = due_digests(plans, berlin("2026-07-10T03:00"), latest)
    assert found == (DigestDue("tokyo", "2026-07-10"),)


def test_a_digest_that_has_not_begun_is_not_due() -> None:
    assert due_digests([plan()], berlin("2026-07-10T12:00"), {}) == ()


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-07-09T23:00", None),
        ("2026-07-10T06:59", None),
        ("2026-07-10T07:00", "2026-07-10"),
        ("2026-07-12T12:00", "2026-07-10"),
        ("2026-07-16T12:00", "2026-07-10"),
        ("2026-07-30T12:00", "2026-07-24"),
    ],
)
def test_a_weekly_digest_is_due_on_its_day_or_when_it_was_missed(now: str, due: str | None) -> None:
    found = due_digests([plan(days=(FRIDAY,))], berlin(now), {"daily": "2026-07-03"})
    assert [one.local_date for one in found] == ([due] if due else [])


@pytest.mark.fault("A6", "A7")
@given(
    zone=st.sampled_from(ZONES),
    at=st.times(),
    start=MOMENTS,
    days=DAYS,
    downtimes=st.lists(st.integers(1, 9 * 96), max_size=3),
    back=st.sampled_from([0, 4, 96]),
)
@example("Pacific/Apia", time(7), datetime(2011, 12, 28, tzinfo=UTC), EVERY_DAY, [], 0)
@example("Europe/Berlin", time(2, 30), datetime(2026, 10, 23, tzinfo=UTC), EVERY_DAY, [], 4)
@example("Europe/Berlin", time(2, 30), datetime(2026, 3, 27, tzinfo=UTC), EVERY_DAY, [], 4)
def test_every_moment_is_in_exactly_one_digest(
    zone: str, at: time, start: datetime, days: tuple[int, ...], downtimes: list[int], back: int
) -> None:
    """Over ten days of ticks, with downtimes, and with a clock that is set back once."""
    p = plan(str(at)[:5], zone, days=days)
    told = [newest_date(p, start).isoformat()]
    spans = []
    for tick in _ticks(10 * 96, downtimes, back):
        for due in due_digests([p], start + tick * QUARTER, {"daily": told[-1]}):
            begin, end = (digest_window(p, day)[1] for day in (told[-1], due.local_date))
            told.append(due.local_date)
            spans.append((begin, end))
    assert told == sorted(set(told))
    assert all(begin <= end for begin, end in spans)
    assert all(end == begin for (_, end), (begin, _) in pairwise(spans))
    last = newest_date(p, start + (10 * 96 - 1) * QUARTER)
    assert told[-1] == last.isoformat()
    if not downtimes:
        first = date.fromisoformat(told[0])
        wanted = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
        reached = [d for d in wanted if d.weekday() in days and not _is_skipped(p, d)]
        assert [day for day in told[1:] if date.fromisoformat(day) in reached] == [
            d.isoformat() for d in reached
        ]


QUARTER = timedelta(minutes=15)


def _ticks(count: int, downtimes: list[int], back: int) -> list[int]:
    """Quarters of an hour at which the program runs; in their middle the clock is set back."""
    ticks = [*range(count // 2), *range(count // 2 - back, count)]
    for start in downtimes:
        ticks = [tick for tick in ticks if not start <= tick < min(start + 200, count - 1)]
    return ticks


def _is_skipped(p: DigestPlan, day: date) -> bool:
    """A date that its zone never had: the next date's time is not later."""
    _, until = digest_window(p, day.isoformat())
    _, following = digest_window(p, (day + timedelta(days=1)).isoformat())
    return following <= until


@given(
    zone=st.sampled_from(ZONES),
    now=MOMENTS,
    at=st.times(),
)
def test_the_newest_date_is_the_last_one_reached(zone: str, now: datetime, at: time) -> None:
    p = plan(str(at)[:5], zone)
    day = newest_date(p, now)
    _, reached = digest_window(p, day.isoformat())
    _, next_one = digest_window(p, (day + timedelta(days=1)).isoformat())
    assert reached <= now < next_one


# --- what is in it ------------------------------------------------------------------------------


def test_stories_rank_by_score_then_sources_then_recency() -> None:
    t = berlin("2026-07-10T01:00")
    strong = story(1, t, score=0.97)
    shared = story(2, t, score=0.83, sources=3)
    fresh = story(3, t + timedelta(hours=1), score=0.81)
    stale = story(4, t, score=0.84)
    assert rank_stories([stale, fresh, shared, strong]) == (strong, shared, fresh, stale)


def test_only_stories_with_news_in_the_window_are_told() -> None:
    window = digest_window(plan(), "2026-07-10")
    inside = story(1, window[0])
    others = [
        story(2, window[1]),
        story(3, window[0] - timedelta(seconds=1)),
        story(4, window[0], baseline=True),
    ]
    old = [flagged(9, LONG_AGO, 0.6), flagged(8, LONG_AGO, 0.8)]
    made = compile_input(
        plan(), "2026-07-10", window,
        stories=[*others, inside], baseline=old, health=HEALTH, topics=[("t", "Topic")],
    )  # fmt: skip
    assert made.stories == (inside,)
    assert [f.score for f in made.baseline] == [0.8, 0.6]
    assert (made.plan_name, made.local_date, made.topics) == (
        "daily", "2026-07-10", (("t", "Topic"),),
    )  # fmt: skip
    assert (made.since_at, made.until_at) == window


NOTHING: dict[str, Any] = {"stories": (), "baseline": (), "health": HEALTH, "topics": ()}


def test_a_digest_on_some_topics_tells_of_no_other() -> None:
    p = plan(topics=("u",))
    window = digest_window(p, "2026-07-10")
    other = story(1, window[0])
    both = replace(story(2, window[0]), topics=("t", "u"))
    asked = {
        "stories": [other, both],
        "baseline": [flagged(3, window[0])],
        "topics": [("t", "One"), ("u", "Other")],
        "near": [NearMiss(other.members[0].article, "t", 0.4, 0.5)],
        "moments": [(window[0], ("t",)), (window[0], ("t", "u"))],
    }
    made = compile_input(p, "2026-07-10", window, **{**NOTHING, **asked})
    assert made.stories == (both,)
    assert made.topics == (("u", "Other"),)
    assert (made.baseline, made.near) == ((), ())
    assert made.days[-1] == (date(2026, 7, 10), 1)


def test_the_nearest_five_misses_are_shown_each_article_once() -> None:
    t = berlin("2026-07-10T01:00")
    misses = [
        NearMiss(flagged(id_, t).article, topic, 0.5 - id_ / 100, 0.5)
        for id_ in range(1, 8)
        for topic in ("t", "u")
    ]
    window = digest_window(plan(), "2026-07-10")
    made = compile_input(plan(), "2026-07-10", window, **{**NOTHING, "near": misses})
    assert [(miss.article.id, miss.topic) for miss in made.near] == [(n, "t") for n in range(1, 6)]


def test_the_chart_counts_fourteen_days_that_end_when_the_digest_does() -> None:
    until = berlin("2026-03-30T07:00")
    moments = [
        (berlin("2026-03-16T06:59:59"), ("t",)),
        (berlin("2026-03-16T07:00"), ("t",)),
        (berlin("2026-03-28T07:00"), ("t",)),
        (berlin("2026-03-29T06:59"), ("t",)),
        (berlin("2026-03-30T06:59"), ("t",)),
        (until, ("t",)),
    ]
    days = count_days(plan(), until, moments)
    assert [day for day, _ in days] == [date(2026, 3, 17) + timedelta(days=n) for n in range(14)]
    assert {day.day: count for day, count in days if count} == {17: 1, 29: 2, 30: 1}


@given(
    zone=st.sampled_from(ZONES),
    until=MOMENTS,
    offsets=st.lists(st.integers(1, 12 * 24 * 60), max_size=20),
)
def test_the_chart_counts_each_moment_once(zone: str, until: datetime, offsets: list[int]) -> None:
    moments = [(until - timedelta(minutes=n), ("t",)) for n in offsets]
    assert sum(count for _, count in count_days(plan(zone=zone), until, moments)) == len(moments)
