"""Reads of a document only the entries that were not read before.

feedparser takes a millisecond for an entry, and of twenty in a document nineteen are known. An
entry may be left out when it was read once and left the reader exactly as it had found it: what
feedparser makes of the others then cannot depend on it. So with each hash goes the whole state of
the reader in which the entry was read (namespaces, base address, language, counters), and it counts
as known only in that state. Nothing has to be said of the many ways in which one entry can change
how feedparser reads the next; those that do are simply read again.

What is remembered of an entry is a mark: a hash of state and bytes, then one of its identity.
Whatever is not certain raises, and the document is read whole.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax import handler
from xml.sax.expatreader import ExpatParser

import feedparser
from feedparser.api import StrictFeedParser
from feedparser.encodings import convert_to_utf8
from feedparser.util import FeedParserDict

from monitor.adapters.parse.cut import cut
from monitor.core.model import MARK_BYTES

VERSION = f"1 {feedparser.__version__}"
"""Raise the number when entries are read differently: all of them are then read again."""

HALF = MARK_BYTES // 2
"""Bytes of each of the two hashes in a mark."""


class Uncertain(Exception):
    """An entry cannot be told from what is around it; the document must be read whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An entry of the document, as feedparser gave it; of a known one only its `identity`.

    `hash` is of its bytes and the reader's state; empty: it is not to be remembered.
    """

    raw: Any = None
    hash: bytes = b""
    identity: bytes = b""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: format, feed fields, and the entries in document order."""

    version: str
    feed: Any
    pieces: tuple[Piece, ...]


def read_unseen(body: bytes, headers: dict[str, str], origin: str, marks: bytes) -> Reading:
    """Read the entries that `marks` does not know; raise `Uncertain` or what feedparser raises.

    `origin` is where the document is from: what was read for one address is not known for another.
    """
    parts = cut(convert_to_utf8(headers, body, {}))
    # feedparser rewrites before it reads whatever looks like these, in comments too.
    if parts is None or b"<!DOCTYPE" in parts.head or b"<!ENTITY" in parts.head:
        raise Uncertain
    reader = _Reader()
    reader.feed(parts.head)
    pieces = tuple(_read_entries(reader, parts.entries, origin, _unpack(marks)))
    reader.feed(parts.tail)
    return Reading(reader.version, reader.feeddata, pieces)


def make_hash(text: str) -> bytes:
    """Hash an identity: the second half of a mark."""
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=HALF).digest()


def _unpack(marks: bytes) -> dict[bytes, bytes]:
    whole = 2 * HALF
    ends = range(whole, len(marks) + 1, whole)
    return {marks[end - whole : end - HALF]: marks[end - HALF : end] for end in ends}


def _read_entries(
    reader: "_Reader", entries: tuple[bytes, ...], origin: str, known: dict[bytes, bytes]
) -> Iterator[Piece]:
    state = reader.describe_state()
    key = _make_key(origin, state)
    for entry in entries:
        found = hashlib.blake2b(entry, digest_size=HALF, key=key).digest()
        if found in known:
            yield Piece(hash=found, identity=known[found])
            continue
        raw, before = reader.read_entry(entry), state
        state = reader.describe_state()
        if state == before:
            yield Piece(raw, found)
        else:
            yield Piece(raw)
            key = _make_key(origin, state)


def _make_key(origin: str, state: str) -> bytes:
    given = f"{VERSION} {origin} {state}".encode(errors="replace")
    return hashlib.blake2b(given, digest_size=32).digest()


class _Params(FeedParserDict):  # type: ignore[misc]
    """What feedparser notes of a text while it reads it, asked a hundred times in each entry.

    Its own dictionary looks each key up under other names; none of those noted here has any.
    """

    get = dict.get
    __getitem__ = dict.__getitem__

    def __deepcopy__(self, _: object) -> FeedParserDict:
        return FeedParserDict(self)


class _Reader(StrictFeedParser):  # type: ignore[misc]
    """feedparser's reader, which is asked for its state and watched at the edges of an entry."""

    _APART = frozenset(
        {
            "entries",
            "feeddata",  # but for what entries look at, see `describe_state`
            "elementstack",  # `pop` watches that no entry looks below its own elements
            "property_depth_map",  # kept per entry
            "title_depth",  # begins anew with each entry
            "guidislink",  # likewise
            "_floor",
            "_ended",
            "_sax",
        }
    )

    def __init__(self) -> None:
        super().__init__("", None, "utf-8")
        self.resolve_relative_uris = False
        self.sanitize_html = False
        self.contentparams = _Params()
        self._scope: list[tuple[str | None, str | None]] = []
        self._floor = -1
        self._ended = 0
        self._sax = ExpatParser(namespaceHandling=1)
        self._sax.setFeature(handler.feature_external_ges, 0)
        self._sax.setContentHandler(self)
        self._sax.setErrorHandler(self)

    def feed(self, part: bytes) -> None:
        """Go on with the next bytes of the document."""
        self._sax.feed(part)

    def read_entry(self, entry: bytes) -> Any:
        """Give feedparser's entry; raise `Uncertain` unless it is one, complete and by itself."""
        count, self._floor, self._ended = len(self.entries), len(self.elementstack), 0
        self.feed(entry)
        self._floor = -1
        if len(self.entries) != count + 1 or self._ended != 1:
            raise Uncertain
        return self.entries[-1]

    def describe_state(self) -> str:
        """All that can make a difference to how the next entry is read, written out."""
        state = {name: value for name, value in vars(self).items() if name not in self._APART}
        state |= {name: dict.get(self.feeddata, name) for name in ("image", "textinput")}
        return str(state)

    # --- what feedparser calls -------------------------------------------------------------------

    def startPrefixMapping(self, prefix: str | None, uri: str | None) -> None:  # noqa: N802
        self._scope.append((prefix, uri))
        super().startPrefixMapping(prefix, uri)

    def endPrefixMapping(self, prefix: str | None) -> None:  # noqa: N802, ARG002
        self._scope.pop()

    def push_content(self, *given: Any) -> None:
        super().push_content(*given)
        self.contentparams = _Params(self.contentparams)

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        if len(self.elementstack) <= self._floor:
            raise Uncertain
        return super().pop(element, strip_whitespace)

    def _end_item(self) -> None:
        self._ended += 1
        super()._end_item()

    _end_entry = _end_item
