import html
import re
from pathlib import Path

import pytest

from monitor.adapters.format import MessageFormatter
from monitor.adapters.notify import check_addresses
from monitor.adapters.notify.letter import Address, Letter
from monitor.adapters.notify.plugins import inspect_channel, mask_channel_url, open_plugin
from monitor.adapters.notify.writing import write_letter
from monitor.core.model import Envelope, Link, Links, Markup, Message, Outcome, Paragraph
from tests.adapters.notify.conftest import OpenChannel

SECRET = "canary0secret0token"
TELEGRAM = "tgram://123456789:abcdefg_hijklmnop/12315544"
DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"
NTFY = "ntfy://127.0.0.1/topic"
MATTERMOST = "mmost://127.0.0.1/3ccdd113474722377935511fc85d3dd4"
MAIL = "mailto://127.0.0.1?from=a@example.org&to=b@example.org"
JSON = "json://127.0.0.1/"
ALL = [TELEGRAM, DISCORD, SLACK, NTFY, MATTERMOST, MAIL, JSON, "console://", "file://a.txt"]

HUGE = Message(
    "T" * 300,
    (
        Link("Read it", "https://news.example.org/first"),
        Paragraph("word & <tag> *star* " * 20),
        Links(tuple(Link(f"More {n}", f"https://news.example.org/{n}") for n in range(1000))),
    ),
)


def write(url: str, message: Message) -> Letter:
    envelope = Envelope(message, "key", "reference")
    return write_letter(Address(url, Path("/root")), MessageFormatter(), envelope)


def as_sent(url: str, message: Message) -> tuple[str, str]:
    """Title and body after the plugin's own conversion to its dialect."""
    letter = write(url, message)
    plugin = open_plugin(inspect_channel(Address(url, Path("/root"))).address)
    if letter.body_format is None:
        return letter.title, letter.body
    return letter.title, plugin.dialect_convert(letter.body, plugin.resolve_format(None))


@pytest.mark.parametrize(
    ("url", "markup", "title_in_body"),
    [
        (TELEGRAM, Markup.HTML, True),
        (DISCORD, Markup.MARKDOWN, True),
        (SLACK, Markup.TEXT, False),
        (NTFY, Markup.TEXT, False),
        (MATTERMOST, Markup.MARKDOWN, True),
        (MAIL, Markup.HTML, False),
        (MAIL + "&format=text", Markup.TEXT, False),
        (JSON, Markup.TEXT, False),
        ("console://", Markup.TEXT, False),
        ("FILE://a.txt", Markup.TEXT, False),
    ],
)
def test_each_kind_is_written_in_its_markup(url: str, markup: Markup, title_in_body: bool) -> None:
    kind = inspect_channel(Address(url, Path("/root")))
    assert (kind.markup, kind.title_in_body) == (markup, title_in_body)


@pytest.mark.fault("E8")
@pytest.mark.parametrize(
    ("url", "title_limit", "body_limit"),
    [(TELEGRAM, 0, 4096), (DISCORD, 0, 2000), (NTFY, 200, 7800), (SLACK, 250, 35_000)],
)
def test_a_message_is_cut_to_one_that_fits_and_keeps_its_link(
    url: str, title_limit: int, body_limit: int
) -> None:
    title, body = as_sent(url, HUGE)
    assert len(title) <= title_limit
    assert body_limit * 0.9 < len(body) <= body_limit
    assert "https://news.example.org/first" in body
    assert "… cut to what the channel holds." in body
    assert body.count("<a href") == body.count("</a>")


@pytest.mark.parametrize("url", [MAIL, JSON, "console://", "file://a.txt"])
def test_kinds_without_a_limit_get_the_whole(url: str) -> None:
    assert "https://news.example.org/999" in write(url, HUGE).body


HOSTILE = "*b* _i_ `c` [x](http://evil.example) <b>&amp; <@1> <!here> @everyone {{7*7}} ~~s~~"


@pytest.mark.fault("E7")
@pytest.mark.parametrize("url", ALL)
def test_a_hostile_title_and_text_ping_nobody_and_link_nothing(url: str) -> None:
    title, body = as_sent(url, Message(HOSTILE, (Paragraph(HOSTILE),)))
    for text in (title, body.split("</style>")[-1]):
        assert not re.search(r"@(everyone|here|\d)|<[!@]\w", text)
        assert "http://evil" not in text


@pytest.mark.fault("E7")
def test_telegram_shows_it_literally() -> None:
    _, body = as_sent(TELEGRAM, Message(HOSTILE, (Paragraph(HOSTILE),)))
    shown = html.unescape(re.sub(r"</?b>", "", body)).replace("\u200b", "")
    assert shown.split("\r\n" if "\r\n" in shown else "\n") == [HOSTILE, HOSTILE]


@pytest.mark.fault("E7")
def test_discord_escapes_title_and_text_alike() -> None:
    _, body = as_sent(DISCORD, Message("*b* [x](y)", (Paragraph("*b* [x](y)"),)))
    assert body == "**\\*b\\* \\[x\\](y)**\n\n\\*b\\* \\[x\\](y)"


def test_the_address_never_shows_in_a_representation() -> None:
    url = f"json://user:{SECRET}@127.0.0.1/{SECRET}"
    letter = write(url, HUGE)
    assert SECRET not in repr(letter) + repr(inspect_channel(Address(url, Path())))


@pytest.mark.parametrize("url", ALL)
def test_good_addresses_pass(url: str) -> None:
    assert check_addresses({"a": url}) == {}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (f"bogus://{SECRET}", "no channel is called bogus://…; besides console:// and file://PATH"),
        (f"discord://{SECRET}", "the channel address discord://… lacks a part"),
        (f"mailto://{SECRET}", "the channel address mailto://… lacks a part"),
        (SECRET, "a channel's url is no address; write for example file://alerts.txt"),
        (f"a b {SECRET}://x", "a channel's url is no address"),
        ("", "a channel's url is no address"),
        ("file://", "a file:// channel names no file; write file://alerts.txt"),
    ],
)
def test_bad_addresses_say_what_to_do_and_no_secret(
    url: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    complaints = check_addresses({"good": "console://", "bad": url})
    assert list(complaints) == ["bad"]
    assert complaints["bad"].startswith(says)
    assert SECRET not in complaints["bad"] + caplog.text


async def test_an_address_that_is_none_loses_no_message(
    open_channel: OpenChannel, envelope: Envelope
) -> None:
    """The daemon checks addresses beside its start; a message may be due before that has ended."""
    receipt = await open_channel(f"bogus://{SECRET}").send(envelope)
    assert receipt.outcome is Outcome.TEMPORARY
    assert receipt.detail.startswith("no channel is called bogus://…")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"mailtos://u:{SECRET}@h", "mailtos://…"),
        (SECRET, "…"),
        (f"{SECRET} ://x", "…"),
        ("://x", "…"),
    ],
)
def test_a_mask_shows_the_scheme_at_most(url: str, shown: str) -> None:
    assert mask_channel_url(url) == shown


@pytest.mark.parametrize(
    ("url", "action"),
    [
        ("opsgenie://12345678-1234-1234-1234-123456789abc", "new"),
        ("jira://12345678-1234-1234-1234-123456789abc", "new"),
        ("opsgenie://12345678-1234-1234-1234-123456789abc?action=acknowledge", "acknowledge"),
        ("splunk://desk@12345678-1234-1234-1234-123456789abc", "map"),
    ],
)
def test_an_incident_desk_opens_an_incident_and_does_not_take_notes(url: str, action: str) -> None:
    """As Apprise has it, Opsgenie and Jira are sent nothing, and the message is called sent."""
    assert open_plugin(url).action == action
