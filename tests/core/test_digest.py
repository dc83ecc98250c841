from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.digest import (
    compile_input,
    digest_window,
    due_digests,
    last_date,
    newest_date,
    rank_stories,
)
from monitor.core.events import DigestDue
from monitor.core.model import Article, DigestPlan, Flagged, Health, Signals, Story, Verdict

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


def plan(at: str = "07:00", zone: str = "Europe/Berlin", name: str = "daily") -> DigestPlan:
    hour, minute = map(int, at.split(":"))
    return DigestPlan(name, hour, minute, zone, ("mail",))


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)


def flagged(id_: int, seen: datetime, score: float = 0.9) -> Flagged:
    article = Article(
        id_, id_, 1, "Feed", f"https://example.org/{id_}", f"Title {id_}", "", "en", seen, seen,
        "f", baseline=False,
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


@pytest.mark.parametrize(
    ("last_done", "since"),
    [(None, "2026-07-09"), ("2026-07-09", "2026-07-09"), ("2026-07-05", "2026-07-05"),
     ("2026-07-12", "2026-07-09")],
    ids=["never one before", "yesterday", "after a downtime", "a date from a wrong clock"],
)  # fmt: skip
def test_missed_dates_fold_into_the_newest(last_done: str | None, since: str) -> None:
    window = digest_window(plan(), "2026-07-10", last_done)
    assert window == (berlin(f"{since}T07:00"), berlin("2026-07-10T07:00"))


@given(
    zone=st.sampled_from(ZONES),
    at=st.times(),
    day=st.dates(date(2005, 1, 1), date(2035, 12, 31)),
)
def test_windows_tile_time_without_gap_or_overlap(zone: str, at: time, day: date) -> None:
    p = plan(str(at)[:5], zone)
    since, until = digest_window(p, day.isoformat())
    following, _ = digest_window(p, (day + timedelta(days=1)).isoformat())
    assert since <= until == following


# --- what is due --------------------------------------------------------------------------------


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
    found = due_digests([plan(at)], now, {("daily", day) for day in done}, LONG_AGO)
    assert found == ((DigestDue("daily", due),) if due else ())


def test_each_plan_is_judged_by_its_own_zone_and_name() -> None:
    plans = [plan(name="home"), plan(name="tokyo", zone="Asia/Tokyo")]
    found = due_digests(plans, berlin("2026-07-10T03:00"), {("home", "2026-07-09")}, LONG_AGO)
    assert found == (DigestDue("tokyo", "2026-07-10"),)


@pytest.mark.parametrize(
    ("first_start", "due"),
    [("2026-07-10T06:59", ("2026-07-10",)), ("2026-07-10T07:00", ()), ("2026-07-10T09:00", ())],
)
def test_no_digest_for_the_time_before_the_first_start(
    first_start: str, due: tuple[str, ...]
) -> None:
    found = due_digests([plan()], berlin("2026-07-10T12:00"), (), berlin(first_start))
    assert tuple(d.local_date for d in found) == due


@given(
    zone=st.sampled_from(ZONES),
    at=st.times(),
    start=MOMENTS,
)
@example(zone="Pacific/Apia", at=time(7), start=datetime(2011, 12, 28, tzinfo=UTC))
@example(zone="Europe/Berlin", at=time(2, 30), start=datetime(2026, 10, 23, tzinfo=UTC))
@example(zone="Europe/Berlin", at=time(2, 30), start=datetime(2026, 3, 27, tzinfo=UTC))
def test_each_local_date_gets_exactly_one_digest(zone: str, at: time, start: datetime) -> None:
    p = plan(str(at)[:5], zone)
    done: list[tuple[str, str]] = []
    for tick in range(5 * 24 * 4):
        now = start + tick * timedelta(minutes=15)
        done += [(d.name, d.local_date) for d in due_digests([p], now, set(done), start)]
    first, last = newest_date(p, start), newest_date(p, now)
    expected = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    skipped = {d for d in expected if _is_skipped(p, d)}
    assert [day for _, day in done] == [d.isoformat() for d in expected if d not in skipped]


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


def test_the_date_before_is_looked_up_per_plan() -> None:
    done = {("daily", "2026-07-08"), ("daily", "2026-07-12"), ("other", "2026-07-09")}
    assert last_date("daily", done, "2026-07-10") == "2026-07-08"
    assert last_date("third", done, "2026-07-10") is None


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
