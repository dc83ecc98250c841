"""Set-up from nothing: what the Makefile asks of a machine, and what the wheel holds."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.programs import require_program

TOP = Path(__file__).parents[1]
NEEDED = ("Makefile", "pyproject.toml", "uv.lock", "deploy/uv.txt", "deploy/preflight.py")


def call(*words: str | Path, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # our own Makefile and tools
        words,
        cwd=folder,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder, with a space in its name, that holds what the set-up reads."""
    folder = tmp_path / "a clone"
    for name in NEEDED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, folder / name)
    return folder


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 2), (3, 10, 14)])
def test_an_old_python_is_told_in_one_line(version: tuple[int, ...]) -> None:
    find_lack = runpy.run_path(str(TOP / "deploy/preflight.py"))["find_lack"]
    number = f"{version[0]}.{version[1]}"
    assert find_lack(version) == (
        f"monitor needs Python 3.11 or newer, not {number}; try: make PYTHON=python3.11"
    )


def test_this_python_lacks_nothing() -> None:
    assert runpy.run_path(str(TOP / "deploy/preflight.py"))["find_lack"]() is None


def test_without_ensurepip_the_package_to_install_is_named(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ImportError('Debian keeps it apart')")
    done = call(
        require_program("make", apt="make"),
        "demo",
        f"PYTHON={sys.executable}",
        folder=fresh,
        PYTHONPATH=str(tmp_path),
    )
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        "this Python cannot make environments; run: apt install python3-venv"
    )
    assert not (fresh / ".venv").exists()


def test_a_current_set_up_costs_nothing(fresh: Path) -> None:
    make = require_program("make", apt="make")
    (fresh / ".venv").mkdir()
    (fresh / ".venv/.ready").touch()
    assert call(make, "--question", "setup", folder=fresh).returncode == 0
    later = (fresh / ".venv/.ready").stat().st_mtime + 10
    os.utime(fresh / "uv.lock", (later, later))
    assert call(make, "--question", "setup", folder=fresh).returncode == 1


def test_help_names_the_targets(fresh: Path) -> None:
    done = call(require_program("make", apt="make"), folder=fresh)
    named = [line.split()[0] for line in done.stdout.splitlines()]
    assert {"demo", "run", "test", "check", "clean"} <= set(named)


def test_uv_is_pinned_by_hash() -> None:
    text = (TOP / "deploy/uv.txt").read_text()
    assert re.findall(r"^(\S+==\S+) ", text, re.MULTILINE) == ["uv==0.13.9"]
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) > 10


@pytest.mark.fault("F4")
def test_every_locked_package_has_a_hash() -> None:
    """FAULTS F4."""
    packages = (TOP / "uv.lock").read_text().split("[[package]]")[1:]
    bare = [p.split('"')[1] for p in packages if "hash = " not in p and "editable" not in p]
    assert bare == []


def test_the_wheel_holds_what_the_program_reads(tmp_path: Path) -> None:
    """`config.toml` lies on top in the repository and inside the package in a wheel."""
    uv = TOP / ".venv/bin/uv"
    if not uv.exists():
        pytest.skip("no .venv/bin/uv; run: make setup")
    done = call(uv, "build", "--wheel", "--quiet", "--out-dir", tmp_path, TOP, folder=tmp_path)
    if "hatchling" in done.stderr and "error sending request" in done.stderr:
        pytest.skip("the build backend cannot be downloaded: no network")
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert archive.read("monitor/config.toml") == (TOP / "config.toml").read_bytes()
    kept = {
        str(path.relative_to(TOP))
        for path in (TOP / "monitor").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert kept <= names
    assert "monitor/topics/concepts.toml" in names


@pytest.mark.parametrize(
    ("require_all", "code", "line"),
    [
        ("0", 0, "2 tests skipped: no-such-program is not installed (apt install no-such-package)"),
        ("1", 1, "needs no-such-program, which is not installed: apt install no-such-package"),
    ],
)
def test_a_missing_program_skips_and_is_named_but_fails_in_ci(
    tmp_path: Path, require_all: str, code: int, line: str
) -> None:
    (tmp_path / "conftest.py").write_text("from tests.programs import pytest_terminal_summary\n")
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "from tests.programs import require_program\n"
        "@pytest.mark.parametrize('n', [1, 2])\n"
        "def test_it(n): require_program('no-such-program', apt='no-such-package')\n"
    )
    done = call(
        sys.executable,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path),
        folder=TOP,
        MONITOR_REQUIRE_ALL=require_all,
    )
    assert done.returncode == code, done.stdout
    assert line in done.stdout
