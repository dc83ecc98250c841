"""F1: eight secrets, each in another place of the configuration, and nowhere else ever after."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from tests.e2e.neighbours import Neighbours, write_feed
from tests.e2e.program import Program, Running
from tests.faults.proof import Record

CANARIES = {
    name: f"canary-{n}%26{n:x}f3a9c0d7"
    for n, name in enumerate(
        ("token", "mail", "feed", "header", "cookie", "proxy", "environment", "file")
    )
}
TITLE = "Library lends out telescopes"
CLOSED_PORT = 1


@pytest.mark.fault("F1")
def test_eight_secrets_are_nowhere_but_in_the_configuration(
    program: Program, beside: Neighbours, record: Record
) -> None:
    """At the finest level of the log; also when the program breaks, which it is made to."""
    beside.feeds |= {"open": write_feed(TITLE), "closed": write_feed(TITLE)}
    (program.folder / "address").write_text(f"json://me:{CANARIES['file']}@{here(beside)}/no")
    program.configure(configure(beside))
    with program.start("run", "--verbose", SECRET=CANARIES["environment"]) as running:
        tried = "SELECT 1 FROM outbox WHERE error IS NOT NULL"
        running.until(lambda: len(program.rows(tried)) >= 4, "an attempt per channel")
        polled = "SELECT 1 FROM feed WHERE last_polled_at IS NOT NULL"
        running.until(lambda: len(program.rows(polled)) == 3, "all polled")
        commands = read_commands(running)
        break_database(program)
        running.until_logged("Traceback")
        running.stop()
    said = [program.run(*words, SECRET=CANARIES["environment"]) for words in VERBS]
    texts = "".join(done.stdout + done.stderr for done in said).encode()
    everything = commands + texts + read_files(program.folder)
    found = [name for name, secret in CANARIES.items() if is_in(secret, everything)]
    ((key,),) = program.rows("SELECT value FROM note WHERE key = 'vote key'")
    assert key.encode() not in commands + texts + running.log.encode()
    record(secrets=len(CANARIES), found=len(found))
    assert found == []
    assert TITLE.encode() in everything


VERBS = (("status",), ("check", "--json"), ("channels", "list"), ("feeds", "list", "--json"))


def here(beside: Neighbours) -> str:
    return f"127.0.0.1:{beside.port}"


def configure(beside: Neighbours) -> str:
    """Channels that refuse, feeds that want to know who asks, a proxy that is not there."""
    to = f"127.0.0.1:{CLOSED_PORT}?from=a@b.example&to=a@b.example"
    return f"""\
{beside.configure("open")}
username = "me"
password = "{CANARIES["feed"]}"
headers = {{ X-Key = "{CANARIES["header"]}" }}
cookies = {{ session = "{CANARIES["cookie"]}" }}
[[feeds]]
url = "http://{here(beside)}/feed/closed"
proxy = "http://me:{CANARIES["proxy"]}@127.0.0.1:{CLOSED_PORT}"
[[feeds]]
url = "http://{here(beside)}/feed/missing"
[channels.token]
url = "gotify://{here(beside)}/{CANARIES["token"]}"
[channels.mail]
url = "mailto://me:{CANARIES["mail"]}@{to}"
[channels.file]
url_file = "address"
[channels.environment]
url = "form://me:${{SECRET}}@{here(beside)}/no"
"""


def read_commands(running: Running) -> bytes:
    """What `ps` shows of it and its workers."""
    found = (Path("/proc") / str(pid) / "cmdline" for pid in running.survivors())
    return b"".join(path.read_bytes() for path in found)


def break_database(program: Program) -> None:
    with closing(sqlite3.connect(program.database, timeout=30)) as connection, connection:
        connection.execute("UPDATE feed SET tags = 'no JSON', next_poll_at = 0")


def read_files(folder: Path) -> bytes:
    """Log, database, backups and whatever else lies there now."""
    own = {"config.toml", "address"}
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in own)
    return b"".join(path.read_bytes() for path in files)


def is_in(secret: str, everything: bytes) -> bool:
    """Look for it as it is written, as it is meant, and as an address holds it."""
    spellings = (secret, unquote(secret), quote(secret, safe=""))
    return any(spelling.encode() in everything for spelling in spellings)
