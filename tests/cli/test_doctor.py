"""`doctor` names what is wrong, says what to do, and changes nothing."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.daemon import hold_lock

CONFIG = """\
classifier = { encoder = "off" }
[channels.file]
url = "file://messages.txt"
[[feeds]]
url = "https://blatt.example/rss"
name = "Blatt"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return path


def run(config: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--config", str(config), *words])
    return done.exit_code, done.stdout


def examine(config: Path) -> dict[str, Any]:
    code, out = run(config, "doctor", "--json")
    answer = json.loads(out)
    assert (code == 0) is answer["ok"]
    return {check["name"]: (check["grade"], check["found"]) for check in answer["checks"]}


def change(config: Path, statement: str) -> None:
    with closing(sqlite3.connect(config.with_name("monitor.sqlite"))) as database, database:
        database.execute(statement)


FEED = (
    "INSERT INTO feed (id, url, name, tags, from_config, from_command, next_poll_at, failures,"
    " last_polled_at, last_error, due_reason)"
    " VALUES (1, 'https://blatt.example/rss', 'Blatt', '[]', 1, 0, 0, 12, 0, 'HTTP 500', '')"
)
DEAD = (
    "INSERT INTO outbox (id, subject, subject_id, occasion, channel, reason, state, attempts,"
    " ambiguous, due_at, created_at, settled_at, error)"
    " VALUES (1, 'story', '1', 'first', 'mail', '', 'dead', 3, 0, 0, 0, 0, 'SMTP 550')"
)
TO_COME = (
    "INSERT INTO article (id, feed_id, identity, published_at, first_seen_at, baseline, newest)"
    " VALUES (1, 1, 'a', 9000000000000000, 9000000000000000, 0, 1)"
)
SAYS = (
    "INSERT INTO revision (id, article_id, n, title, text, fingerprint, seen_at)"
    " VALUES (1, 1, 1, 'Titel', '', 'f', 0)"
)


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(config: Path) -> None:
    found = examine(config)
    assert found["configuration"][0] == "ok"
    assert found["database"][0] == "warn"
    assert found["daemon"] == ("warn", "does not run")
    assert list(config.parent.iterdir()) == [config]


def test_the_table_says_what_to_do(config: Path) -> None:
    code, out = run(config, "doctor")
    assert code == 0
    assert "monitor run makes it" in out


@pytest.mark.parametrize(
    ("statements", "name", "grade", "says"),
    [
        ([FEED], "feeds", "fail", "1 of 1 failing: Blatt: HTTP 500"),
        ([DEAD], "delivery", "fail", "mail: SMTP 550"),
        ([FEED, TO_COME, SAYS], "clock", "warn", "an article was seen at 2255-03-14 16:00 UTC"),
        (["UPDATE alembic_version SET version_num = '9999'"], "database", "fail", "newer"),
        (["DROP TABLE alembic_version"], "database", "fail", "not a database of monitor"),
    ],
)
def test_what_the_database_says(
    config: Path, statements: list[str], name: str, grade: str, says: str
) -> None:
    run(config, "db", "upgrade")
    for statement in statements:
        change(config, statement)
    found = examine(config)
    assert found[name][0] == grade
    assert says in found[name][1]


def test_a_sound_installation(config: Path) -> None:
    run(config, "db", "upgrade")
    run(config, "backup", str(config.with_name("monitor.sqlite.daily-20260101.bak")))
    with hold_lock(config.with_name("monitor.sqlite")):
        found = examine(config)
    grades = {name: grade for name, (grade, _) in found.items()}
    assert {name for name, grade in grades.items() if grade != "ok"} == {"ballast"}
    assert found["daemon"][1].startswith("runs as process ")


def test_a_full_disk_and_an_open_secret_are_unwise(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(f"{CONFIG}[channels.mail]\nurl = 'json://me:geheim-4711@127.0.0.1/'\n")
    config.chmod(0o644)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 9))
    found = examine(config)
    assert found["disk"] == ("warn", "0 MB free")
    assert found["secrets"][0] == "warn"
    assert "geheim" not in str(found)


def test_a_wrong_channel_is_a_failure(config: Path) -> None:
    config.write_text(CONFIG.replace("file://messages.txt", "discrod://a/b"))
    assert examine(config)["configuration"][0] == "fail"
