"""Servers of other people's making, each with a folder, a port and a configuration of its own."""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from tests.e2e.program import wait_until
from tests.programs import require_program

PASSWORD = "gruen-4711"


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def listens(port: int) -> bool:
    with closing(socket.socket()) as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serve(command: Sequence[str | Path], log: Path, port: int) -> Iterator[None]:
    """Run a server in the foreground from when it listens until the test is over."""
    with (
        log.open("ab") as written,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=written, stderr=written
        ) as server,
    ):
        try:
            _await(lambda: listens(port) or server.poll() is not None, log)
            assert server.poll() is None, log.read_text(errors="replace")
            yield
        finally:
            server.terminate()


def _await(condition: Callable[[], object], log: Path) -> None:
    wait_until(condition, f"a server that listens; its log is {log}")


# --- mail ---------------------------------------------------------------------------------------

POSTFIX = """\
compatibility_level = 3.6
queue_directory = {0}/queue
data_directory = {0}/data
maillog_file = {0}/postfix.log
maillog_file_prefixes = {0}
myhostname = post.example
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = blatt.example
virtual_mailbox_base = {0}/mail
virtual_mailbox_maps = inline:{{ frida@blatt.example=frida/ }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""

POSTFIX_PROCESSES = """\
127.0.0.1:{0} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
anvil unix - - n - 1 anvil
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""

DOVECOT = """\
base_dir = {0}/run
state_dir = {0}/state
log_path = {0}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{0}/mail/%n
first_valid_uid = 100
passdb {{
  driver = static
  args = password={1}
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={0}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {2}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


OWNERS = {"postfix": "root", "queue": "root", "data": "postfix", "mail": "nobody"}


@contextmanager
def post_office(folder: Path) -> Iterator[tuple[int, int]]:
    """Postfix, which delivers to frida@blatt.example, and Dovecot; give their ports.

    `folder` must be open to every user: mail is written and read as `nobody`.
    """
    postfix = require_program("postfix", "postfix")
    dovecot = require_program("dovecot", "dovecot-imapd")
    smtp, imap = find_free_port(), find_free_port()
    for name, owner in (
        ("postfix", None),
        ("queue", None),
        ("data", "postfix"),
        ("mail", "nobody"),
    ):
        (folder / name).mkdir()
        if owner:
            shutil.chown(folder / name, owner)
    (folder / "postfix/main.cf").write_text(POSTFIX.format(folder))
    (folder / "postfix/master.cf").write_text(POSTFIX_PROCESSES.format(smtp))
    (folder / "dovecot.conf").write_text(DOVECOT.format(folder, PASSWORD, imap))
    control = [postfix, "-c", str(folder / "postfix")]
    subprocess.run([*control, "start"], check=True, capture_output=True, timeout=60)
    try:
        _await(lambda: listens(smtp), folder / "postfix.log")
        with serve([dovecot, "-c", folder / "dovecot.conf", "-F"], folder / "dovecot.out", imap):
            yield smtp, imap
    finally:
        subprocess.run([*control, "stop"], check=True, capture_output=True, timeout=60)


# --- IRC ----------------------------------------------------------------------------------------

NGIRCD = """\
[Global]
Name = irc.blatt.example
Info = for a test
Listen = 127.0.0.1
Ports = {0}
MotdPhrase = hello
ServerUID = nobody
ServerGID = nogroup
[Options]
PAM = no
DNS = no
Ident = no
[Limits]
MaxPenaltyTime = 0
"""


@contextmanager
def irc_server(folder: Path) -> Iterator[int]:
    """ngircd; give its port."""
    program, port = require_program("ngircd", "ngircd"), find_free_port()
    config = folder / "ngircd.conf"
    config.write_text(NGIRCD.format(port))
    with serve([program, "--nodaemon", "--config", config], folder / "ngircd.log", port):
        yield port
