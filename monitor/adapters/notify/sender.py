"""What runs in the sender process: one letter, one receipt."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from apprise.plugins.email import base as mail

from monitor.adapters.notify.letter import Letter
from monitor.adapters.notify.plugins import hand_over, open_plugin
from monitor.adapters.notify.receipts import Unsent, judge, note, take_notes
from monitor.core.model import Receipt


def send_letter(letter: Letter) -> Receipt:
    """Send it once; never raises for what a plugin or a receiver does."""
    with take_notes() as notes, _mail_alternative(letter.text):
        try:
            plugin = open_plugin(letter.address)
            _mark(plugin, letter)
            accepted = hand_over(plugin, letter.title, letter.body, letter.body_format)
        # A plugin may raise anything, and its text may hold the address: only the type is told.
        except Exception as error:  # noqa: BLE001
            note(Unsent(f"the sender failed ({type(error).__name__})"))
            accepted = False
    return judge(accepted, notes)


def _mark(plugin: Any, letter: Letter) -> None:
    """Add the key, so that a receiver can drop a repeat, and join a story's messages in a thread.

    Mail and Google Chat take a thread's name from us; other services give it when a thread begins.
    """
    # Absent: no such service. Set: the operator wants all in one thread of this address.
    if getattr(plugin, "thread_key", "") is None:
        plugin.thread_key = _header(letter.reference)
    if not isinstance(getattr(plugin, "headers", None), dict):
        return
    key = _header(letter.key)
    if isinstance(plugin, mail.NotifyEmail):
        thread = f"<{_header(letter.reference)}@monitor.invalid>"
        plugin.headers |= {"References": thread, "In-Reply-To": thread, "X-Monitor-Key": key}
    else:
        plugin.headers["Idempotency-Key"] = key


def _header(text: str) -> str:
    """Keep of a key what is an atom in every header (RFC 5322, 3.2.3)."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)[:200]


@contextmanager
def _mail_alternative(text: str) -> Iterator[None]:
    """Make `text` the plain part of an HTML mail.

    Apprise derives that part from the HTML and loses all link targets; its mail module offers no
    other place to give a text.
    """
    convert = mail.convert_between  # type: ignore[attr-defined]
    mail.convert_between = lambda *_, **__: text  # type: ignore[attr-defined]
    try:
        yield
    finally:
        mail.convert_between = convert  # type: ignore[attr-defined]
