"""E3, E4, E6, E7, E8 in the wire form of Slack, Discord, Telegram and ntfy: the bytes that arrive.

Their addresses are fixed in Apprise; here they point to a loopback receiver, and the letter is sent
in this process instead of a child.
"""

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram
from pytest_httpserver import HTTPServer

from monitor.adapters.format import MessageFormatter
from monitor.adapters.notify.channel import send_envelope
from monitor.adapters.notify.letter import Address
from monitor.core.model import (
    Actions,
    Envelope,
    Link,
    Links,
    Message,
    Outcome,
    Paragraph,
    Receipt,
)

ZERO = "\u200b"
NEWS = "https://kreisbote.example/a?b=1&c=2"


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@dataclass(frozen=True)
class Service:
    """A chat service on loopback: how it is addressed, and where its JSON holds the text."""

    address: str
    read: Callable[[dict[str, Any]], str]


def read_slack(sent: dict[str, Any]) -> str:
    (attachment,) = sent["attachments"]
    return f"{attachment.get('title', '')}\n{attachment['text']}"


SERVICES = {
    "slack": Service("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", read_slack),
    "discord": Service(
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", lambda sent: str(sent["content"])
    ),
    "telegram": Service(
        "tgram://123456789:abcdefg_hijklmnop/12315544", lambda sent: str(sent["text"])
    ),
    "ntfy": Service(
        "ntfy://127.0.0.1:{port}/topic", lambda sent: f"{sent['title']}\n{sent['message']}"
    ),
}


@pytest.fixture
def wire(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """A receiver that every service leads to and that takes everything."""
    url = httpserver.url_for("/").rstrip("/")
    monkeypatch.setattr(NotifyDiscord, "notify_url", url)
    monkeypatch.setattr(NotifyTelegram, "notify_url", f"{url}/bot")
    monkeypatch.setattr(NotifySlack, "webhook_url", url)
    answer(httpserver, 200)
    return httpserver


def answer(server: HTTPServer, status: int, body: str = "ok", **headers: str) -> None:
    """Answer everything alike; "ok" is what Slack's hooks say."""
    server.clear()
    server.expect_request(re.compile(".*")).respond_with_data(
        body, status, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def send(server: HTTPServer, service: str, message: Message, options: str = "") -> Receipt:
    address = SERVICES[service].address.format(port=server.port) + options
    envelope = Envelope(message, "key", "reference")
    return send_envelope(Address(address, Path("/nowhere")), MessageFormatter(), envelope)


def arrived(server: HTTPServer, service: str) -> str:
    """The text as the service gets it; one request carried it."""
    ((request, _),) = server.log
    return SERVICES[service].read(json.loads(request.get_data()))


# --- E7: hostile titles and texts -----------------------------------------------------------------

HOSTILE = {
    "mentions": "@everyone @here @room @reader <!channel> <!here> <@U123> <@&5> <#C1>",
    "links": "[x](https://evil.example) <https://evil.example|click> www.evil.example evil.example",
    "markup": "*b* _i_ ~s~ ~~s~~ `c` ||spoiler|| # head > quote <b>b</b> <a href='https://e.example'>",
    "templates": "{{7*7}} {0} %s ${HOME} {message.__class__} &amp; &lt; \\n",
    "lines": "one\r\nBcc: evil@evil.example\u2028two\x00\u202e",
}

ACTIVE = re.compile(
    r"@(everyone|here|room|reader|evil)|<[!@#&](?!\u200b)|https?://(?!kreisbote\.example)|(?<![\w@])www\.|"
    r"evil\.example|[\r\x00\u202e\u2028]"
)
"""What would ping somebody, or be a link although no block links it."""

SHOWN: dict[str, Callable[[str], str]] = {
    "slack": html.unescape,
    "discord": lambda text: re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text),
    "telegram": lambda text: html.unescape(re.sub(r"</?b>", "", text)),
    "ntfy": lambda text: text,
}
"""What a reader sees of a text: each service's own escapes undone."""


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_title_pings_nobody_and_links_nothing(
    wire: HTTPServer, service: str, what: str
) -> None:
    hostile = HOSTILE[what]
    message = Message(hostile, (Link(hostile, NEWS), Paragraph(hostile)))
    assert send(wire, service, message).outcome is Outcome.DELIVERED
    text = arrived(wire, service).replace("\r\n", "\n")
    assert not ACTIVE.search(text)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("what", HOSTILE)
def test_the_reader_sees_it_as_it_was_written(wire: HTTPServer, service: str, what: str) -> None:
    hostile = HOSTILE[what]
    send(wire, service, Message("Titel", (Paragraph("Zeile"), Paragraph(hostile))))
    seen = SHOWN[service](arrived(wire, service)).replace(ZERO, "")
    plain = " ".join(re.sub("[\x00\u202e]", "", hostile).split())
    assert seen.rstrip().endswith(plain)


@pytest.mark.parametrize("service", SERVICES)
def test_the_link_is_whole_and_the_only_one(wire: HTTPServer, service: str) -> None:
    message = Message("Titel", (Link("Beim Kreisboten <lesen>", NEWS), Link("nackt", "ftp://x/y")))
    send(wire, service, message)
    text = html.unescape(arrived(wire, service))
    assert re.findall(r"\w+://[^\s\")]+", text) == [NEWS]


# --- what a reader may do -------------------------------------------------------------------------

VOTES = tuple(
    Link(
        text,
        f"https://monitor.example.org/vote/71.{word}.1786251600.ai-overbuild.{word}0?a=%41&b=+",
    )
    for text, word in (("Relevant, für „mich“; 100 %", "yes"), ("Nicht relevant", "no"))
)


def buttons(server: HTTPServer) -> list[tuple[str, str, str]]:
    """The action buttons that ntfy is asked for."""
    ((request, _),) = server.log
    found = json.loads(request.headers.get("X-Actions", "[]"))
    return [(one["action"], one["label"], one["url"]) for one in found]


@pytest.mark.parametrize("options", ["", "?priority=high"])
def test_ntfy_shows_as_buttons_what_others_write_out(wire: HTTPServer, options: str) -> None:
    message = Message("Titel", (Link("Beim Kreisboten lesen", NEWS), Actions(VOTES)))
    assert send(wire, "ntfy", message, options).outcome is Outcome.DELIVERED
    assert buttons(wire) == [("view", link.text, link.url) for link in VOTES]
    assert arrived(wire, "ntfy") == f"Titel\nBeim Kreisboten lesen\n{NEWS}"


@pytest.mark.parametrize("service", ["slack", "discord", "telegram"])
def test_a_service_without_buttons_shows_links(wire: HTTPServer, service: str) -> None:
    send(wire, service, Message("Titel", (Actions(VOTES),)))
    text = html.unescape(arrived(wire, service))
    assert re.findall(r"https://[^\s\")]+", text) == [link.url for link in VOTES]


def test_more_than_ntfy_has_buttons_for_is_written_out(wire: HTTPServer) -> None:
    send(wire, "ntfy", Message("Titel", (Actions(VOTES), Actions(VOTES))))
    assert buttons(wire) == []
    assert arrived(wire, "ntfy").count("https://monitor.example.org/vote/") == 4


def test_buttons_of_the_operators_own_stay(wire: HTTPServer) -> None:
    own = "?actions=view,%20Chronik,%20https://blatt.example/"
    send(wire, "ntfy", Message("Titel", (Actions(VOTES),)), own)
    ((request, _),) = wire.log
    assert request.headers["X-Actions"] == "view, Chronik, https://blatt.example/"
    assert arrived(wire, "ntfy").count("https://monitor.example.org/vote/") == 2


# --- E8: lengths ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "least", "most"),
    [
        ("slack", 34_000, 35_251),
        ("discord", 1800, 2000),
        ("telegram", 3700, 4096),
        ("ntfy", 7000, 7800),
    ],
)
def test_a_long_message_is_one_request_cut_between_two_links(
    wire: HTTPServer, service: str, least: int, most: int
) -> None:
    links = tuple(Link(f"Meldung <{n}> & mehr", f"{NEWS}&n={n}") for n in range(2000))
    send(wire, service, Message("T" * 300, (Links(links),)))
    text = arrived(wire, service)
    assert least < len(text) <= most
    assert "… cut to what the channel holds." in text
    whole = html.unescape(text).replace("\\", "")
    assert whole.count("Meldung <") == whole.count(f"{NEWS}&n=")


# --- E3, E4, E6: what the service answers ---------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("status", "body", "headers", "receipt"),
    [
        (429, "", {"Retry_After": "90"}, Receipt(Outcome.TEMPORARY, "HTTP 429", seconds(90))),
        (429, "", {"Retry_After": "0.5"}, Receipt(Outcome.TEMPORARY, "HTTP 429", seconds(0.5))),
        (
            429,
            '{"ok": false, "parameters": {"retry_after": 35}}',
            {},
            Receipt(Outcome.TEMPORARY, "HTTP 429", seconds(35)),
        ),
        (400, "", {}, Receipt(Outcome.PERMANENT, "HTTP 400")),
        (401, "", {}, Receipt(Outcome.PERMANENT, "HTTP 401")),
        (404, "", {}, Receipt(Outcome.PERMANENT, "HTTP 404")),
        (500, "", {}, Receipt(Outcome.TEMPORARY, "HTTP 500")),
        (307, "", {"Location": "/canary"}, Receipt(Outcome.PERMANENT, "HTTP 307")),
    ],
)
def test_an_answer_becomes_a_receipt_after_one_request(
    wire: HTTPServer,
    service: str,
    status: int,
    body: str,
    headers: dict[str, str],
    receipt: Receipt,
) -> None:
    answer(wire, status, body, **headers)
    assert send(wire, service, Message("Titel", (Paragraph("Text"),))) == receipt
    assert len(wire.log) == 1
