"""`feeds`, as a person tries, finds and lists them, against real servers on loopback."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from monitor.app import read_clock
from monitor.cli import app
from monitor.core.model import FeedState, Origin
from monitor.ports import Transaction
from monitor.store import open_store
from tests.builders import HOUR, MINUTE, draft, spec
from tests.cli.verbs import Verbs

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Hafenblatt</title><language>de</language>
<item><title>Kran steht still</title><link>https://hafen.example/1</link><guid>1</guid>
<pubDate>Thu, 26 Nov 2026 08:00:00 GMT</pubDate></item>
<item><title>Schlepper kehrt heim</title><link>https://hafen.example/2</link><guid>2</guid>
<pubDate>Thu, 26 Nov 2026 09:30:00 GMT</pubDate></item>
</channel></rss>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Kaifunk",
        "items": [{"id": 7, "content_text": "Wind aus West"}],
    }
).encode()
PAGE = b"""<!DOCTYPE html><html><head><title>Hafen</title>
<link rel="alternate" type="application/rss+xml" title="Hafenblatt" href="/rss.xml">
<link rel="alternate" type="application/feed+json" title="Kaifunk" href="/kai.json">
<link rel="alternate" type="application/atom+xml" title="Gestrandet" href="/gone.atom">
</head><body>Moin</body></html>"""


@dataclass(frozen=True)
class Desk(Verbs):
    """A folder with a configuration."""

    def refuse(self, *words: str) -> str:
        """What a verb prints that says no, in one line."""
        result = self.run(*words)
        assert result.exit_code == 1, result.output
        return " ".join(result.output.split())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def url_of(server: HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def configure(desk: Desk, server: HTTPServer, *more: int, feeds: str = "") -> None:
    """Let the program ask the server; it has no channel that is told of anything."""
    allow = json.dumps([f"127.0.0.1:{port}" for port in (server.port, *more)])
    text = f"[polling]\nallow = {allow}\n{feeds}"
    (desk.folder / "config.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def harbour(httpserver: HTTPServer, desk: Desk) -> HTTPServer:
    """A server that the configuration allows."""
    configure(desk, httpserver)
    httpserver.expect_request("/rss.xml").respond_with_data(
        RSS, content_type="application/rss+xml", headers={"ETag": '"7"'}
    )
    httpserver.expect_request("/kai.json").respond_with_data(JSON_FEED)
    httpserver.expect_request("/page").respond_with_data(PAGE, content_type="text/html")
    return httpserver


# --- feeds test ---


def test_a_feed_is_described(desk: Desk, harbour: HTTPServer) -> None:
    harbour.expect_request("/old").respond_with_data(status=301, headers={"Location": "/rss.xml"})
    told = desk.do("feeds", "test", url_of(harbour, "/old"))
    for line in (
        f"{url_of(harbour, '/old')}: a feed",
        f"redirect  301 to {url_of(harbour, '/rss.xml')}",
        "title     Hafenblatt (de)",
        "entries   2, the newest of 2026-11-26",
        "validated by ETag",
        "Schlepper kehrt heim",
    ):
        assert line in told
    asked = desk.ask("feeds", "test", url_of(harbour, "/old"))
    assert (asked["ok"], asked["status"], asked["error"]) == (True, 200, None)
    assert asked["answer"]["etag"] == '"7"'
    assert [entry["guid"] for entry in asked["feed"]["entries"]] == ["1", "2"]


def test_a_web_page_is_called_one_and_its_feeds_are_named(desk: Desk, harbour: HTTPServer) -> None:
    told = desk.refuse("feeds", "test", url_of(harbour, "/page"))
    assert f"{url_of(harbour, '/page')}: a web page, not a feed" in told
    assert f"Hafenblatt {url_of(harbour, '/rss.xml')}" in told
    assert f"Kaifunk {url_of(harbour, '/kai.json')}" in told


def test_a_login_that_is_wanted_is_said_with_its_keys(desk: Desk, harbour: HTTPServer) -> None:
    harbour.expect_request("/club").respond_with_data(status=401)
    told = desk.refuse("feeds", "test", url_of(harbour, "/club"))
    assert f"{url_of(harbour, '/club')}: HTTP 401 remedy it wants a login: write username" in told
    assert "at its [[feeds]]" in told
    done = desk.run("feeds", "test", url_of(harbour, "/club"), "--json")
    assert json.loads(done.stdout)["status"] == 401


@pytest.mark.fault("C4")
def test_a_redirect_to_the_metadata_service_is_refused_and_named(
    desk: Desk, harbour: HTTPServer
) -> None:
    there = "http://169.254.169.254/latest/meta-data/"
    harbour.expect_request("/trap").respond_with_data(status=302, headers={"Location": there})
    told = desk.refuse("feeds", "test", url_of(harbour, "/trap"))
    assert f"169.254.169.254 is not a public address (redirect 1, to {there})" in told
    assert f"redirect 302 to {there}" in told


@contextmanager
def endless_server() -> Iterator[int]:
    """Answers with a body that never ends; give its port."""

    def pour(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss>")
            while True:
                client.sendall(b"<item><title>Welle</title></item>" * 1000)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=pour, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.fault("C1", "C2")
def test_a_feed_without_end_is_cut_off_at_a_limit_that_is_named(
    desk: Desk, httpserver: HTTPServer
) -> None:
    with endless_server() as port:
        configure(desk, httpserver, port)
        told = desk.refuse("feeds", "test", f"http://127.0.0.1:{port}/f")
    assert "more than 10,000,000 bytes" in told
    assert "a feed of this size is not read" in told


# --- feeds discover ---


def test_the_feeds_of_a_page_are_read(desk: Desk, harbour: HTTPServer) -> None:
    found = desk.ask("feeds", "discover", url_of(harbour, "/page"))
    assert [(feed["title"], feed["entries"], feed["error"]) for feed in found] == [
        ("Hafenblatt", 2, None),
        ("Kaifunk", 1, None),
        ("Gestrandet", 0, "HTTP 500"),
    ]
    assert "Hafenblatt" in desk.do("feeds", "discover", url_of(harbour, "/page"))


def test_a_feed_is_its_own_finding(desk: Desk, harbour: HTTPServer) -> None:
    [found] = desk.ask("feeds", "discover", url_of(harbour, "/rss.xml"))
    assert (found["title"], found["url"]) == ("Hafenblatt", url_of(harbour, "/rss.xml"))


def test_a_feed_added_by_command_has_an_interval_and_its_pages_may_be_left_alone(
    desk: Desk, httpserver: HTTPServer
) -> None:
    configure(desk, httpserver)
    words = "--interval", "2h", "--no-full-text"
    added: Any = desk.ask("feeds", "add", "https://reede.example/rss", *words)
    assert (added["interval"], added["full_text"]) == (7200, False)
    for refused, says in (("2 h", "is no duration"), ("0s", "must be longer than 0 s")):
        done = desk.run("feeds", "add", "https://kai.example/rss", "--interval", refused)
        assert done.exit_code == 2
        assert says in " ".join(done.stderr.split())


# --- lists of feeds ---


def test_a_list_is_taken_over_and_nothing_of_it_is_lost(
    desk: Desk, tmp_path: Path, httpserver: HTTPServer
) -> None:
    configure(desk, httpserver, feeds='[[feeds]]\nurl = "https://kai.example/rss"\n')
    desk.do("feeds", "add", "https://reede.example/rss", "--name", "Reede", "--tag", "See")
    file = tmp_path / "list.opml"
    file.write_text(
        '<opml version="2.0"><body><outline text="Küste">'
        '<outline text="Kai" xmlUrl="https://kai.example/rss"/>'
        '<outline text="Rhede" xmlUrl="https://reede.example/rss"/>'
        '<outline text="Mole" xmlUrl="https://mole.example/rss"/>'
        '<outline text="Alt" xmlUrl="gopher://alt.example/"/>'
        '<outline text="Klub" xmlUrl="https://leser:kanarienvogel@klub.example/rss"/>'
        "</outline></body></opml>",
        encoding="utf-8",
    )
    done: Any = desk.ask("feeds", "import", file)
    assert [feed["url"] for feed in done["new"]] == ["https://mole.example/rss"]
    assert len(done["known"]) == 2
    assert {feed["name"]: feed["reason"].split(";")[0] for feed in done["unusable"]} == {
        "Alt": "'gopher://alt.example/' is no http(s) address",
        "Klub": "a feed's address cannot hold a password: it is stored and shown",
    }
    told = desk.do("feeds", "import", file)
    assert "0 new, 3 known already, 2 not taken." in told
    assert "kanarienvogel" not in told + json.dumps(done)
    feeds = {feed["name"]: feed["tags"] for feed in desk.ask("feeds", "list")}
    assert feeds == {"kai.example": [], "Reede": ["See", "Küste"], "Mole": ["Küste"]}


def test_what_is_exported_is_imported_the_same(desk: Desk, httpserver: HTTPServer) -> None:
    configure(desk, httpserver)
    for name, tags in (("Kai", ("Küste", "a,b/c")), ("Mole", ("Küste",)), ("Reede", ())):
        words = [word for tag in tags for word in ("--tag", tag)]
        desk.do("feeds", "add", f"https://{name.lower()}.example/", "--name", name, *words)
    before = desk.ask("feeds", "list")
    desk.do("feeds", "export", desk.folder / "all.opml")
    for feed in before:
        desk.do("feeds", "remove", feed["url"])
    desk.do("feeds", "import", desk.folder / "all.opml")
    again = desk.ask("feeds", "list")
    kept = ("name", "url", "tags", "origin")
    assert [[feed[key] for key in kept] for feed in again] == [
        [feed[key] for key in kept] for feed in before
    ]


# --- feeds add ---


@pytest.mark.fault("F1")
@pytest.mark.parametrize("verb", ["add", "test", "discover"])
def test_an_address_with_a_password_is_refused_without_repeating_it(
    desk: Desk, httpserver: HTTPServer, verb: str
) -> None:
    configure(desk, httpserver)
    result = desk.run("feeds", verb, "https://leser:kanarienvogel@kai.example/rss")
    assert result.exit_code == 2
    assert "cannot hold a password" in " ".join(result.output.split())
    assert "kanarienvogel" not in result.output


# --- feeds list ---


async def seed(desk: Desk, minutes: tuple[int, ...]) -> None:
    """A feed whose articles were seen so long after their publication."""
    now = read_clock()
    store = open_store(desk.folder / "monitor.sqlite", now=now)

    def job(tx: Transaction) -> None:
        feed = tx.feeds.add(spec("Kai", Origin.COMMAND), now)
        opened = now - 9 * HOUR
        state = FeedState(next_poll_at=now, last_polled_at=opened, baseline_at=opened)
        tx.feeds.settle([(feed, state)])
        seen = [draft(feed.id, str(n), seen_at=now - HOUR) for n in range(len(minutes))]
        delays = zip(seen, minutes, strict=True)
        tx.articles.add(
            [replace(one, published_given_at=one.first_seen_at - n * MINUTE) for one, n in delays]
        )

    await store.write(job)
    await store.close()


def test_the_list_says_how_long_news_took(desk: Desk, httpserver: HTTPServer) -> None:
    configure(desk, httpserver)
    asyncio.run(seed(desk, (8, 21, 4)))
    [feed] = desk.ask("feeds", "list")
    assert feed["seen"] == {"count": 3, "p50": 8 * 60, "p95": 21 * 60}
    assert feed["told"] is None
    assert "8m / 21m" in desk.do("feeds", "list")


@pytest.mark.parametrize(
    ("typed", "offered"), [("", True), ("https://kai", True), ("https://mole", False)]
)
def test_the_shell_completes_addresses(
    desk: Desk, httpserver: HTTPServer, typed: str, offered: bool
) -> None:
    configure(desk, httpserver)
    desk.do("feeds", "add", "https://kai.example/rss")
    words = f"monitor --config {desk.folder / 'config.toml'} feeds remove {typed}"
    environ = {"_MONITOR_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": words}
    told = CliRunner().invoke(app, [], env=environ, prog_name="monitor").output
    assert ("kai.example" in told) is offered
