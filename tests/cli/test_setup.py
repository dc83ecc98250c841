"""`init` and `check`, as a person calls them: a process, its output, its exit code."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

from monitor.config import load_settings, read_default_config

EX_CONFIG = 78


def monitor(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "Europe/Berlin", **more}
    return subprocess.run(  # this very interpreter
        [sys.executable, "-m", "monitor", *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_init_writes_the_commented_file_for_its_owner_only(tmp_path: Path) -> None:
    done = monitor(tmp_path, "init", "news")
    file = tmp_path / "news/config.toml"
    assert done.returncode == 0
    assert file.read_text() == read_default_config()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "monitor --config news/config.toml check" in done.stdout
    assert len(load_settings(file, {}, tmp_path).feeds) >= 25


def test_init_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine")
    done = monitor(tmp_path, "init")
    assert done.returncode == 1
    assert done.stderr.strip() == "monitor: config.toml is there already and stays as it is"
    assert (tmp_path / "config.toml").read_text() == "mine"


def test_init_says_why_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = monitor(tmp_path, "init", "file/below")
    assert done.returncode == 1
    assert "Not a directory; name a folder you may write to" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_says_what_it_found(tmp_path: Path) -> None:
    monitor(tmp_path, "init")
    done = monitor(tmp_path, "check", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found["ok"]
    assert found["feeds"] >= 25
    assert set(found["topics"]) == {"microsoft-openai", "ai-overbuild"}
    assert found["channels"] == ["console", "file"]
    assert found["digests"] == ["daily 07:00 Europe/Berlin"]
    assert found["warnings"] == []
    assert "The configuration is right." in monitor(tmp_path, "check").stdout


def test_check_names_every_mistake_and_exits_78(tmp_path: Path) -> None:
    """FAULTS F3."""
    (tmp_path / "config.toml").write_text('langauge = "de"\n[polling]\ninterval = "0s"\n')
    done = monitor(tmp_path, "check")
    assert done.returncode == EX_CONFIG
    assert done.stderr.splitlines() == [
        'monitor: config.toml:1: unknown key "langauge"; did you mean "language"?',
        'config.toml:3: an interval must be longer than 0 s; write interval = "15m"',
    ]
    as_json = monitor(tmp_path, "check", "--json")
    assert as_json.returncode == EX_CONFIG
    assert [line[:13] for line in json.loads(as_json.stdout)["problems"]] == [
        "config.toml:1",
        "config.toml:3",
    ]


def test_check_warns_of_a_readable_secret(tmp_path: Path) -> None:
    """FAULTS F2."""
    file = tmp_path / "config.toml"
    file.write_text('[channels.mail]\nurl = "mailto://me:hunter22@example.org"\n')
    file.chmod(0o644)
    done = monitor(tmp_path, "check")
    assert "warning: " in done.stdout
    assert "chmod 600" in done.stdout
    assert "hunter22" not in done.stdout + done.stderr


def test_without_a_file_check_names_init(tmp_path: Path) -> None:
    done = monitor(tmp_path, "check")
    assert done.returncode == EX_CONFIG
    assert 'write one with "monitor init"' in done.stderr


def test_every_channel_that_the_default_file_suggests_can_be_switched_on(tmp_path: Path) -> None:
    suggested = re.findall(
        r"^# (\[channels\.\w+\]).*\n# (url = .+)$", read_default_config(), re.MULTILINE
    )
    assert len(suggested) >= 6
    (tmp_path / "config.toml").write_text("\n".join(line for pair in suggested for line in pair))
    secrets = dict.fromkeys(re.findall(r"\$\{(\w+)\}", str(suggested)), "a" * 18)
    secrets |= {"TELEGRAM_BOT_TOKEN": "123456789:" + "a" * 35, "DISCORD_WEBHOOK_TOKEN": "b" * 68}
    done = monitor(tmp_path, "check", **secrets)
    assert done.returncode == 0, done.stderr
