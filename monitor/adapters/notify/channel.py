"""The Channel port: an envelope becomes a letter of the channel's markup and length, and leaves."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from monitor.adapters.notify.plugins import add_buttons, inspect_channel
from monitor.adapters.notify.sender import Letter, send_letter
from monitor.core.model import Actions, Envelope, Link, Markup, Message, Outcome, Receipt
from monitor.core.render import mark_repeated
from monitor.core.shorten import shorten
from monitor.core.words import cut
from monitor.errors import WorkerDied, WorkerTimeout

T = TypeVar("T")

DEADLINE = timedelta(seconds=30)
_TITLE_TAG = re.compile(r"<title>.*?</title>", re.DOTALL)


class Sender(Protocol):
    """Runs a function in a killable process (`adapters.worker.FreshWorker`)."""

    async def call(self, function: Callable[..., T], *args: object, deadline: timedelta) -> T:
        """Raise `WorkerTimeout` or `WorkerDied`."""
        ...


class Writer(Protocol):
    """The Formatter port, and titles for channels that put them into the body."""

    def format(self, message: Message, markup: Markup) -> str: ...

    def title(self, message: Message, markup: Markup) -> str: ...


class AppriseChannel:
    """One named Apprise address.

    `root` is where a relative `file://` path starts. The address is a secret: it goes to the
    sender process over a pipe and appears in no receipt, log or representation. Raise
    `ConfigError` for an address that Apprise does not take.
    """

    def __init__(
        self,
        name: str,
        url: str,
        worker: Sender,
        formatter: Writer,
        root: Path,
        *,
        deadline: timedelta = DEADLINE,
    ) -> None:
        self.name = name
        self._kind = inspect_channel(url, root)
        self._worker = worker
        self._formatter = formatter
        self._deadline = deadline

    async def send(self, envelope: Envelope) -> Receipt:
        """Hand it over once; what the receiver did is the receipt's outcome."""
        letter = self._write(envelope)
        try:
            return await self._worker.call(send_letter, letter, deadline=self._deadline)
        except WorkerTimeout:
            seconds = self._deadline.total_seconds()
            return Receipt(Outcome.AMBIGUOUS, f"no answer within {seconds:g} s")
        except WorkerDied:
            return Receipt(Outcome.AMBIGUOUS, "the sender process ended without an answer")

    def _write(self, envelope: Envelope) -> Letter:
        message = envelope.message
        if envelope.possibly_repeated:
            message = mark_repeated(message)
        message, buttons = self._take_buttons(message)
        message = shorten(message, self._measure, self._kind.body_limit)
        address = self._kind.address
        return Letter(
            address=add_buttons(address, buttons) if buttons else address,
            title="" if self._kind.title_in_body else self._title(message),
            body=self._body(message),
            body_format=self._kind.body_format,
            text=self._formatter.format(message, Markup.TEXT),
            key=envelope.key,
            reference=envelope.reference,
        )

    def _take_buttons(self, message: Message) -> tuple[Message, tuple[Link, ...]]:
        """Move out of the text what the service shows as buttons, if it can show it all."""
        actions = [block for block in message.blocks if isinstance(block, Actions)]
        links = tuple(link for block in actions for link in block.items)
        if not links or len(links) > self._kind.buttons:
            return message, ()
        rest = tuple(block for block in message.blocks if not isinstance(block, Actions))
        return replace(message, blocks=rest), links

    def _title(self, message: Message) -> str:
        return cut(self._formatter.title(message, Markup.TEXT), self._kind.title_limit)

    def _body(self, message: Message) -> str:
        markup = self._kind.markup
        body = self._formatter.format(message, markup)
        if not self._kind.title_in_body:
            return body
        if markup is Markup.HTML:
            # Chat services would show the document's title besides the heading in its body.
            return _TITLE_TAG.sub("", body)
        title = self._formatter.title(message, markup)
        return f"**{title}**\n\n{body}" if markup is Markup.MARKDOWN else f"{title}\n\n{body}"

    def _measure(self, message: Message) -> int:
        title = "" if self._kind.title_in_body else self._title(message)
        return self._kind.measure(title, self._body(message))
