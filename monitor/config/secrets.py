"""Secrets come from the environment, from files or from systemd; here they meet the file's text.

Texts may hold `${NAME}`; of a key that is a secret, `KEY_file` names a file with the whole of it.
`$CREDENTIALS_DIRECTORY` is where systemd puts what `LoadCredential=` names (systemd.exec(5)).
"""

import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, unquote

from monitor.config.lines import Place, Problem

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_KEY = re.compile(r"pass|pwd|token|key|secret|auth|sig|^ ", re.IGNORECASE)
"""Names of secret parameters; " " is how the "+" of a `+Header=` arrives (`Bearer TOKEN`)."""

_SHORTEST_PASSWORD = 4
_SHORTEST_TOKEN = 8
_LONG = 16
UNKNOWN = "unknown://"
"""Stands for a secret that was not found, so that one mistake is one complaint."""

FILED = MappingProxyType({"channels": ("url",), "feeds": ("password", "proxy")})
"""Per table, the keys that may be given as `KEY_file`."""

_FEED_KEYS = frozenset(
    ["headers", "cookies", "username", "password", "password_file", "proxy", "proxy_file"]
)
"""What of a feed may hold a `${NAME}`; its other keys are stored and shown."""

_OPEN = frozenset({"console", "file"})
"""Schemes whose addresses hold no secret."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Where secrets are looked up: the environment, systemd's credentials, the config's folder."""

    environ: Mapping[str, str]
    folder: Path

    def expand(self, text: str) -> str:
        """Put values in place of `${NAME}`. Raise `LookupError` with what is wrong."""
        return _REFERENCE.sub(lambda match: self._value(match[1]), text)

    def read(self, name: str) -> str:
        """Give the content of a secret file. Raise `LookupError` with what is wrong."""
        path = self.locate(name)
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise LookupError(f"cannot read {path} ({reason}); name a readable file") from error

    def locate(self, name: str) -> Path:
        """Give the credential of that name where there is one, else the file beside the config."""
        credential = self._credential(name)
        return credential if credential and credential.is_file() else self.folder / name

    def _value(self, name: str) -> str:
        if name in self.environ:
            return self.environ[name]
        credential = self._credential(name)
        if credential and credential.is_file():
            return self.read(name)
        raise LookupError(f"${{{name}}} is not set; set {name} in the environment")

    def _credential(self, name: str) -> Path | None:
        directory = self.environ.get("CREDENTIALS_DIRECTORY")
        return Path(directory, name) if directory else None


def fill(tree: Mapping[str, Any], vault: Vault) -> tuple[dict[str, Any], list[Problem]]:
    """Put secrets into a parsed file: `${NAME}` in every text, files where a key names one.

    What is stored and shown of feeds stays as it is.
    """
    filling = _Filling(vault, [])
    filled = {key: filling.fill_table(item, (key,)) for key, item in tree.items()}
    return filled, filling.problems


@dataclass(frozen=True, slots=True)
class _Filling:
    """One pass over a parsed file, of which nothing is checked yet."""

    vault: Vault
    problems: list[Problem]

    def fill_table(self, value: Any, place: Place) -> Any:
        kind = str(place[0])
        if kind == "channels" and isinstance(value, dict):
            return {name: self._fill_secrets(t, (kind, name)) for name, t in value.items()}
        if kind == "feeds" and isinstance(value, list):
            return [self._fill_feed(table, (kind, n)) for n, table in enumerate(value)]
        return self._expand(value, place)

    def _fill_feed(self, table: Any, place: Place) -> Any:
        if not isinstance(table, dict):
            return table
        secret = {key: item for key, item in table.items() if key in _FEED_KEYS}
        shown = {key: item for key, item in table.items() if key not in _FEED_KEYS}
        return shown | self._fill_secrets(secret, place)

    def _fill_secrets(self, table: Any, place: Place) -> Any:
        """Expand a table's texts, and put the content of files in place of their names."""
        filled = self._expand(table, place)
        for key in FILED[str(place[0])] if isinstance(filled, dict) else ():
            name = filled.pop(f"{key}_file", None)
            if name is None:
                continue
            if key in filled:
                self.problems.append((place, f"both {key} and {key}_file; keep one"))
            filled[key] = self._attempt(self._read, (key, name), (*place, f"{key}_file"))
        return filled

    def _read(self, named: tuple[str, Any]) -> str:
        key, name = named
        if not isinstance(name, str):
            raise LookupError(f'{key}_file must be text; write {key}_file = "a-file"')  # noqa: TRY004  # one kind of failure
        return self.vault.read(name)

    def _expand(self, value: Any, place: Place) -> Any:
        if isinstance(value, dict):
            return {key: self._expand(item, (*place, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._expand(item, (*place, n)) for n, item in enumerate(value)]
        return self._attempt(self.vault.expand, value, place) if isinstance(value, str) else value

    def _attempt(self, look_up: Callable[[Any], str], text: Any, place: Place) -> str:
        try:
            return look_up(text)
        except LookupError as error:
            self.problems.append((place, str(error)))
            return UNKNOWN


def has_reference(text: str) -> bool:
    """Tell whether a text, as written in the file, takes something from elsewhere."""
    return bool(_REFERENCE.search(text))


def has_password(url: str) -> bool:
    """Tell whether an address, as written in the file, holds a secret itself."""
    return not has_reference(url) and len(list(find_secrets(url))) > 1


def find_secrets(url: str) -> Iterator[str]:
    """Give what a log must not show of a channel's address: itself, passwords and tokens."""
    scheme, _, rest = url.partition("://")
    if scheme in _OPEN:
        return
    address, _, query = rest.partition("?")
    authority, *path = address.split("/")
    account, _, host = authority.rpartition("@")
    user, _, password = account.partition(":")
    named = [value for key, value in parse_qsl(query) if _SECRET_KEY.search(key)]
    yield url
    for piece in (password, *named, *(value.split()[-1] for value in named)):
        yield from {piece, unquote(piece)} if len(piece) >= _SHORTEST_PASSWORD else ()
    for piece in (user, *host.split(":"), *path):
        yield from {piece, unquote(piece)} if _is_token(piece) else ()


def _is_token(piece: str) -> bool:
    """Tokens are long, or mix letters and digits; hiding words would hide the log itself.

    Apprise puts tokens in the place of the user, the host or the path (`discord://ID/TOKEN`).
    """
    mixed = any(map(str.isdigit, piece)) and any(map(str.isalpha, piece))
    return "." not in piece and len(piece) >= (_SHORTEST_TOKEN if mixed else _LONG)


def is_world_readable(path: Path) -> bool:
    """Tell whether any user of the machine may read a file; a missing one is nobody's to read."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False
