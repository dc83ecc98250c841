"""Finds the entries of a feed document by their bytes, without reading what they say.

The bytes come from expat, the parser that feedparser reads well-formed documents with: what is no
document for the one is none for the other, and both see an element begin and end at the same
place. expat is given no handler for entities or other files, and documents with a DOCTYPE are
left alone. Time and memory grow with the length of the document and nothing else.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.parsers import expat

MOST_ENTRIES = 10_000
"""Documents with more entries are left whole: what is remembered of each would add up."""

_NAMES = frozenset({"item", "entry"})
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cut:
    """A document in three parts; between the entries there are only white space and comments."""

    head: bytes
    entries: tuple[bytes, ...]
    tail: bytes


def cut(document: bytes) -> Cut | None:
    """Cut a UTF-8 document, or give None where it is not certain that the parts mean the same."""
    finder = _Finder(document)
    try:
        finder.find()
    except (expat.ExpatError, _Uncertain):
        return None
    spans = finder.spans
    gaps = (document[end:begin] for (_, end), (begin, _) in pairwise(spans))
    if not spans or any(_COMMENT.sub(b"", gap).strip() for gap in gaps):
        return None
    head, tail = document[: spans[0][0]], document[spans[-1][1] :]
    return Cut(head, tuple(document[begin:end] for begin, end in spans), tail)


class _Uncertain(Exception):
    """Two readers could take this document differently."""


class _Finder:
    """Follows one document; `spans` are the bytes of its outermost items and entries."""

    def __init__(self, document: bytes) -> None:
        self.spans: list[tuple[int, int]] = []
        self._document = document
        self._begin = 0
        self._depth = 0
        # With namespaces, as feedparser has it: else an undeclared prefix would pass here only.
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse

    def find(self) -> None:
        """Read to the end; raise `ExpatError` where it is not well-formed, or `_Uncertain`."""
        self._parser.Parse(self._document, True)

    def _start(self, name: str, _: Any) -> None:
        if self._depth:
            self._depth += 1
        elif name.rpartition(" ")[2].lower() in _NAMES:
            self._depth = 1
            self._begin = self._parser.CurrentByteIndex

    def _end(self, _: str) -> None:
        if self._depth > 1:
            self._depth -= 1
        elif self._depth:
            self._depth = 0
            self._add(self._parser.CurrentByteIndex)

    def _add(self, end: int) -> None:
        """Take over an entry whose end tag begins at `end`."""
        # Of `<item/>`, expat gives the place behind it, where another end tag may begin.
        empty = self._document.endswith(b"/>", self._begin, end)
        if empty and self._document.count(b"<", self._begin, end) == 1:
            raise _Uncertain
        if len(self.spans) == MOST_ENTRIES:
            raise _Uncertain
        self.spans.append((self._begin, self._document.index(b">", end) + 1))


def _refuse(*_: object) -> None:
    raise _Uncertain
