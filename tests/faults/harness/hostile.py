"""A server on loopback that answers with bytes, as wrong and as slowly as it is told."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from monitor.app import read_clock

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
HOSTS = tuple(f"127.0.1.{n}" for n in range(1, 61))
PAUSE = 0.2
"""Seconds between two pieces of something that drips."""


@dataclass
class Hostile:
    """Answers by path; a path that is not there is answered with 404.

    Each path has a host of its own, so that nobody spares one for the sake of another. `asked` are
    paths and when they were asked for.
    """

    port: int = 0
    answers: dict[str, "Answer"] = field(default_factory=dict)
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    _hosts: dict[str, str] = field(default_factory=dict)

    @property
    def allow(self) -> list[str]:
        """What the program must be allowed to ask."""
        return [f"{host}:{self.port}" for host in HOSTS]

    def url(self, path: str) -> str:
        host = self._hosts.setdefault(path, HOSTS[len(self._hosts) % len(HOSTS)])
        return f"http://{host}:{self.port}/{path}"

    def serve(self, connection: socket.socket) -> None:
        """Answer one request and hang up."""
        with connection, suppress(OSError):
            head = _read_head(connection)
            path = head.split(b" ")[1].decode().strip("/").partition("?")[0] if head else ""
            self.asked.append((path, read_clock()))
            self.answers.get(path, NOT_FOUND)(connection, self.closing)
            _linger(connection)


Answer = Callable[[socket.socket, threading.Event], None]


@contextmanager
def open_hostile() -> Iterator[Hostile]:
    """Listen from entry to exit, with a thread for each connection."""
    hostile = Hostile()
    with ExitStack() as stack:
        for host in HOSTS:
            listener = stack.enter_context(socket.create_server((host, hostile.port), backlog=64))
            stack.callback(listener.shutdown, socket.SHUT_RDWR)
            hostile.port = listener.getsockname()[1]
            threading.Thread(target=_accept, args=(listener, hostile), daemon=True).start()
        stack.callback(hostile.closing.set)
        yield hostile


def _accept(listener: socket.socket, hostile: Hostile) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=hostile.serve, args=(connection,), daemon=True).start()


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while END not in head:
        piece = connection.recv(4096)
        if not piece:
            return b""
        head += piece
    return head


def _linger(connection: socket.socket) -> None:
    """Say that nothing more comes, and wait until the other side has read it all."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(10)
    while connection.recv(4096):
        pass


# --- how a server may answer --------------------------------------------------------------------


def say(*pieces: bytes) -> Answer:
    """These bytes and no more."""

    def answer(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(b"".join(pieces))

    return answer


def give(body: bytes, *headers: bytes) -> Answer:
    """A whole answer with this body."""
    lines = b"".join(header + b"\r\n" for header in headers)
    return say(HEAD, lines, b"Content-Length: %d\r\n\r\n" % len(body), body)


def redirect(target: str, status: int = 302) -> Answer:
    """Send the client there; the target's bytes go out as they are."""
    return say(b"HTTP/1.1 %d Go\r\nContent-Length: 0\r\nLocation: " % status, target.encode(), END)


def hang(*pieces: bytes) -> Answer:
    """These bytes, and then nothing for ever."""

    def answer(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(b"".join(pieces))
        connection.setblocking(False)
        while not closing.wait(PAUSE):
            with suppress(BlockingIOError):
                if not connection.recv(4096):
                    return

    return answer


def drip(*pieces: bytes, forever: bytes) -> Answer:
    """These bytes, and then `forever` again and again, with pauses."""

    def answer(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(b"".join(pieces))
        while not closing.wait(PAUSE):
            connection.sendall(forever)

    return answer


def flood(*pieces: bytes, forever: bytes) -> Answer:
    """These bytes, and then `forever` again and again, as fast as it is taken."""

    def answer(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(b"".join(pieces))
        while not closing.is_set():
            connection.sendall(forever)

    return answer


def reset(*pieces: bytes) -> Answer:
    """These bytes, and then RST instead of FIN."""

    def answer(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(b"".join(pieces))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return answer


END = b"\r\n\r\n"
NOT_FOUND = say(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
