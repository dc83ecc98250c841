"""Secrets come from the environment, from files or from systemd; here they meet the file's text.

A channel's `url` may hold `${NAME}`, or `url_file` names a file that holds the whole address.
`$CREDENTIALS_DIRECTORY` is where systemd puts what `LoadCredential=` names (systemd.exec(5)).
"""

import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from monitor.config.lines import Place, Problem

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_KEY = re.compile(r"pass|pwd|token|key|secret|auth|sig|^ ", re.IGNORECASE)
"""Names of secret parameters; " " is how the "+" of a `+Header=` arrives (`Bearer TOKEN`)."""

_SHORTEST_PASSWORD = 4
_SHORTEST_TOKEN = 8
_LONG = 16
_UNKNOWN = "unknown://"
"""Stands for a secret that was not found, so that one mistake is one complaint."""

_EXAMPLE = 'url_file = "a-file"'

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

    def read(self, name: object) -> str:
        """Give the content of a secret file. Raise `LookupError` with what is wrong."""
        if not isinstance(name, str):
            raise LookupError(f"url_file must be text; write {_EXAMPLE}")  # noqa: TRY004  # one kind of failure
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
    """Put secrets into a parsed file: `${NAME}` in every text, `url_file` in every channel.

    Feeds stay as they are, for their addresses are stored and shown.
    """
    problems: list[Problem] = []

    def expand(value: Any, place: Place) -> Any:
        if isinstance(value, dict):
            return {key: expand(item, (*place, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [expand(item, (*place, index)) for index, item in enumerate(value)]
        return attempt(vault.expand, value, place) if isinstance(value, str) else value

    def attempt(look_up: Callable[[str], str], text: Any, place: Place) -> str:
        try:
            return look_up(text)
        except LookupError as error:
            problems.append((place, str(error)))
            return _UNKNOWN

    def read_file(channel: Any, place: Place) -> Any:
        if not isinstance(channel, dict) or "url_file" not in channel:
            return channel
        if "url" in channel:
            problems.append((place, "both url and url_file; keep one"))
        content = attempt(vault.read, channel["url_file"], (*place, "url_file"))
        return {key: item for key, item in channel.items() if key != "url_file"} | {"url": content}

    filled = {k: item if k == "feeds" else expand(item, (k,)) for k, item in tree.items()}
    channels = filled.get("channels")
    if isinstance(channels, dict):
        filled["channels"] = {n: read_file(c, ("channels", n)) for n, c in channels.items()}
    return filled, problems


def has_password(url: str) -> bool:
    """Tell whether an address, as written in the file, holds a secret itself."""
    return not _REFERENCE.search(url) and len(list(find_secrets(url))) > 1


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
