"""What goes to the sender process and what it makes of it. Needs no Apprise."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from monitor.core.model import Markup, Message


@dataclass(frozen=True, slots=True)
class Address:
    """Where to: a secret, and the folder that a relative `file://` path starts in."""

    url: str = field(repr=False)
    root: Path


class Writer(Protocol):
    """The Formatter port, and titles for channels that put them into the body."""

    def format(self, message: Message, markup: Markup) -> str: ...

    def title(self, message: Message, markup: Markup) -> str: ...


@dataclass(frozen=True, slots=True)
class Letter:
    """All a send needs. `text` is the plain alternative of an HTML mail.

    `body_format` None means that Apprise must not convert the body.
    """

    address: str = field(repr=False)
    title: str
    body: str
    body_format: str | None
    text: str
    key: str
    reference: str
