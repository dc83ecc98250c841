"""Reads one document of a feed after the other, beside a reader that reads all of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from monitor.adapters.parse import unseen
from monitor.adapters.parse.document import parse_document
from monitor.core.article import identify
from monitor.core.model import Entry, ParsedFeed

URL = "https://feed.example/path/feed.xml"


def read_whole(body: bytes) -> ParsedFeed:
    """As feedparser itself reads it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unseen, "cut", lambda _: None)
        return parse_document(body, URL, None)


@dataclass
class Reader:
    """`marks` are what it remembers, `held` what a store would have, `expected` what it should."""

    marks: bytes = b""
    held: dict[str, Entry] = field(default_factory=dict)
    expected: dict[str, Entry] = field(default_factory=dict)

    def read(self, body: bytes) -> ParsedFeed:
        """Read what is new; fail where it is not what reading everything gives, field by field."""
        whole = read_whole(body)
        parsed = parse_document(body, URL, None, self.marks)
        self.held |= firsts(parsed.entries)
        self.expected |= firsts(whole.entries)
        assert self.held == self.expected
        assert is_part(parsed.entries, whole.entries)
        assert len(parsed.entries) + parsed.known == len(whole.entries)
        assert parsed.problems == whole.problems
        if not parsed.known:
            assert (parsed.title, parsed.language) == (whole.title, whole.language)
        self.marks = parsed.marks
        return parsed

    def guids(self, body: bytes) -> list[str | None]:
        """Read it and say which entries were new."""
        return [one.guid for one in self.read(body).entries]


def firsts(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Of entries with one identity the first counts, as in `core.article.make_drafts`."""
    return {identify(one, f"{one.title}\0{one.text}"): one for one in reversed(entries)}


def is_part(few: Sequence[Entry], many: Sequence[Entry]) -> bool:
    """Whether the few are among the many, in this order."""
    rest: Iterator[Entry] = iter(many)
    return all(one in rest for one in few)
