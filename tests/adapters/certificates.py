"""A certificate that no authority has signed, and a server that shows it."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytest_httpserver import HTTPServer

from tests.programs import require_program


def make_self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a new certificate for 127.0.0.1."""
    openssl = require_program("openssl", "openssl")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([openssl, *command.split(), *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@contextmanager
def serve_tls(context: ssl.SSLContext) -> Iterator[HTTPServer]:
    """Run a server of its own, on a port of its own."""
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        yield server
