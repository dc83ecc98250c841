"""F4: what is installed is what is locked, and all of it can be imported."""

import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

LOCK = Path(__file__).parents[2] / "uv.lock"

IMPORT_ALL = """
import importlib, pkgutil, monitor
for module in pkgutil.walk_packages(monitor.__path__, "monitor."):
    if not module.name.endswith("__main__") and ".migrations." not in module.name:
        importlib.import_module(module.name)
"""


@pytest.mark.fault("F4")
def test_every_package_of_the_lock_comes_with_hashes() -> None:
    locked = tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]
    for package in locked:
        if "registry" in package["source"]:
            files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
            assert files, package["name"]
            assert all(file["hash"].startswith("sha256:") for file in files), package["name"]
        else:
            assert package["name"] == "monitor"


@pytest.mark.fault("F4")
def test_what_is_installed_is_what_is_locked() -> None:
    locked = tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]
    versions = {(package["name"], package.get("version")) for package in locked}
    names = {name for name, _ in versions} - {"monitor"}
    installed = {(d.name.lower().replace("_", "-"), d.version) for d in distributions()}
    assert {pair for pair in installed if pair[0] in names} - versions == set()


@pytest.mark.fault("F4")
def test_every_module_can_be_imported_in_a_fresh_interpreter() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
