"""A local nginx that serves the feeds by http and https, and the authority that vouches for it.

One nginx listens on every loopback address; each feed has an address of its own, so that to a
client each is a host of its own.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from requests.certs import where  # type: ignore[attr-defined]  # as its documentation says

from tests.bench.feeds import HOSTS_IN_A_NET, Outlet, name_host
from tests.e2e.servers import find_free_port, serve
from tests.programs import require_program

SCHEMES = ("http", "https")
DAYS = "3650"

NGINX = """\
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    types {{ application/xml xml; }}
    # When a request had come in whole, and for what: seconds since 1970, status, path.
    log_format told '$msec $request_time $status $uri';
    access_log {folder}/access.log told;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $server_addr $leaf {{ "~^127\\.(?<octets>\\d+\\.\\d+)\\." $octets; }}
    server {{
        listen 0.0.0.0:{ports[http]} backlog=4096;
        listen 0.0.0.0:{ports[https]} ssl backlog=4096;
        ssl_certificate {folder}/leaf-$leaf.pem;
        ssl_certificate_key {folder}/leaf.key;
        ssl_session_cache shared:bench:16m;
        root {feeds};
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the server's log: when it had come in, in seconds since 1970."""

    at: float
    status: int
    path: str


@dataclass(frozen=True)
class Server:
    """The running nginx. `trust` is a file with the roots of the web and the bench's own."""

    folder: Path
    ports: dict[str, int]
    trust: Path

    def url(self, outlet: Outlet, scheme: str) -> str:
        return f"{scheme}://{self.place(outlet, scheme)}/{outlet.name}.xml"

    def place(self, outlet: Outlet, scheme: str) -> str:
        """Host and port, as `[polling] allow` names them."""
        return f"{outlet.host}:{self.ports[scheme]}"

    def requests(self, since: int = 0) -> list[Request]:
        """What was asked, in order, after the first `since` bytes of the log."""
        with (self.folder / "access.log").open(encoding="ascii") as log:
            log.seek(since)
            return [_read_request(line) for line in log if line.endswith("\n")]

    def mark(self) -> int:
        """How much of the log there is now."""
        return (self.folder / "access.log").stat().st_size

    def is_idle(self) -> bool:
        """Whether no connection to it is open any more: the next round makes new ones."""
        ports = {f":{port:04X}" for port in self.ports.values()}
        lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        # proc(5): local address, remote address, state; 01 is ESTABLISHED.
        return not any(
            state == "01" and local[-5:] in ports
            for _, local, _, state, *_ in map(str.split, lines)
        )


def _read_request(line: str) -> Request:
    ended, seconds, status, path = line.split()
    return Request(float(ended) - float(seconds), int(status), path)


@contextmanager
def serve_feeds(folder: Path, feeds: Path, outlets: int) -> Iterator[Server]:
    """Serve the documents in `feeds` from entry to exit."""
    nginx = require_program("nginx", "nginx-light")
    folder.mkdir(parents=True, exist_ok=True)
    trust = issue_certificates(folder, -(-outlets // HOSTS_IN_A_NET))
    ports = {scheme: find_free_port() for scheme in SCHEMES}
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, feeds=feeds, ports=ports), encoding="ascii")
    (folder / "access.log").write_bytes(b"")
    # nginx's workers run as www-data, who may not enter a folder of root's.
    command: list[str | Path] = [nginx, "-p", folder, "-c", config, "-g", "user root;"]
    with serve(command, folder / "nginx.log", ports["http"]):
        yield Server(folder, ports, trust)


def issue_certificates(folder: Path, nets: int) -> Path:
    """Make an authority and a leaf for each net of hosts; give the file of what to trust.

    It holds the roots of the web, too: clients differ in how often they read them.
    """
    (folder / "openssl.cnf").write_text("[req]\ndistinguished_name = dn\n[dn]\n", encoding="ascii")
    ours = folder / "authority.pem"
    _make_key(folder / "authority.key")
    _make_key(folder / "leaf.key")
    _issue(folder, "authority", "CA:TRUE", "keyUsage=keyCertSign")
    signed = ("-CA", ours, "-CAkey", folder / "authority.key")
    for net in range(nets):
        hosts = range(net * HOSTS_IN_A_NET, (net + 1) * HOSTS_IN_A_NET)
        addresses = [name_host(number) for number in hosts]
        names = ",".join(f"IP:{address}" for address in addresses)
        _, second, third, _ = addresses[0].split(".")
        _issue(folder, f"leaf-{second}.{third}", "CA:FALSE", f"subjectAltName={names}", *signed)
    trust = folder / "trust.pem"
    roots = Path(where()).read_text(encoding="utf-8")
    trust.write_text(roots + ours.read_text(encoding="ascii"), encoding="utf-8")
    return trust


def _make_key(path: Path) -> None:
    _run_openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)


def _issue(folder: Path, name: str, kind: str, extension: str, *more: str | Path) -> None:
    key = folder / f"{name.partition('-')[0]}.key"
    said = ("-subj", f"/CN={name}", "-days", DAYS, "-config", folder / "openssl.cnf")
    extensions = ("-addext", f"basicConstraints=critical,{kind}", "-addext", extension)
    out = ("-key", key, "-out", folder / f"{name}.pem")
    _run_openssl("req", "-x509", *out, *said, *extensions, *more)


def _run_openssl(*words: str | Path) -> None:
    openssl = require_program("openssl", "openssl")
    subprocess.run([openssl, *words], check=True, capture_output=True, timeout=60)
