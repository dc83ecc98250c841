"""C9: a feed whose certificate is not valid is not read; one whose certificate is, is."""

import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.e2e.neighbours import write_feed
from tests.e2e.program import Program
from tests.faults.proof import Record

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
HERE, ELSEWHERE = "IP:127.0.0.1", "DNS:blatt.example"
REFUSED = ("self-signed", "expired", "wrong name", "unknown authority", "no authority")
TITLE = "Chess club wins title in last round"


def openssl(folder: Path, *words: str) -> None:
    command = ["openssl", *words]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs the openssl command")


def make_authority(folder: Path, name: str) -> None:
    files = ("-keyout", f"{name}.key", "-out", f"{name}.pem")
    openssl(folder, "req", "-x509", *KEY, *files, "-subj", f"/CN={name}", "-days", "9")


def make_certificate(folder: Path, name: str, signer: str, host: str, days: int) -> None:
    files = ("-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(folder, "req", *KEY, *files, "-subj", "/CN=blatt")
    (folder / f"{name}.ext").write_text(f"subjectAltName={host}\n", encoding="utf-8")
    signed = ("-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-CAcreateserial")
    made = ("-extfile", f"{name}.ext", "-days", f"{days}", "-out", f"{name}.pem")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", *signed, *made)


def make_all(folder: Path) -> None:
    """`trusted` is what the program trusts; each other name is a server's."""
    make_authority(folder, "trusted")
    make_authority(folder, "other")
    make_certificate(folder, "valid", "trusted", HERE, 9)
    make_certificate(folder, "expired", "trusted", HERE, -1)
    make_certificate(folder, "wrong name", "trusted", ELSEWHERE, 9)
    make_certificate(folder, "unknown authority", "other", HERE, 9)
    # The certificate of a server signs no other.
    make_certificate(folder, "no authority", "valid", HERE, 9)
    subject = ("-subj", "/CN=127.0.0.1", "-addext", f"subjectAltName={HERE}")
    files = ("-keyout", "self-signed.key", "-out", "self-signed.pem")
    openssl(folder, "req", "-x509", *KEY, *files, *subject)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    make_all(made)
    return made


@pytest.fixture
def servers(folder: Path) -> Iterator[Mapping[str, HTTPServer]]:
    """One for each certificate, all with the same feed."""
    with ExitStack() as stack:
        made = {}
        for name in ("valid", *REFUSED):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
            server = HTTPServer("127.0.0.1", ssl_context=context)
            made[name] = stack.enter_context(server)
            server.expect_request("/feed").respond_with_data(write_feed(TITLE))
        yield made


@pytest.mark.fault("C9")
def test_a_feed_with_a_certificate_that_is_not_valid_is_not_read(
    servers: Mapping[str, HTTPServer], folder: Path, program: Program, record: Record
) -> None:
    ports = [f'"127.0.0.1:{server.port}"' for server in servers.values()]
    feeds = "".join(
        f'[[feeds]]\nname = "{name}"\nurl = "https://127.0.0.1:{server.port}/feed"\n'
        for name, server in servers.items()
    )
    program.configure(f"polling.allow = [{', '.join(ports)}]\n{feeds}")
    done = program.run("run", "--once", SSL_CERT_FILE=str(folder / "trusted.pem"))
    assert done.returncode == 0, done.stderr
    told = {feed["name"]: feed for feed in program.ask("feeds", "list")}
    asked = [name for name, server in servers.items() if server.log]
    record(certificates=len(REFUSED), accepted=len(asked) - 1)
    assert asked == ["valid"]
    assert told["valid"]["state"] == "ok"
    for name in REFUSED:
        assert told[name]["error"].startswith("127.0.0.1: certificate not accepted"), name
