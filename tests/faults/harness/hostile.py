"""A server on loopback that answers with bytes, as wrong and as slowly as it is told."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
PAUSE = 0.2
"""Seconds between two pieces of something that drips."""


@dataclass(frozen=True)
class Visit:
    """A request, and how long its connection lasted; seconds of `time.monotonic`."""

    path: str
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass
class Hostile:
    """Answers by path; a path that is not there is answered with 404. `visits` are over."""

    port: int = 0
    answers: dict[str, "Answer"] = field(default_factory=dict)
    asked: list[tuple[str, float]] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def serve(self, connection: socket.socket) -> None:
        """Answer one request and hang up."""
        began = time.monotonic()
        with connection, suppress(OSError):
            head = _read_head(connection)
            path = head.split(b" ")[1].decode().strip("/").partition("?")[0] if head else ""
            self.asked.append((path, began))
            self.answers.get(path, NOT_FOUND)(connection, self.closing)
            _linger(connection)
        if head:
            self.visits.append(Visit(path, began, time.monotonic()))


Answer = Callable[[socket.socket, threading.Event], None]


@contextmanager
def open_hostile() -> Iterator[Hostile]:
    """Listen from entry to exit, with a thread for each connection."""
    hostile = Hostile()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        hostile.port = listener.getsockname()[1]
        threading.Thread(target=_accept, args=(listener, hostile), daemon=True).start()
        try:
            yield hostile
        finally:
            hostile.closing.set()
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, hostile: Hostile) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=hostile.serve, args=(connection,), daemon=True).start()


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
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
