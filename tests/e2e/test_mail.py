"""Real mail over SMTP: what arrives in the mailbox can be read, in both of its parts."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from lxml import html

from tests.e2e.neighbours import Neighbours, write_feed
from tests.e2e.program import Program

TITLE = "Ökonomen warnen: KI-Blase und Überkapazität bei Rechenzentren"
LINK = "https://blatt.example/n-1"

# aiosmtpd warns of what we ask for: a password on loopback, where nobody listens.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not:UserWarning")


@dataclass
class Mailbox:
    """Takes mail of those who know the password."""

    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 taken"

    def admit(self, *login: Any) -> AuthResult:
        return AuthResult(success=login[-1] == LoginPassword(b"frida", b"h&se/42"))

    def find(self, words: str) -> EmailMessage:
        """The one letter with these words in its subject."""
        (found,) = [letter for letter in self.letters if words in letter["Subject"]]
        return found


@dataclass(frozen=True)
class Read:
    """A letter as a person sees it."""

    subject: str
    plain: str
    page: str
    links: frozenset[str]


def read(letter: EmailMessage) -> Read:
    assert letter.get_content_type() == "multipart/alternative"
    plain, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert page is not None
    shown = html.document_fromstring(page.get_content())
    links = frozenset(a.get("href") for a in shown.iter("a"))
    return Read(letter["Subject"], plain.get_content(), shown.text_content(), links)


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    port = find_free_port()
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        authenticator=box.admit,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    yield box, port
    controller.stop()


def test_alert_and_digest_arrive_legibly(
    program: Program, beside: Neighbours, mailbox: tuple[Mailbox, int]
) -> None:
    box, port = mailbox
    beside.feeds["blatt"] = write_feed(TITLE)
    extra = 'language = "de"'
    address = f"mailto://frida:h%26se%2F42@127.0.0.1:{port}?from=monitor@blatt.example&to=frida@blatt.example"
    text = beside.configure("blatt", extra=extra, channel=address)
    program.configure(text.replace("digests = []", 'digests = [{ channels = ["receiver"] }]'))

    program.do("run", "--once")
    alert = read(box.find(TITLE))
    assert alert.links >= {LINK}
    for part in (alert.plain, alert.page):
        assert TITLE in part
        assert "Gesehen" in part
    assert LINK in alert.plain
    assert "<" not in alert.plain

    program.do("digest", "--send")
    digest = read(box.letters[-1])
    assert digest.subject.startswith("Übersicht")
    for part in (digest.plain, digest.page):
        assert TITLE in part
        assert "1 Artikel aus 1 von 1 Feeds gelesen" in part
    assert LINK in digest.plain
    assert digest.links >= {LINK}
    assert len(box.letters) == 2
