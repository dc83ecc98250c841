"""Takes a document apart at the tags of its entries, however broken it is between them.

Nothing is parsed here: it is for documents that cannot be read as they are.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

_EDGE = re.compile(rb"<(?P<end>/?)(?:item|entry)(?=[\s/>])[^<>]*", re.IGNORECASE)
_TAG = re.compile(rb"<(?P<end>/?)(?P<name>[a-z_][\w:.-]*)[^<>]*", re.IGNORECASE)
_MOST_REPEATED = 20_000_000
"""Bytes of heads that may be read again for the sake of single entries."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What stands before the first entry, the entries, and the end tags that `head` asks for."""

    head: bytes
    entries: tuple[bytes, ...]
    tail: bytes

    def join(self, entries: Iterable[bytes]) -> bytes:
        """A document with these entries alone."""
        return self.head + b"".join(entries) + self.tail

    def group(self) -> list[list[bytes]]:
        """Entries that are sound in one group, each other one in a group of its own."""
        sound, broken = list[bytes](), list[list[bytes]]()
        for entry in self.entries:
            if _is_sound(self.join([entry])):
                sound.append(entry)
            else:
                broken.append([entry])
        return [sound, *broken] if sound else broken


def take_apart(body: bytes) -> Pieces:
    """Cut at start and end tags; an entry without an end tag ends where the next one begins.

    There are no entries where reading them one by one would cost too much.
    """
    spans = _find_spans(body)
    head = body[: spans[0][0]] if spans else body
    if len(spans) * len(head) > _MOST_REPEATED:
        spans = []
    return Pieces(head, tuple(body[start:end] for start, end in spans), _close(head))


def _find_spans(body: bytes) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start: int | None = None
    for edge in _EDGE.finditer(body):
        if start is not None:
            spans.append((start, edge.end() + 1 if edge["end"] else edge.start()))
        start = None if edge["end"] or edge[0].endswith(b"/") else edge.start()
    return spans if start is None else [*spans, (start, len(body))]


def _close(head: bytes) -> bytes:
    names: list[bytes] = []
    for tag in _TAG.finditer(head):
        if tag["end"] and names[-1:] == [tag["name"]]:
            names.pop()
        elif not tag["end"] and not tag[0].endswith(b"/"):
            names.append(tag["name"])
    return b"".join(b"</%s>" % name for name in reversed(names))


def _is_sound(document: bytes) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True
