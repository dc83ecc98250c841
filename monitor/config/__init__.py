"""config.toml becomes `Settings`, or a `ConfigError` that names every line to change.

Read in this order: `values`, `kinds`, `access` and `tables` (the shape of the file), `secrets`,
`lines` and `problems` (errors with their line), `settings` (what the program uses). The file is
read here.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from monitor.config.access import holds_literal_secret
from monitor.config.kinds import Known
from monitor.config.lines import find_lines
from monitor.config.problems import Source, read_document
from monitor.config.secrets import FILED, Vault, fill, has_password, is_world_readable
from monitor.config.settings import (
    DEFAULT_CHANNELS,
    Settings,
    check_topics,
    refuse_channels,
    settle,
)
from monitor.config.tables import (
    DAYS,
    Alerts,
    Classifier,
    Polling,
    Storage,
    Web,
)
from monitor.config.values import check_feed_url, check_zone, read_duration, read_period
from monitor.errors import ConfigError

__all__ = [
    "DAYS",
    "Alerts",
    "Classifier",
    "Polling",
    "Settings",
    "Source",
    "Storage",
    "Web",
    "check_feed_url",
    "check_topics",
    "load_settings",
    "read_default_config",
    "read_duration",
    "read_period",
    "refuse_channels",
    "system_zone",
]

FILE = "config.toml"


def load_settings(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Settings:
    """Read the file at `path`, else at $MONITOR_CONFIG, else config.toml in `cwd`.

    Raise `ConfigError` with one line `FILE:LINE: what is wrong; what to write instead` per problem.
    """
    path = path or Path(environ.get("MONITOR_CONFIG") or FILE)
    folder = (cwd / path).absolute().parent
    text = _read_text(cwd / path, path)
    source = Source(path, find_lines(text))
    tree = _parse(text, path)
    if tree.get("channels", {}) == {}:
        tree["channels"] = {name: {"url": url} for name, url in DEFAULT_CHANNELS.items()}
    vault = Vault(environ, folder)
    filled, missing = fill(tree, vault)
    document, wrong = read_document(filled, Known(frozenset(_names(tree["channels"]))))
    if document is None or missing:
        raise ConfigError(source.complain(missing + wrong))
    warnings = _find_exposed(cwd / path, tree, vault)
    return settle(document, source, folder, system_zone(environ), tuple(warnings))


def read_default_config() -> str:
    """The commented config.toml that ships: in the wheel beside this package, else on top."""
    package = Path(__file__).parents[1]
    places = (package / FILE, package.parent / FILE)
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


def system_zone(environ: Mapping[str, str], localtime: Path = Path("/etc/localtime")) -> str:
    """The machine's IANA time zone: $TZ, else where /etc/localtime points, else UTC."""
    linked = str(localtime.resolve()).rpartition("zoneinfo/")[2]
    for name in (environ.get("TZ", "").lstrip(":"), linked):
        try:
            return check_zone(name)
        except ValueError:
            continue
    return "UTC"


def _names(channels: object) -> Iterable[str]:
    return channels if isinstance(channels, dict) else ()


def _read_text(path: Path, shown: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise ConfigError(f'{shown}: no such file; write one with "monitor init"') from error
    except IsADirectoryError as error:
        raise ConfigError(f"{shown}: a folder; name the file, {shown / FILE}") from error
    except OSError as error:
        raise ConfigError(f"{shown}: {error.strerror}; make it readable for this user") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{shown}:{line}: not UTF-8 text; save the file as UTF-8") from error


def _parse(text: str, shown: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        what, line = (found[1], found[2]) if found else (str(error), None)
        line = line or str(len(text.splitlines()))
        remedy = "text stands in quotes, a list in [ ], a key stands once"
        raise ConfigError(f"{shown}:{line}: no valid TOML: {what}; {remedy}") from error


def _find_exposed(path: Path, tree: Mapping[str, Any], vault: Vault) -> Iterator[str]:
    """Secrets that every user of the machine can read (FAULTS F2), one warning for each file."""
    channels, feeds = tree["channels"].values(), tree.get("feeds", ())
    literal = any(has_password(channel.get("url", "")) for channel in channels)
    literal |= any(holds_literal_secret(feed) for feed in feeds)
    named = [c.get("url_file") for c in channels]
    named += [feed.get(f"{key}_file") for feed in feeds for key in FILED["feeds"]]
    files = {vault.locate(name) for name in named if name}
    for file in sorted({path, *files} if literal else files):
        if is_world_readable(file):
            yield f"{file} holds a secret and every user can read it; run: chmod 600 {file}"
