"""Where the demo's page is."""

import socket

from monitor.demo.run import find_place


def test_the_page_is_elsewhere_where_its_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        host, _, port = find_place(taken).rpartition(":")
    assert host == "127.0.0.1"
    assert int(port) not in {0, taken}
    assert find_place(taken) == f"127.0.0.1:{taken}"
