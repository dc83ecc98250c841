"""C5–C8, C11: feeds that move, go, ask for rest, lie about news, or cannot be reached at all."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.app import read_clock
from tests.e2e.neighbours import FEED_TYPE, NEWS, Neighbours, write_feed
from tests.e2e.program import Program
from tests.e2e.servers import find_free_port
from tests.faults.harness.campaign import Victim
from tests.faults.proof import Record, pick

TITLES = tuple(title for title, _ in NEWS)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)
UNREACHED = pick(quick=12, full=60)
ROUNDS = pick(quick=5, full=60)
RESTS_FOR = timedelta(minutes=10)

Answer = Callable[[Request], Response]


def give(*titles: str) -> Answer:
    """A feed with these titles."""
    return lambda _: Response(write_feed(*titles), content_type=FEED_TYPE)


def refuse(status: int, **headers: str) -> Answer:
    return lambda _: Response(status=status, headers=headers)


class Publisher:
    """A host whose paths answer as `answers` says; `asked` are those paths, in order."""

    def __init__(self, server: HTTPServer) -> None:
        self.host = f"127.0.0.1:{server.port}"
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self._lock = Lock()
        server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    def url(self, name: str) -> str:
        return f"http://{self.host}/{name}"

    def _answer(self, request: Request) -> Response:
        name = request.path.removeprefix("/")
        with self._lock:
            self.asked.append(name)
        return self.answers[name](request)


@contextmanager
def publisher(port: int = 0) -> Iterator[Publisher]:
    with HTTPServer("127.0.0.1", port=port, threaded=True) as server:
        yield Publisher(server)


@pytest.fixture
def blatt() -> Iterator[Publisher]:
    with publisher() as made:
        yield made


def configure(beside: Neighbours, *urls: str, interval: str = "1s") -> str:
    """A configuration that alerts of each article of these feeds at once."""
    hosts = ", ".join(f'"{host}"' for host in {url.split("/")[2] for url in urls})
    feeds = "".join(f'[[feeds]]\nname = "{url[7:]}"\nurl = "{url}"\n' for url in urls)
    text = beside.configure().replace('allow = ["', f'allow = [{hosts}, "')
    return text.replace('interval = "1s"', f'interval = "{interval}"') + feeds


def list_feeds(program: Program) -> dict[str, dict[str, Any]]:
    return {feed["url"]: feed for feed in program.ask("feeds", "list")}


def wait_of(feed: dict[str, Any]) -> timedelta:
    due: datetime = datetime.fromisoformat(feed["next_poll_at"])
    return due - read_clock()


def told(beside: Neighbours) -> list[str]:
    prefix = "AI overbuild: "
    return [c.title.removeprefix(prefix) for c in beside.calls if c.title.startswith(prefix)]


@pytest.mark.fault("C5")
def test_a_feed_that_moves_for_good_is_followed_and_nothing_is_told_twice(
    program: Program, beside: Neighbours, blatt: Publisher, record: Record
) -> None:
    blatt.answers["new"] = give(*TITLES[:2])
    blatt.answers["old"] = refuse(301, Location=blatt.url("new"))
    program.configure(configure(beside, blatt.url("old")))
    before = program.config.read_bytes()
    with program.start("run") as running:
        running.until(lambda: blatt.asked[6:9] == ["new"] * 3, "polls of the new address alone")
        assert blatt.asked[:6] == ["old", "new"] * 3
        blatt.answers["new"] = give(*TITLES[:3])
        running.until(lambda: len(beside.calls) == 3, "three alerts")
        (feed,) = list_feeds(program).values()
        assert (feed["url"], feed["moved_to"]) == (blatt.url("old"), blatt.url("new"))
        blatt.answers |= {"new": refuse(404), "old": give(*TITLES[:4])}
        running.until(lambda: len(beside.calls) == 4, "an alert from the old address")
        running.until(lambda: blatt.asked[-2:] == ["old"] * 2, "polls of the old address alone")
        assert running.stop() == 0
    (feed,) = list_feeds(program).values()
    record(moves=2, repeated=len(beside.calls) - len(set(told(beside))))
    assert feed["moved_to"] is None
    assert sorted(told(beside)) == sorted(TITLES[:4])
    assert program.config.read_bytes() == before


@pytest.mark.fault("C6")
def test_a_feed_that_fails_waits_longer_but_is_never_off(
    program: Program, beside: Neighbours, blatt: Publisher
) -> None:
    statuses = (401, 403, 404, 410, 500)
    blatt.answers |= {str(status): refuse(status) for status in statuses}
    blatt.answers["good"] = give(TITLES[0])
    program.configure(configure(beside, *map(blatt.url, blatt.answers)))
    with program.start("run") as running:
        running.until(lambda: blatt.asked.count("500") == 3, "three polls of one that fails")
        running.until(lambda: told(beside) == [TITLES[0]], "the alert of the good one")
        assert running.stop() == 0
    feeds = list_feeds(program)
    for status in statuses:
        feed = feeds[blatt.url(str(status))]
        assert feed["error"] == f"HTTP {status}"
        assert wait_of(feed) <= (7 * DAY if status == 410 else DAY)
    assert blatt.asked.count("410") == 1
    assert wait_of(feeds[blatt.url("410")]) > 6 * DAY


@pytest.mark.fault("C7")
@pytest.mark.parametrize(("status", "spelling"), [(429, "seconds"), (503, "date")])
def test_a_host_that_asks_for_rest_has_it_for_all_its_feeds(
    program: Program, beside: Neighbours, blatt: Publisher, status: int, spelling: str
) -> None:
    until = read_clock() + RESTS_FOR
    wish = format_datetime(until, usegmt=True) if spelling == "date" else "600"
    names = [f"{n}" for n in range(9)]
    blatt.answers |= {name: give(f"{TITLES[0]} {name}") for name in names}
    with publisher() as other:
        other.answers["well"] = give(TITLES[1])
        program.configure(configure(beside, *map(blatt.url, names), other.url("well")))
        with program.start("run") as running:
            running.until(lambda: set(blatt.asked) == set(names), "a poll of each")
            blatt.answers |= dict.fromkeys(names, refuse(status, **{"Retry-After": wish}))
            running.until(lambda: "rests" in states(program), "a feed whose host rests")
            asked, polls = len(blatt.asked), other.asked.count("well")
            running.until(
                lambda: other.asked.count("well") > polls + ROUNDS,
                "polls of the other host",
                progress=lambda: other.asked.count("well"),
            )
            assert len(blatt.asked) == asked
            assert running.stop() == 0
    feeds = list_feeds(program)
    for name in names:
        feed = feeds[blatt.url(name)]
        assert "Retry-After" in feed["due"]
        assert abs(wait_of(feed) - (until - read_clock())) < 2 * MINUTE


def states(program: Program) -> str:
    rows = program.rows("SELECT due_reason FROM feed")
    return "rests" if any(reason == "Retry-After of its host" for (reason,) in rows) else ""


@pytest.mark.fault("C8")
def test_a_server_that_always_says_unchanged_hides_nothing_for_longer_than_a_day(
    victim: Victim, beside: Neighbours, blatt: Publisher, record: Record
) -> None:
    titles = [TITLES[0]]

    def lie(request: Request) -> Response:
        if "If-None-Match" in request.headers:
            return Response(status=304)
        body = write_feed(*titles)
        return Response(body, content_type=FEED_TYPE, headers={"ETag": '"for ever"'})

    blatt.answers["feed"] = lie
    victim.configure(configure(beside, blatt.url("feed"), interval="1h"))
    with victim.live("--speed", "2400", shown=NOON) as running:
        running.until(lambda: told(beside) == [TITLES[0]], "the first alert")
        titles.append(TITLES[1])
        running.until(lambda: len(told(beside)) == 2, "an alert of what the server hides")
        assert running.stop() == 0
    ((first, second),) = victim.rows("SELECT min(first_seen_at), max(first_seen_at) FROM article")
    hidden = timedelta(microseconds=second - first)
    record(polls=len(blatt.asked), hours=round(hidden / HOUR))
    assert hidden <= DAY + HOUR
    assert len(blatt.asked) > 15


@pytest.fixture
def victim(program: Program) -> Victim:
    return Victim(program.folder)


@pytest.mark.fault("C11")
def test_without_a_network_all_wait_and_come_back_one_after_the_other(
    victim: Victim, beside: Neighbours, record: Record
) -> None:
    ports = [find_free_port() for _ in range(3)]
    urls = [f"http://127.0.0.1:{ports[n % 3]}/{n}" for n in range(UNREACHED)]
    victim.configure(configure(beside, *urls))
    with ExitStack() as opened, victim.live("--speed", "20", shown=NOON) as running:
        running.until(lambda: count(victim, "due_reason = 'no network'") == UNREACHED, "no network")
        assert count(victim, "failures > 0") == 0
        ((first, last),) = victim.rows("SELECT min(next_poll_at), max(next_poll_at) FROM feed")
        spread = timedelta(microseconds=last - first)
        for port in ports:
            back = opened.enter_context(publisher(port))
            back.answers |= {str(n): give(f"{TITLES[0]} {n}") for n in range(UNREACHED)}
        running.until(lambda: count(victim, "last_ok_at") == UNREACHED, "an answer of each")
        assert running.stop() == 0
    ((first, last),) = victim.rows("SELECT min(last_ok_at), max(last_ok_at) FROM feed")
    record(feeds=UNREACHED, seconds=round(spread.total_seconds()))
    assert spread >= MINUTE / 2
    assert running.log.count("no network: ") == 1
    assert running.log.count("the network is back") == 1
    assert "poll failed" not in running.log


def count(program: Program, condition: str) -> int:
    ((number,),) = program.rows(f"SELECT count(*) FROM feed WHERE {condition}") or ((0,),)  # noqa: S608
    return int(number)
