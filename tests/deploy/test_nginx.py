"""deploy/nginx.conf before the real page: a login, TLS, a limit, and news that streams through."""

import asyncio
import base64
import http.client
import re
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.app import App, open_app
from monitor.config import load_settings
from monitor.core.events import StoriesChanged
from monitor.web import serve
from tests.e2e.servers import PASSWORD, find_free_port
from tests.e2e.servers import serve as run_server
from tests.programs import require_program

NAME = "monitor.example.org"
GIVEN = (Path(__file__).parents[2] / "deploy/nginx.conf").read_text(encoding="utf-8")
LOGIN = {"Authorization": "Basic " + base64.b64encode(f"anna:{PASSWORD}".encode()).decode()}
PATIENCE = 30

CONFIG = f"""\
[web]
listen = "127.0.0.1:0"
public_url = "https://{NAME}"

[classifier]
encoder = "off"
"""

AROUND = """\
daemon off;
pid {0}/nginx.pid;
error_log stderr warn;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {0}/body;
    proxy_temp_path {0}/proxy;
    fastcgi_temp_path {0}/fastcgi;
    uwsgi_temp_path {0}/uwsgi;
    scgi_temp_path {0}/scgi;
    include {0}/monitor.conf;
}}
"""


@dataclass
class Proxy:
    """The running nginx with the page behind it."""

    app: App
    port: int
    trust: ssl.SSLContext

    def connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, context=self.trust
        )

    async def get(self, path: str, headers: Mapping[str, str], host: str = NAME) -> tuple[int, str]:
        return await asyncio.to_thread(self._get, path, {"Host": host, **headers})

    def _get(self, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
        with closing(self.connect()) as connection:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()


def move(folder: Path, ports: Mapping[str, int]) -> str:
    """The configuration as it is shipped, but for its ports and places."""
    text = re.sub(r"^ *listen \[::\].*\n", "", GIVEN, flags=re.MULTILINE)
    text = re.sub(r"listen (\d+)", lambda m: f"listen 127.0.0.1:{ports[m[1]]}", text)
    text = text.replace("127.0.0.1:8787", f"127.0.0.1:{ports['8787']}")
    text = text.replace(f"/etc/letsencrypt/live/{NAME}", str(folder))
    return text.replace("/etc/nginx/monitor.htpasswd", f"{folder}/htpasswd")


def furnish(folder: Path, ports: Mapping[str, int]) -> list[str]:
    """Write all that nginx needs; give its command."""
    nginx, openssl = require_program("nginx", "nginx-light"), require_program("openssl", "openssl")
    key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
    subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    made = [openssl, "req", "-x509", *kind, *subject, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True, timeout=PATIENCE)
    (folder / "htpasswd").write_text(f"anna:{{PLAIN}}{PASSWORD}\n", encoding="ascii")
    (folder / "monitor.conf").write_text(move(folder, ports), encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder), encoding="utf-8")
    # nginx's workers run as www-data, who may not enter a folder of root's.
    return [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "user root;"]


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    require_program("nginx", "nginx-light")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    settings = load_settings(tmp_path / "config.toml", {"TZ": "UTC"}, tmp_path)
    async with open_app(settings) as app:
        await app.start()
        async with serve(app) as address:
            assert address is not None
            page = int(address.rpartition(":")[2])
            ports = {"80": find_free_port(), "443": find_free_port(), "8787": page}
            command = furnish(tmp_path, ports)
            with run_server(command, tmp_path / "nginx.log", ports["443"]):
                trust = ssl.create_default_context(cafile=tmp_path / "fullchain.pem")
                yield Proxy(app, ports["443"], trust)


def test_nginx_understands_it(tmp_path: Path) -> None:
    ports = {port: find_free_port() for port in ("80", "443", "8787")}
    command = [*furnish(tmp_path, ports), "-t"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr


async def test_nobody_comes_in_without_a_login(proxy: Proxy) -> None:
    wrong = {"Authorization": "Basic " + base64.b64encode(b"anna:guessed").decode()}
    around = ("/vote/../status", "/static/..%2fstatus", "/static//../status", "/vote/%2e%2e/status")
    for path in ("/", "/events", "/stories.atom", "/metrics", "/healthz", *around):
        for headers in ({}, wrong):
            assert (await proxy.get(path, headers))[0] == 401


async def test_who_has_a_login_reads_the_page(proxy: Proxy) -> None:
    status, page = await proxy.get("/", LOGIN)
    assert (status, "monitor</title>" in page) == (200, True)
    status, feed = await proxy.get("/stories.json", LOGIN)
    assert (status, f'"home_page_url": "https://{NAME}/"' in feed) == (200, True)


async def test_who_has_a_message_answers_it_without_a_login(proxy: Proxy) -> None:
    assert (await proxy.get("/vote/forged", {}))[0] == 403  # says the page, not the proxy
    assert (await proxy.get("/static/page.css", {}))[0] == 200


async def test_a_name_that_is_not_ours_is_not_passed_on(proxy: Proxy) -> None:
    assert (await proxy.get("/", LOGIN, host="attacker.example"))[0] == 400


async def test_news_streams_through_as_it_comes(proxy: Proxy) -> None:
    with closing(proxy.connect()) as connection:
        connection.request("GET", "/events", headers={"Host": NAME, **LOGIN})
        stream = await asyncio.to_thread(connection.getresponse)
        assert stream.status == 200
        assert await read_until(stream, "data: ") != ""
        proxy.app.bus.emit([StoriesChanged((7,))])
        assert await read_until(stream, "data: ") == '{"story_ids": [7]}'


async def read_until(stream: http.client.HTTPResponse, prefix: str) -> str:
    """The rest of the next line that begins with it."""
    while line := (await asyncio.to_thread(stream.readline)).decode():
        if line.startswith(prefix):
            return line.removeprefix(prefix).strip()
    return ""


async def test_guessing_passwords_is_slow(proxy: Proxy) -> None:
    assert 429 in await asyncio.to_thread(guess, proxy)


def guess(proxy: Proxy) -> set[int]:
    """Ask again and again on one connection, until it is too often."""
    seen = set[int]()
    with closing(proxy.connect()) as connection:
        for _ in range(1000):
            connection.request("GET", "/", headers={"Host": NAME})
            answer = connection.getresponse()
            answer.read()
            seen.add(answer.status)
            if answer.status == 429:
                break
    return seen
