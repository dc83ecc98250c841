import asyncio
import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as SmtpEnvelope

from monitor.core.model import Envelope, Message, Outcome, Receipt

from .conftest import OpenChannel


@dataclass
class Mailbox:
    """What arrived, and how the server answers to the parts of a mail."""

    rcpt: str = "250 OK"
    done: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: SmtpEnvelope, address: str, _: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: SmtpEnvelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        return self.done


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def url(mailbox: Mailbox) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"mailto://127.0.0.1:{port}?from=monitor@example.org&to=reader@example.org"
    controller.stop()


def part(mail: EmailMessage, kind: str) -> str:
    (body,) = (p for p in mail.walk() if p.get_content_type() == f"text/{kind}")
    content = body.get_content()
    assert isinstance(content, str)
    return content


async def test_both_parts_are_legible_and_hold_the_links(
    url: str, mailbox: Mailbox, open_channel: OpenChannel, envelope: Envelope
) -> None:
    receipt = await open_channel(url).send(envelope)
    assert receipt == Receipt(Outcome.DELIVERED, "SMTP 250")
    (mail,) = mailbox.mails
    assert mail.get_content_type() == "multipart/alternative"
    assert part(mail, "plain").splitlines() == [
        "Beim Kreisboten lesen",
        "https://kreisbote.example/1",
        "",
        "> Seit März steht die Halle leer.",
        "",
        "Ende.",
    ]
    page = part(mail, "html")
    assert page.startswith("<!DOCTYPE html>")
    assert 'href="https://kreisbote.example/1"' in page
    assert "Seit März steht die Halle leer." in page


async def test_headers_carry_subject_thread_and_key(
    url: str, mailbox: Mailbox, open_channel: OpenChannel, envelope: Envelope
) -> None:
    umlauts = replace(envelope.message, title="Überkapazität: „Hälfte leer“ in Łódź")
    await open_channel(url).send(replace(envelope, message=umlauts))
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Überkapazität: „Hälfte leer“ in Łódź"
    assert mail["References"] == mail["In-Reply-To"] == "<story-7@monitor.invalid>"
    assert mail["X-Monitor-Key"] == "story-7-first-mail"
    assert mail["To"] == "reader@example.org"


@pytest.mark.fault("E7")
async def test_no_header_can_be_injected(
    url: str, mailbox: Mailbox, open_channel: OpenChannel, envelope: Envelope
) -> None:
    hostile = Message("T\r\nBcc: evil@example.org\r\n\r\nbody\u2028x", envelope.message.blocks)
    await open_channel(url).send(
        Envelope(hostile, key="k\r\nBcc: evil@example.org", reference="r>\r\nBcc: e@example.org")
    )
    (mail,) = mailbox.mails
    assert "Bcc" not in mail
    assert mail["Subject"] == "T Bcc: evil@\u200bexample.\u200borg body x"
    assert mail["X-Monitor-Key"] == "k-Bcc-evil-example.org"
    assert mail["References"] == "<r-Bcc-e-example.org@monitor.invalid>"


@pytest.mark.parametrize(
    ("rcpt", "done", "receipt"),
    [
        ("550 no such user", "250 OK", Receipt(Outcome.PERMANENT, "SMTP 550")),
        ("450 try later", "250 OK", Receipt(Outcome.TEMPORARY, "SMTP 450")),
        ("250 OK", "451 try later", Receipt(Outcome.TEMPORARY, "SMTP 451")),
        ("250 OK", "552 too big", Receipt(Outcome.PERMANENT, "SMTP 552")),
    ],
)
async def test_a_refusal_becomes_a_receipt(
    url: str,
    mailbox: Mailbox,
    open_channel: OpenChannel,
    envelope: Envelope,
    rcpt: str,
    done: str,
    receipt: Receipt,
) -> None:
    mailbox.rcpt, mailbox.done = rcpt, done
    assert await open_channel(url).send(envelope) == receipt


async def test_no_mail_server_is_temporary(
    open_channel: OpenChannel, envelope: Envelope, unused_tcp_port: int
) -> None:
    url = f"mailto://127.0.0.1:{unused_tcp_port}?from=a@example.org&to=b@example.org"
    receipt = await open_channel(url).send(envelope)
    assert receipt.outcome is Outcome.TEMPORARY


@pytest.mark.fault("E5")
async def test_a_server_that_goes_after_taking_the_mail_is_ambiguous(
    open_channel: OpenChannel, envelope: Envelope
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while (line := await reader.readline()) not in {b".\r\n", b""}:
            if line.upper().startswith((b"EHLO", b"MAIL", b"RCPT")):
                writer.write(b"250 OK\r\n")
            elif line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"mailto://127.0.0.1:{port}?from=a@example.org&to=b@example.org"
        receipt = await open_channel(url).send(envelope)
    expected = Receipt(Outcome.AMBIGUOUS, "the mail server did not confirm the message")
    assert receipt == expected
