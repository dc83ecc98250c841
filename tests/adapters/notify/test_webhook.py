import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from monitor.core.model import Envelope, Message, Outcome, Receipt

from .conftest import OpenChannel

SECRET = "canary0secret0token"


@dataclass
class Receiver:
    """A webhook on loopback; the first part of the path says how it answers."""

    port: int = 0
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"json://127.0.0.1:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.requests.append((self.path, dict(self.headers), json.loads(body)))
        getattr(self, f"answer_{self.path.split('/')[1]}")()

    def answer_status(self) -> None:
        self.send_response(int(self.path.split("/")[2]))
        self.send_header("Retry-After", "120")
        self.end_headers()

    def answer_redirect(self) -> None:
        self.send_response(307)
        self.send_header("Location", f"http://127.0.0.1:{self.receiver.port}/status/200/canary")
        self.end_headers()

    def answer_hang(self) -> None:
        self.receiver.released.wait(30)

    def answer_drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        with suppress(BrokenPipeError, ConnectionResetError):
            while not self.receiver.released.wait(0.1):
                self.wfile.write(b"x")

    def answer_close(self) -> None:
        self.close_connection = True

    def answer_huge(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(1024):
                self.wfile.write(b"x" * 65536)
        except OSError:
            self.receiver.released.set()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    bound = type("Bound", (Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield receiver
    receiver.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_message_arrives_with_its_key(
    receiver: Receiver, open_channel: OpenChannel, envelope: Envelope
) -> None:
    receipt = await open_channel(receiver.url("/status/200")).send(envelope)
    assert receipt == Receipt(Outcome.DELIVERED, "HTTP 200", None)
    ((_, headers, body),) = receiver.requests
    assert headers["Idempotency-Key"] == "story-7-first-mail"
    assert body["title"] == "Leere Hallen: Serverpark ohne Mieter"
    assert body["message"].startswith("Beim Kreisboten lesen\nhttps://kreisbote.example/1\n")


@pytest.mark.fault("E3", "E4")
@pytest.mark.parametrize(
    ("status", "outcome", "wait"),
    [
        (204, Outcome.DELIVERED, None),
        (400, Outcome.PERMANENT, None),
        (404, Outcome.PERMANENT, None),
        (410, Outcome.PERMANENT, None),
        (429, Outcome.TEMPORARY, timedelta(seconds=120)),
        (500, Outcome.TEMPORARY, timedelta(seconds=120)),
        (503, Outcome.TEMPORARY, timedelta(seconds=120)),
    ],
)
async def test_a_status_becomes_a_receipt(
    receiver: Receiver,
    open_channel: OpenChannel,
    envelope: Envelope,
    status: int,
    outcome: Outcome,
    wait: timedelta | None,
) -> None:
    receipt = await open_channel(receiver.url(f"/status/{status}")).send(envelope)
    assert receipt == Receipt(outcome, f"HTTP {status}", wait)
    assert len(receiver.requests) == 1


@pytest.mark.fault("E6")
@pytest.mark.parametrize("option", ["", "?redirect=yes", "?retry=3", "?optional=yes"])
async def test_a_redirect_is_not_followed_whatever_the_address_says(
    receiver: Receiver, open_channel: OpenChannel, envelope: Envelope, option: str
) -> None:
    receipt = await open_channel(receiver.url(f"/redirect{option}")).send(envelope)
    assert receipt == Receipt(Outcome.PERMANENT, "HTTP 307")
    assert [path.split("?")[0] for path, _, _ in receiver.requests] == ["/redirect"]


@pytest.mark.fault("E5")
@pytest.mark.parametrize("how", ["hang", "drip"])
async def test_a_receiver_that_hangs_is_cut_off(
    receiver: Receiver, open_channel: OpenChannel, envelope: Envelope, how: str
) -> None:
    channel = open_channel(receiver.url(f"/{how}"), deadline=timedelta(seconds=1))
    assert await channel.send(envelope) == Receipt(Outcome.AMBIGUOUS, "no answer within 1 s")


@pytest.mark.fault("E5")
async def test_a_connection_that_breaks_after_the_request_is_ambiguous(
    receiver: Receiver, open_channel: OpenChannel, envelope: Envelope
) -> None:
    receipt = await open_channel(receiver.url("/close")).send(envelope)
    assert receipt == Receipt(Outcome.AMBIGUOUS, "the connection broke before an answer")


@pytest.mark.fault("E5")
async def test_a_huge_answer_is_not_read(
    receiver: Receiver, open_channel: OpenChannel, envelope: Envelope
) -> None:
    receipt = await open_channel(receiver.url("/huge")).send(envelope)
    assert receipt == Receipt(Outcome.DELIVERED, "HTTP 200")
    assert receiver.released.wait(10)


@pytest.mark.fault("E1")
async def test_nobody_listening_is_temporary(
    open_channel: OpenChannel, envelope: Envelope, unused_tcp_port: int
) -> None:
    receipt = await open_channel(f"json://127.0.0.1:{unused_tcp_port}/").send(envelope)
    assert receipt == Receipt(Outcome.TEMPORARY, "no connection")


@pytest.mark.fault("A2")
async def test_a_repeat_is_marked_and_keeps_its_key(
    receiver: Receiver, open_channel: OpenChannel, envelope: Envelope
) -> None:
    channel = open_channel(receiver.url("/status/200"))
    await channel.send(envelope)
    await channel.send(replace(envelope, possibly_repeated=True))
    (_, first, once), (_, second, again) = receiver.requests
    assert first["Idempotency-Key"] == second["Idempotency-Key"]
    assert again["title"] == f"{once['title']} (möglicherweise wiederholt)"


@pytest.mark.fault("E7")
async def test_a_hostile_key_stays_one_header(
    receiver: Receiver, open_channel: OpenChannel, envelope: Envelope
) -> None:
    key = "story-7\r\nX-Injected: yes\u202eü"
    await open_channel(receiver.url("/status/200")).send(replace(envelope, key=key))
    ((_, headers, _),) = receiver.requests
    assert headers["Idempotency-Key"] == "story-7-X-Injected-yes-"
    assert "X-Injected" not in headers


@pytest.mark.fault("E7")
async def test_a_hostile_title_arrives_as_text(
    receiver: Receiver, open_channel: OpenChannel, envelope: Envelope
) -> None:
    title = "{{7*7}} {0} %s \\n <b>@everyone</b>\r\nX: y :smile:"
    await open_channel(receiver.url("/status/200")).send(
        replace(envelope, message=Message(title, envelope.message.blocks))
    )
    ((_, _, body),) = receiver.requests
    assert body["title"] == "{{7*7}} {0} %s \\n <b>@\u200beveryone</b> X: y :smile:"


@pytest.mark.fault("F1")
@pytest.mark.parametrize("path", ["/status/500", "/status/404", "/close", "/hang"])
async def test_no_secret_of_the_address_is_told(
    receiver: Receiver,
    open_channel: OpenChannel,
    envelope: Envelope,
    path: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level("DEBUG")
    channel = open_channel(
        receiver.url(f"{path}/{SECRET}").replace("//", f"//user:{SECRET}@", 1),
        deadline=timedelta(seconds=2),
    )
    receipt = await channel.send(envelope)
    told = (repr(receipt), repr(channel), repr(vars(channel)), caplog.text, *capfd.readouterr())
    assert receipt.outcome is not Outcome.DELIVERED
    assert SECRET not in "".join(told)
