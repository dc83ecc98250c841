"""Real servers take what we send, and a client that knows nothing of us reads it back."""

import imaplib
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.e2e.neighbours import Neighbours, write_feed
from tests.e2e.program import Program, wait_until
from tests.e2e.servers import PASSWORD, irc_server, post_office

TITLE = "Gewächshaus am Kanal: Serverfarm heizt jetzt {{7*7}} Tomaten"
LINK = "https://blatt.example/n-1"
REPORTS = {
    "eins": "Serverpark in Lindau steht leer: Betreiber kündigt die Pacht",
    "zwei": "Serverpark in Lindau steht leer: Pacht gekündigt, 3 Milliarden Euro Schaden",
    "drei": "Betreiber dementiert: Serverpark in Lindau steht nicht leer, Pacht läuft weiter",
}

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may start a mail server")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that servers can reach which have given up their rights."""
    with tempfile.TemporaryDirectory(prefix="monitor-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def mailbox(port: int) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", port) as client:
        client.login("frida", PASSWORD)
        yield client


def read_mail(port: int) -> list[EmailMessage]:
    """All letters in the mailbox, oldest first."""
    with mailbox(port) as client:
        client.select(readonly=True)
        _, (numbers,) = client.search(None, "ALL")
        letters = []
        for number in numbers.split():
            _, found = client.fetch(number, "(RFC822)")
            assert isinstance(found[0], tuple)
            letter = message_from_bytes(found[0][1], policy=policy.default)
            assert isinstance(letter, EmailMessage)
            letters.append(letter)
        return letters


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.fault("E7")
def test_alert_and_digest_lie_in_a_real_mailbox(
    program: Program, beside: Neighbours, public_folder: Path
) -> None:
    beside.feeds["blatt"] = write_feed(TITLE)
    with post_office(public_folder) as (smtp, imap):
        address = f"mailto://127.0.0.1:{smtp}?from=monitor@blatt.example&to=frida@blatt.example"
        text = beside.configure("blatt", extra='language = "de"', channel=address)
        program.configure(text.replace("digests = []", 'digests = [{ channels = ["receiver"] }]'))
        program.do("run", "--once")
        program.do("digest", "--send")
        wait_until(lambda: len(read_mail(imap)) == 2, "two letters")
        alert, digest = read_mail(imap)
    assert TITLE in alert["Subject"]
    assert digest["Subject"].startswith("Übersicht")
    assert alert["References"].startswith("<")
    assert alert["References"] != digest["References"]
    for letter in (alert, digest):
        assert letter.get_content_type() == "multipart/alternative"
        assert LINK in part(letter, "plain")
        assert f'href="{LINK}"' in part(letter, "html")
        assert TITLE in part(letter, "plain")


def test_a_story_its_updates_and_the_digest_lie_in_a_real_mailbox(
    program: Program, beside: Neighbours, public_folder: Path
) -> None:
    """One thread: every letter of the story refers to the same message, which nobody ever sent."""
    beside.feeds |= dict.fromkeys(REPORTS, write_feed())
    with post_office(public_folder) as (smtp, imap):
        address = f"mailto://127.0.0.1:{smtp}?from=monitor@blatt.example&to=frida@blatt.example"
        text = beside.configure(*REPORTS, extra='language = "de"', channel=address)
        program.configure(text.replace("digests = []", 'digests = [{ channels = ["receiver"] }]'))
        for number, (feed, title) in enumerate(REPORTS.items(), start=1):
            beside.feeds[feed] = write_feed(title, first=number)
            program.do("run", "--once")
            wait_until(lambda n=number: len(read_mail(imap)) == n, f"letter {number}")  # type: ignore[misc]
        program.do("digest", "--send")
        wait_until(lambda: len(read_mail(imap)) == 4, "the digest")
        *story, digest = read_mail(imap)
    for letter, title in zip(story, REPORTS.values(), strict=True):
        assert title in letter["Subject"]
    (thread,) = {letter["References"] for letter in story}
    assert thread.startswith("<")
    assert digest["References"] != thread
    assert len({letter["X-Monitor-Key"] for letter in (*story, digest)}) == 4
    assert REPORTS["eins"] in part(digest, "plain")


class Listener:
    """Somebody in an IRC channel who writes down what is said."""

    def __init__(self, port: int, channel: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._lines = self._socket.makefile("r", encoding="utf-8", newline="\r\n")
        self._say("NICK frida")
        self._say("USER frida 0 * :Frida")
        self._until("001")
        self._say(f"JOIN {channel}")
        self._until("366")

    def listen_for(self, words: str) -> list[str]:
        """What is said in the channel until these words are."""
        said: list[str] = []
        while not said or words not in said[-1]:
            said.append(self._until("PRIVMSG").partition(" :")[2])
        return said

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def _say(self, line: str) -> None:
        self._socket.sendall(f"{line}\r\n".encode())

    def _until(self, command: str) -> str:
        while line := self._lines.readline().rstrip("\r\n"):
            if line.startswith("PING"):
                self._say(line.replace("PING", "PONG", 1))
            elif line.split(" ")[1] == command:
                return line
        raise AssertionError(f"the server hung up before {command}")


@pytest.mark.fault("E7")
def test_an_alert_is_said_in_an_irc_channel_and_commands_nothing(
    program: Program, beside: Neighbours, public_folder: Path
) -> None:
    beside.feeds["blatt"] = write_feed(f"{TITLE}\r\nQUIT :gone\r\nJOIN #elsewhere")
    with irc_server(public_folder) as port, closing(Listener(port, "#news")) as listener:
        program.configure(beside.configure("blatt", channel=f"irc://127.0.0.1:{port}/%23news"))
        program.do("run", "--once")
        said = listener.listen_for(LINK)
    assert TITLE in said[0]
    assert program.rows("SELECT state FROM outbox") == [("sent",)]
