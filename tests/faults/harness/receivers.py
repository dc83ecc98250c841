"""Webhooks on loopback that behave as they are told, and count what they took."""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LINK = re.compile(r"https://blatt\.example/n-(\d+)")
REPEATED = " (possibly repeated)"


@dataclass(frozen=True)
class Call:
    """A message as it arrived; `taken` says whether the receiver kept it."""

    channel: str
    key: str
    title: str
    text: str
    taken: bool
    at: float

    @property
    def items(self) -> frozenset[int]:
        """The served items that it tells of."""
        return frozenset(map(int, LINK.findall(self.text)))

    @property
    def is_marked(self) -> bool:
        return self.title.endswith(REPEATED)


@dataclass(frozen=True)
class Behaviour:
    """How a request is answered, if at all, and whether the message was taken all the same."""

    answer: Callable[["Handler"], None]
    takes: bool = True
    reads: bool = True


@dataclass
class Receivers:
    """One receiver per name; `script` says how each behaves first, then it takes and says so.

    `on_call` runs when a message has arrived and nothing was answered yet.
    """

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    script: dict[str, list[Behaviour]] = field(default_factory=dict)
    on_call: Callable[[], None] = lambda: None
    strayed: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, name: str) -> str:
        return f"json://127.0.0.1:{self.port}/{name}"

    def of(self, channel: str) -> list[Call]:
        """What this receiver took, in order."""
        return [call for call in self.calls if call.channel == channel and call.taken]


class Handler(BaseHTTPRequestHandler):
    """A request at one of the receivers."""

    protocol_version = "HTTP/1.1"
    receivers: Receivers

    def do_POST(self) -> None:
        name = self.path.strip("/")
        if name == "canary":
            self.receivers.strayed.append(self.path)
        script = self.receivers.script.get(name)
        behaviour = script.pop(0) if script else TAKE
        if behaviour.reads:
            self.receivers.calls.append(self._read(name, behaviour))
            self.receivers.on_call()
        # Whoever is killed, or loses patience, does not wait for the answer.
        with suppress(BrokenPipeError, ConnectionResetError):
            behaviour.answer(self)

    def _read(self, name: str, behaviour: Behaviour) -> Call:
        posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return Call(
            channel=name,
            key=self.headers["Idempotency-Key"],
            title=posted["title"],
            text=posted["message"],
            taken=behaviour.takes,
            at=time.monotonic(),
        )

    def do_GET(self) -> None:
        """Only somebody who followed a redirect asks like this."""
        self.receivers.strayed.append(self.path)
        self.answer(200)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer whole."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def wait(self, seconds: float) -> None:
        """Do nothing for so long, or until the receivers close."""
        self.receivers.closing.wait(seconds)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass


@contextmanager
def open_receivers() -> Iterator[Receivers]:
    """Listen on a free port from entry to exit."""
    receivers = Receivers()
    with listen(receivers, 0) as receivers.port:
        yield receivers


@contextmanager
def listen(receivers: Receivers, port: int) -> Iterator[int]:
    """Listen for them on this port, too; give the port."""

    class Bound(Handler):
        pass

    Bound.receivers = receivers
    server = ThreadingHTTPServer(("127.0.0.1", port), Bound)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        receivers.closing.set()
        server.shutdown()
        server.server_close()


# --- how a receiver may behave ------------------------------------------------------------------


def refuse(status: int, **headers: str) -> Behaviour:
    """Take nothing and say so."""
    return Behaviour(lambda request: request.answer(status, b"", **headers), takes=False)


def _reset(request: Handler) -> None:
    """Close with RST instead of FIN."""
    now = struct.pack("ii", 1, 0)
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
    request.close_connection = True
    request.connection.close()


def _hang(request: Handler) -> None:
    request.wait(120)
    request.close_connection = True


def _answer_late(request: Handler) -> None:
    request.wait(8)
    request.answer(200)


def _drip(request: Handler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not request.receivers.closing.wait(0.5):
        request.wfile.write(b"x")


def _flood(request: Handler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(2**30))
    request.end_headers()
    while not request.receivers.closing.is_set():
        request.wfile.write(b"x" * 2**20)


def _redirect(request: Handler) -> None:
    request.answer(307, Location=f"http://127.0.0.1:{request.receivers.port}/canary")


TAKE = Behaviour(lambda request: request.answer(200))
RESET_BEFORE = Behaviour(_reset, takes=False, reads=False)
RESET_AFTER = Behaviour(_reset)
HANG = Behaviour(_hang)
LATE = Behaviour(_answer_late)
"""After longer than most clients wait."""
DRIP = Behaviour(_drip)
"""An answer of a byte at a time, for ever."""
FLOOD = Behaviour(_flood)
"""An answer longer than anybody wants to read."""
REDIRECT = Behaviour(_redirect, takes=False)
