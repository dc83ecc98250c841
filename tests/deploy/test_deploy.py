"""What deploy/ says about the program is true."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from monitor.cli.verbs import VERBS
from tests.programs import require_program

TOP = Path(__file__).parents[2]
UNIT = (TOP / "deploy/monitor.service").read_text()
DOCKERFILE = (TOP / "deploy/Dockerfile").read_text()
COMPOSE = (TOP / "deploy/compose.yaml").read_text()


def unit(key: str) -> str:
    """The last value of a key of the unit."""
    return str(re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)[-1])


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    program = require_program("systemd-analyze", apt="systemd")
    return subprocess.run(  # systemd's own checker
        [program, *words, "--no-pager"], capture_output=True, text=True, check=False
    )


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / "monitor.service"
    copy.write_text(UNIT.replace(unit("ExecStart").split()[0], "/bin/true"))
    done = analyze("verify", "--man=no", str(copy))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_is_hardened() -> None:
    done = analyze("security", "--offline=true", str(TOP / "deploy/monitor.service"))
    exposure = re.search(r"Overall exposure level for monitor.service: ([\d.]+)", done.stdout)
    assert exposure, done.stderr
    assert float(exposure[1]) <= 2.0
    assert f"rates its exposure {exposure[1]}" in (TOP / "deploy/README.md").read_text()


def test_the_unit_starts_a_verb_in_the_folder_that_it_may_write() -> None:
    _, option, config, verb = unit("ExecStart").split()
    assert (option, verb) == ("--config", "run")
    assert verb in VERBS
    assert Path(config).parent == Path("/var/lib", unit("StateDirectory"))
    assert str(Path(config).parent) == unit("WorkingDirectory")


@pytest.mark.fault("A3")
def test_stopping_leaves_time_for_sends_in_flight() -> None:
    """FAULTS A3: exit within 20 s; the senders are children and must not get the TERM."""
    assert unit("KillMode") == "mixed"
    assert int(unit("TimeoutStopSec").removesuffix("s")) > 20
    assert int(re.findall(r"stop_grace_period: (\d+)s", COMPOSE)[0]) > 20


def test_a_wrong_configuration_is_not_tried_again() -> None:
    assert unit("RestartPreventExitStatus") == "78"


@pytest.mark.fault("A5")
def test_the_unit_waits_for_the_daemons_word_and_watches_it() -> None:
    """FAULTS A5."""
    assert unit("Type") == "notify"
    assert unit("WatchdogSec") == "2min"
    assert "WATCHDOG=1" in (TOP / "monitor/daemon.py").read_text()


def test_the_image_copies_what_exists_and_what_is_not_ignored() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    allowed = set(
        re.findall(r"^!(.+)$", (TOP / "deploy/Dockerfile.dockerignore").read_text(), re.MULTILINE)
    )
    assert sources == allowed
    assert all((TOP / source).exists() for source in sources)


@pytest.mark.parametrize(
    "words", [r'HEALTHCHECK .* CMD \["monitor", "(\w+)"\]', r'^CMD \["(\w+)"\]']
)
def test_the_image_runs_verbs_that_exist(words: str) -> None:
    [verb] = re.findall(words, DOCKERFILE, re.MULTILINE)
    assert verb in VERBS


def test_the_image_installs_by_hash_and_runs_without_privileges() -> None:
    assert "--require-hashes" in DOCKERFILE
    assert DOCKERFILE.count("uv sync --locked") == 2
    [user] = re.findall(r"^USER (\d+):\d+$", DOCKERFILE, re.MULTILINE)
    assert int(user) > 0
    assert f'user: "{user}:{user}"' in COMPOSE


def test_the_image_has_a_python_that_the_program_accepts() -> None:
    needed = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["requires-python"]
    versions = set(re.findall(r"^FROM python:([\d.]+)-slim-bookworm", DOCKERFILE, re.MULTILINE))
    assert versions == {needed.removeprefix(">=")}


@pytest.mark.parametrize("line", ["read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"])
def test_the_container_is_confined(line: str) -> None:
    assert line in COMPOSE
