"""A feed whose server wants more than a plain request, and where its secrets never turn up."""

import json

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.e2e.program import Program

RSS = b"""<rss version="2.0"><channel><title>Hafenblatt</title>
<item><title>Kran steht still</title><guid>1</guid></item>
<item><title>Schlepper kehrt heim</title><guid>2</guid></item></channel></rss>"""


def club_of(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.port}/club"


CANARIES = ("kanarienvogel-1", "rotkehlchen-22", "zaunkoenig-333")
"""Planted as password, cookie and header."""


@pytest.fixture
def club(httpserver: HTTPServer, program: Program) -> list[Request]:
    """A server that lets only members in; gives what it was asked."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        member = request.authorization and request.authorization.password == CANARIES[0]
        return Response(RSS, content_type="application/rss+xml") if member else Response(status=401)

    httpserver.expect_request("/club").respond_with_handler(answer)
    feed = f"""
[[feeds]]
url = "{club_of(httpserver)}"
name = "Klubblatt"
username = "leser"
password = "${{CLUB_PASSWORD}}"
cookies = {{ sitzung = "${{CLUB_COOKIE}}" }}
headers = {{ X-Api-Key = "${{CLUB_KEY}}" }}
"""
    allow = json.dumps([f"127.0.0.1:{httpserver.port}"])
    program.configure(f"[polling]\nallow = {allow}\n{feed}")
    return asked


def environ(password: str = CANARIES[0]) -> dict[str, str]:
    return {"CLUB_PASSWORD": password, "CLUB_COOKIE": CANARIES[1], "CLUB_KEY": CANARIES[2]}


def test_the_daemon_polls_a_feed_that_wants_a_login(
    program: Program, club: list[Request], httpserver: HTTPServer
) -> None:
    done = program.run("run", "--once", **environ())
    assert done.returncode == 0, done.stderr
    assert program.rows("SELECT count(*) FROM article") == [(2,)]
    assert club[0].cookies["sitzung"] == CANARIES[1]
    assert club[0].headers["X-Api-Key"] == CANARIES[2]


def test_a_trial_logs_in_as_the_daemon_would(
    program: Program, club: list[Request], httpserver: HTTPServer
) -> None:
    done = program.run("feeds", "test", club_of(httpserver), **environ())
    assert "Hafenblatt" in done.stdout


@pytest.mark.fault("F1")
@pytest.mark.parametrize("password", [CANARIES[0], "falsch-4444"])
def test_no_secret_of_a_feed_is_written_anywhere(
    program: Program, club: list[Request], httpserver: HTTPServer, password: str
) -> None:
    """Whether the login is right or wrong, at the finest level of the log."""
    url, secrets = club_of(httpserver), environ(password)
    said = [
        program.run(*words, **secrets)
        for words in (
            ("run", "--once", "--verbose"),
            ("feeds", "list", "--json"),
            ("feeds", "test", url),
            ("check", "--json"),
        )
    ]
    written = [file.read_bytes() for file in program.folder.iterdir() if file.is_file()]
    everything = "".join(done.stdout + done.stderr for done in said).encode() + b"".join(written)
    assert b"Klubblatt" in everything
    for canary in (*CANARIES, password):
        assert canary.encode() not in everything
