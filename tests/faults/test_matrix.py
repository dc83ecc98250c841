"""An alert and a digest in a real Matrix room, read back by another person (`make faults` only)."""

from pathlib import Path

import pytest

from tests.e2e.neighbours import Neighbours, write_feed
from tests.e2e.program import Program
from tests.e2e.servers import PASSWORD
from tests.faults.proof import Record, pick
from tests.faults.synapse import matrix_server, register

TITLE = 'Serverfarm steht leer: "Keiner will <b>mieten</b>" @room {{7*7}}'
LINK = "https://blatt.example/n-1"


@pytest.mark.fault("E7")
@pytest.mark.skipif(not pick(quick=False, full=True), reason="Synapse: only in `make faults`")
def test_an_alert_and_a_digest_are_read_in_a_matrix_room(
    program: Program, beside: Neighbours, record: Record, tmp_path: Path
) -> None:
    beside.feeds["blatt"] = write_feed(TITLE)
    folder = tmp_path / "synapse"
    folder.mkdir()
    with matrix_server(folder) as port:
        base = f"http://127.0.0.1:{port}"
        frida, bot = register(base, "frida"), register(base, "bot")
        room = frida.open_room(guest="bot")
        bot.call("POST", f"rooms/{room}/join")
        address = f"matrix://bot:{PASSWORD}@127.0.0.1:{port}/{room}?hsreq=no"
        text = beside.configure("blatt", channel=address)
        program.configure(text.replace("digests = []", 'digests = [{ channels = ["receiver"] }]'))
        program.do("run", "--once")
        program.do("digest", "--send")
        alert, digest = frida.read(room)
    record(messages=2)
    for message in (alert, digest):
        assert LINK in message["body"]
        assert "{{7*7}}" in message["body"]
        assert "@room" not in message["body"]
        assert "<b>mieten" not in message.get("formatted_body", "")
