"""Addresses of this machine in every disguise, and listeners on it that nobody may reach."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

SPELLINGS = (
    # as they are, and with what may stand around them
    "127.0.0.1",
    "127.0.0.1.",
    "user@127.0.0.1",
    "user:pass@127.0.0.1",
    "news.example.com@127.0.0.1",
    "news.example.com:80@127.0.0.1",
    "news.example.com%40x@127.0.0.1",
    "news.example.com\\@127.0.0.1",
    # short forms
    "127.1",
    "127.0.1",
    "0",
    "0.0",
    "0.0.0.0",  # noqa: S104 - a value, nothing is bound
    # decimal, hexadecimal, octal and mixtures
    "2130706433",
    "4294967296",
    "0x7f000001",
    "0x7F000001",
    "0x0",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0x7F.0.0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.0x0.1",
    "00000177.0.0.1",
    "127.0.0.01",
    "127.0x1",
    # digits and dots that are folded to ASCII
    "①②⑦.⓪.⓪.①",
    "１２７.０.０.１",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "①②⑦。１",
    # escaped, or with what is dropped on the way
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "127.0.0.%31",
    "127.0.\u00ad0.1",
    "127.0.\u200b0.1",
    # names
    "localhost",
    "LOCALHOST",
    "localhost.",
    "loc\u00adalhost",
    "ⓛocalhost",
    "evil.localhost",
    # IPv6: plain, mapped, compatible, NAT64, 6to4, with a scope
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::1]",
    "[::1%25lo]",
    "[fe80::1%25lo]",
)
"""How a host of this machine may be written in an address; not every resolver knows all of them."""


@dataclass(frozen=True)
class Canary:
    """Listens at one port of 127.0.0.1, 127.0.0.2 and ::1, and counts who connected."""

    port: int
    listeners: tuple[socket.socket, ...]

    def count(self) -> int:
        """How many connections came since the last look."""
        return sum(_accept_all(listener) for listener in self.listeners)


@contextmanager
def open_canary() -> Iterator[Canary]:
    """Listen from entry to exit."""
    first = socket.create_server(("127.0.0.1", 0))
    port = first.getsockname()[1]
    others = (
        socket.create_server(("127.0.0.2", port)),
        socket.create_server(("::1", port), family=socket.AF_INET6),
    )
    listeners = (first, *others)
    try:
        for listener in listeners:
            listener.setblocking(False)
        yield Canary(port, listeners)
    finally:
        for listener in listeners:
            listener.close()


def _accept_all(listener: socket.socket) -> int:
    hits = 0
    try:
        while True:
            listener.accept()[0].close()
            hits += 1
    except BlockingIOError:
        return hits
