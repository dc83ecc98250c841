"""Where a key stands in a TOML text: tomllib gives values without lines.

It reads only texts that tomllib has accepted, so it looks for structure and checks nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

Place = tuple[str | int, ...]
"""A way into the parsed tree, such as ("feeds", 2, "url")."""

Problem = tuple[Place, str]
"""Where something is wrong; what, and what to write instead."""

_PIECE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # strings first: what looks like structure inside one is text
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[A-Za-z0-9_-]+"
    r"|\n|[^\s]",
    re.DOTALL,
)


def find_lines(text: str) -> Mapping[Place, int]:
    """Give the line, counted from 1, of every table header and every key that starts a line."""
    lines: dict[Place, int] = {}
    table: Place = ()
    seen: Counter[Place] = Counter()
    for line, pieces in _statements(text):
        if pieces[0] == "[":
            table = name = _path(pieces[: pieces.index("]")])
            if pieces[1] == "[":
                table = (*name, seen[name])
                seen[name] += 1
            lines.setdefault(name, line)
            lines[table] = line
        elif "=" in pieces:
            lines[table + _path(pieces[: pieces.index("=")])] = line
    return lines


def find_line(lines: Mapping[Place, int], place: Place) -> int:
    """Give the line of a place, else of the nearest table or key around it, else 1."""
    nearest = (place[:length] for length in range(len(place), 0, -1))
    return next((lines[known] for known in nearest if known in lines), 1)


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Group pieces into key-value pairs and headers, each with the line it starts on."""
    line, start, depth = 1, 1, 0
    pieces: list[str] = []
    for piece in _PIECE.findall(text + "\n"):
        if piece == "\n" and depth == 0 and pieces:
            yield start, pieces
            pieces = []
        elif piece != "\n" and not piece.startswith("#"):
            start = start if pieces else line
            pieces.append(piece)
            depth += (piece in "[{") - (piece in "]}")
        line += piece.count("\n")


def _path(pieces: list[str]) -> Place:
    return tuple(piece.strip("\"'") for piece in pieces if piece not in ("[", "."))
