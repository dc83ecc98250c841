"""An envelope becomes a letter: in a channel's markup, within its length, with its buttons."""

import re
from dataclasses import dataclass, replace

from monitor.adapters.notify.letter import Address, Letter, Writer
from monitor.adapters.notify.plugins import ChannelKind, add_buttons, inspect_channel
from monitor.core.model import Actions, Envelope, Link, Markup, Message
from monitor.core.render import mark_repeated
from monitor.core.shorten import shorten
from monitor.core.words import cut

_TITLE_TAG = re.compile(r"<title>.*?</title>", re.DOTALL)


def write_letter(address: Address, formatter: Writer, envelope: Envelope) -> Letter:
    """Write it as the address wants it. Raise `ConfigError` for one that Apprise does not take."""
    return _Desk(inspect_channel(address), formatter).write(envelope)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is at hand while a letter is written."""

    kind: ChannelKind
    formatter: Writer

    def write(self, envelope: Envelope) -> Letter:
        message = envelope.message
        if envelope.possibly_repeated:
            message = mark_repeated(message)
        message, buttons = self._take_buttons(message)
        message = shorten(message, self._measure, self.kind.body_limit)
        address = self.kind.address
        return Letter(
            address=add_buttons(address, buttons) if buttons else address,
            title="" if self.kind.title_in_body else self._title(message),
            body=self._body(message),
            body_format=self.kind.body_format,
            text=self.formatter.format(message, Markup.TEXT),
            key=envelope.key,
            reference=envelope.reference,
        )

    def _take_buttons(self, message: Message) -> tuple[Message, tuple[Link, ...]]:
        """Move out of the text what the service shows as buttons, if it can show it all."""
        actions = [block for block in message.blocks if isinstance(block, Actions)]
        links = tuple(link for block in actions for link in block.items)
        if not links or len(links) > self.kind.buttons:
            return message, ()
        rest = tuple(block for block in message.blocks if not isinstance(block, Actions))
        return replace(message, blocks=rest), links

    def _title(self, message: Message) -> str:
        return cut(self.formatter.title(message, Markup.TEXT), self.kind.title_limit)

    def _body(self, message: Message) -> str:
        markup = self.kind.markup
        body = self.formatter.format(message, markup)
        if not self.kind.title_in_body:
            return body
        if markup is Markup.HTML:
            # Chat services would show the document's title besides the heading in its body.
            return _TITLE_TAG.sub("", body)
        title = self.formatter.title(message, markup)
        return f"**{title}**\n\n{body}" if markup is Markup.MARKDOWN else f"{title}\n\n{body}"

    def _measure(self, message: Message) -> int:
        title = "" if self.kind.title_in_body else self._title(message)
        return self.kind.measure(title, self._body(message))
