"""A Matrix Synapse in an environment of its own, and a person in one of its rooms.

It is no dependency of ours: `make faults` installs it under build/, once.
"""

import hashlib
import hmac
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.servers import PASSWORD, find_free_port, serve

ENVIRONMENT = Path(__file__).parents[2] / "build/synapse"
PACKAGE = "matrix-synapse==1.163.2"
SERVER = "blatt.example"

SETTINGS = """\
listeners:
  - type: http
    bind_addresses: ["127.0.0.1"]
    port: {0}
    resources: [{{names: [client]}}]
trusted_key_servers: []
registration_shared_secret: only-for-this-test
"""


def require_synapse() -> str:
    """Give its Python, after an installation where there is none; skip where that fails."""
    python = str(ENVIRONMENT / "bin/python")
    if not (ENVIRONMENT / "bin/synapse_homeserver").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", PACKAGE]
        done = subprocess.run(install, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            pytest.skip(f"{PACKAGE} cannot be installed: {done.stderr.strip().splitlines()[-1]}")
    return python


@dataclass(frozen=True)
class Person:
    """Somebody with an account, who speaks the protocol and knows nothing of us."""

    base: str
    token: str

    def call(self, method: str, path: str, **body: Any) -> Any:
        """One request of the client-server API."""
        url, headers = f"{self.base}/_matrix/client/v3/{path}", {"Authorization": self.token}
        answer = requests.request(method, url, json=body or None, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def open_room(self, guest: str) -> str:
        """Make a room and ask somebody in; give its id."""
        made = self.call("POST", "createRoom", invite=[f"@{guest}:{SERVER}"], name="News")
        return str(made["room_id"])

    def read(self, room: str) -> list[dict[str, Any]]:
        """The messages in a room, oldest first."""
        events = self.call("GET", f"rooms/{room}/messages?dir=f&limit=100")["chunk"]
        return [event["content"] for event in events if event["type"] == "m.room.message"]


def register(base: str, name: str) -> Person:
    """Make an account with the server's shared secret."""
    url = f"{base}/_synapse/admin/v1/register"
    nonce = requests.get(url, timeout=30).json()["nonce"]
    words = "\0".join([nonce, name, PASSWORD, "notadmin"]).encode()
    mac = hmac.new(b"only-for-this-test", words, hashlib.sha1).hexdigest()
    asked = {"nonce": nonce, "username": name, "password": PASSWORD, "mac": mac}
    made = requests.post(url, json=asked, timeout=30).json()
    return Person(base, f"Bearer {made['access_token']}")


@contextmanager
def matrix_server(folder: Path) -> Iterator[int]:
    """Synapse with an empty database in this folder; give its port."""
    python, port = require_synapse(), find_free_port()
    main, more = folder / "main.yaml", folder / "more.yaml"
    more.write_text(SETTINGS.format(port))
    make = ("--server-name", SERVER, "--config-path", str(main), "--generate-config")
    command = [python, "-m", "synapse.app.homeserver"]
    environ = os.environ | {"PYTHONPATH": ""}
    subprocess.run(
        [*command, *make, "--report-stats=no"],
        cwd=folder,
        env=environ,
        check=True,
        capture_output=True,
    )
    written = main.read_text()
    main.write_text(re.sub(r"^registration_shared_secret: .*$", "", written, flags=re.MULTILINE))
    with serve([*command, "-c", str(main), "-c", str(more)], folder / "synapse.out", port):
        yield port
