"""What Apprise knows of an address: its markup, its lengths, whether it is one at all."""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode
from apprise.manager_plugins import NotificationManager
from apprise.plugins.base import NotifyBase
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.jira import NotifyJira
from apprise.plugins.ntfy import NotifyNtfy
from apprise.plugins.opsgenie import NotifyOpsgenie

from monitor.adapters.notify import local
from monitor.adapters.notify.letter import Address
from monitor.core.model import Link, Markup
from monitor.errors import ConfigError

# Apprise logs addresses with their tokens at DEBUG and hostile texts at WARNING. All we need to
# know of a failure is in the receipt.
logging.getLogger("apprise").disabled = True

local.register()

UNSTATED_LIMIT = 500_000
"""Characters for kinds that state no length of their own, such as mail and webhooks."""

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 20.0
"""Seconds. Apprise's own 4 s give up on receivers that do take the message."""

BUTTONS = 3
"""So many action buttons a message has in ntfy; with more it refuses the message."""

# Their servers render Markdown in what Apprise calls text, and the title is part of the text.
_RENDERS_MARKDOWN = frozenset({"discord", "guilded", "mmosts", "revolt", "ryver", "zulip"})

# Slack shows the backslashes that Markdown escapes with, so that "*" would arrive as "\\*".
_KNOWS_NO_ESCAPES = frozenset({"slack"})


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """How to write for a channel. `body_format` None means: pass the body on as it is.

    `buttons` is how many links a message can have as buttons, outside its text.
    `measure` counts a written title and body as the service will.
    """

    address: str = field(repr=False)
    markup: Markup
    body_format: str | None
    title_in_body: bool
    title_limit: int
    body_limit: int
    measure: Callable[[str, str], int]
    buttons: int = 0


def inspect_channel(where: Address) -> ChannelKind:
    """Ask Apprise about an address; raise `ConfigError` if it takes no such address."""
    address = _resolve(where.url, where.root)
    plugin = open_plugin(address)
    schemas = _schemas(plugin)
    converted = not _RENDERS_MARKDOWN.isdisjoint(schemas)
    chosen = NotifyFormat.MARKDOWN if converted else plugin.resolve_format(None)
    if not _KNOWS_NO_ESCAPES.isdisjoint(schemas):
        chosen = NotifyFormat.TEXT
    stated = plugin.body_maxlen != NotifyBase.body_maxlen
    is_ntfy = isinstance(plugin, NotifyNtfy)
    # Where the address has buttons of the operator's own, those stay.
    free = is_ntfy and "actions" not in parse_qs(urlsplit(address).query)
    return ChannelKind(
        address=address,
        markup=Markup(chosen.value),
        body_format=None if converted else chosen.value,
        title_in_body=converted or plugin.title_maxlen <= 0,
        title_limit=plugin.title_maxlen,
        body_limit=plugin.body_maxlen if stated else UNSTATED_LIMIT,
        measure=_measure_json
        if is_ntfy
        else lambda _, body: len(body if converted else plugin.dialect_convert(body, chosen)),
        buttons=BUTTONS if free else 0,
    )


def add_buttons(address: str, links: Iterable[Link]) -> str:
    """The address for one message with these links as buttons of ntfy.

    Its form is JSON (docs.ntfy.sh/publish/#action-buttons), in ASCII: ntfy refuses other letters in
    this header (its issue 737). Apprise decodes the value twice. A button opens the link ("view"):
    one that posts it at once ("http") cannot log in where a proxy asks for that, is refused by
    browsers (CORS), and on iOS shows nothing of what became of it (its issue 1728).
    """
    actions = [{"action": "view", "label": link.text, "url": link.url} for link in links]
    value = quote(quote(json.dumps(actions), safe=""), safe="")
    return f"{address}{'&' if '?' in address else '?'}actions={value}"


def _measure_json(title: str, body: str) -> int:
    """Beyond 8,000 characters of JSON Apprise makes an attachment of what ntfy would show."""
    return len(json.dumps(title)) + len(json.dumps(body))


def open_plugin(address: str) -> Any:
    """Make the plugin for an address, with our timeouts, without retries or redirects of its own.

    Raise `ConfigError` without showing more of the address than its scheme.
    """
    plugin = Apprise.instantiate(address, asset=_asset())
    if plugin is None:
        raise ConfigError(_explain(address))
    plugin.redirects = False
    plugin.retry = 0
    plugin.optional = False
    plugin.overflow_mode = OverflowMode.UPSTREAM
    plugin.socket_connect_timeout = CONNECT_TIMEOUT
    plugin.socket_read_timeout = READ_TIMEOUT
    if isinstance(plugin, NotifyJira | NotifyOpsgenie) and plugin.action == "map":
        # Of a message it would make a note on an alert that is not there, and call it sent.
        plugin.action = "new"
    if isinstance(plugin, NotifyDiscord):
        # It would ask again at once where Discord says that it was asked too often.
        plugin._send = partial(plugin._send, rate_limit=0)  # type: ignore[method-assign]
    return plugin


def hand_over(plugin: Any, title: str, body: str, body_format: str | None) -> bool:
    """Let Apprise send it now, in this thread; True when the receiver took it."""
    apprise = Apprise(asset=_asset())
    apprise.add(plugin)
    return bool(apprise.notify(body=body, title=title, body_format=body_format))


def mask_channel_url(url: str) -> str:
    """All of an address that may be shown: its scheme."""
    scheme, found, _ = url.partition("://")
    return f"{scheme}://…" if found and scheme.replace("+", "").isalnum() else "…"


def _resolve(url: str, root: Path) -> str:
    """Make the path of a `file://` address absolute; leave any other address alone."""
    scheme, _, path = url.partition("://")
    if scheme.lower() != local.FILE:
        return url
    if not path.strip("/"):
        raise ConfigError("a file:// channel names no file; write file://alerts.txt")
    return f"{local.FILE}:///?path={quote(str(root / Path(path).expanduser()), safe='')}"


def _explain(address: str) -> str:
    masked = mask_channel_url(address)
    if masked == "…":
        return "a channel's url is no address; write for example file://alerts.txt"
    if address.partition("://")[0].lower() in NotificationManager():  # type: ignore[no-untyped-call]
        return (
            f"the channel address {masked} lacks a part or has a wrong one; see its page on {_SITE}"
        )
    return f"no channel is called {masked}; besides console:// and file://PATH see {_SITE}"


_SITE = "https://appriseit.com/services/"


def _schemas(plugin: Any) -> set[str]:
    named = (plugin.protocol, plugin.secure_protocol)
    return {s for n in named if n for s in ((n,) if isinstance(n, str) else n)}


def _asset() -> AppriseAsset:
    return AppriseAsset(
        app_id="monitor",
        app_desc="monitor",
        app_url="",
        # Pictures would be fetched from a third party by whoever reads the message.
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        secure_logging=True,
        async_mode=False,
        # The process is killed at the deadline; a timeout of its own would only start a thread.
        service_timeout=0,
        pgp_autogen=False,
        pem_autogen=False,
    )
