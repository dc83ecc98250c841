"""Reads labelled and background items (`corpus/README.md` says what the labels mean)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monitor.core.classifier import Topic
from monitor.core.model import Document
from monitor.errors import NotFound
from monitor.topics import read_lines

WANTED = 2
UNWANTED = 0
_UNDATED = "0001-01-01"
_LABELS = {"microsoft-openai": "microsoft_openai", "ai-overbuild": "ai_overbuild"}


@dataclass(frozen=True, slots=True)
class Item:
    """A text with what is known of it. `labels` by topic: 2 wanted, 0 not, 1 between.

    A topic missing in `labels` of a background item means "taken as unwanted". `original` is
    False for machine translations and summaries; `own` marks texts written for this project,
    `kind` their sub-theme; a `view` is another form of an item, measured beside it.
    """

    document: Document
    language: str
    labels: Mapping[str, int]
    outlet: str = ""
    published: date = date.min
    published_at: datetime = datetime(1, 1, 1, tzinfo=UTC)
    original: bool = True
    background: bool = False
    own: bool = False
    id: str = ""
    kind: str = ""
    view: bool = False

    def is_wanted(self, topic: str) -> bool | None:
        """True, False, or None where a judge left it open."""
        label = self.labels.get(topic, UNWANTED if self.background else None)
        return {WANTED: True, UNWANTED: False}.get(label) if label is not None else None


def read_corpus(folder: Path) -> list[Item]:
    """Read `labelled.jsonl` and `background.jsonl`. Raise `NotFound` where they are missing.

    Background items that two readers labelled for this project have their labels.
    """
    try:
        labelled = list(_read_file(folder / "labelled.jsonl", background=False))
        background = list(_read_file(folder / "background.jsonl", background=True))
    except FileNotFoundError as error:
        raise NotFound(f"no labelled items: {error.filename} is missing") from error
    known = read_labels("background-labels")
    return labelled + [replace(item, labels=known.get(item.id, {})) for item in background]


def hash_corpus(folder: Path) -> str:
    """Name the labelled items by their content, so that a figure says what it was measured on."""
    return sha256((folder / "labelled.jsonl").read_bytes()).hexdigest()


def read_labels(name: str) -> dict[str, dict[str, int]]:
    """Read labels of corpus items by id: `background-labels`, or `title-labels` (title alone)."""
    rows = map(json.loads, read_lines(name))
    return {row["id"]: {topic: row[topic] for topic in _LABELS} for row in rows}


def read_items(name: str) -> list[Item]:
    """Read items written for this project: `train`, `held-out` or `languages`."""
    return [_read_own(row) for row in map(json.loads, read_lines(name))]


def view_titles(corpus: Sequence[Item]) -> list[Item]:
    """The titles alone of the items that were labelled again from nothing but their title."""
    labels = read_labels("title-labels")
    return [
        replace(
            item,
            document=Document(item.document.title, "", item.document.language),
            labels=labels[item.id],
            view=True,
        )
        for item in corpus
        if item.id in labels
    ]


def _read_own(row: Mapping[str, Any]) -> Item:
    return Item(
        document=Document(row["title"], row["text"], row["lang"]),
        language=row["lang"],
        labels={topic: row[topic] for topic in _LABELS},
        outlet=row.get("outlet", ""),
        own=True,
        kind=row["kind"],
    )


def own_items(topic: Topic) -> list[Item]:
    """Turn a topic's exemplars and examples into items."""
    return [
        Item(
            document=to_document(example.text.strip(), example.language),
            language=example.language,
            labels={topic.name: WANTED if example.wanted else UNWANTED},
            own=True,
        )
        for example in (*topic.exemplars, *topic.examples)
    ]


def to_document(text: str, language: str | None = None) -> Document:
    """Take the first line as the title."""
    title, _, rest = text.partition("\n")
    return Document(title, rest, language)


def _read_file(path: Path, *, background: bool) -> Iterator[Item]:
    with path.open(encoding="utf-8") as lines:
        yield from (_read_item(json.loads(line), background=background) for line in lines)


def _read_item(row: Mapping[str, Any], *, background: bool) -> Item:
    return Item(
        document=Document(row["title"] or "", row["summary"] or "", row["lang"]),
        language=row["lang"],
        labels={name: row[key] for name, key in _LABELS.items() if key in row},
        outlet=_outlet(row),
        published=date.fromisoformat(row["published"][:10] or _UNDATED),
        published_at=_read_time(row["published"]),
        original=row["text"] == "original",
        background=background,
        id=row["id"],
    )


def _read_time(text: str) -> datetime:
    """Midnight where only the day is known, UTC where no zone is."""
    at = datetime.fromisoformat(text or _UNDATED)
    return at.replace(tzinfo=at.tzinfo or UTC)


def _outlet(row: Mapping[str, Any]) -> str:
    """Name the outlet by its address, so that its translated items count as its own."""
    host = urlsplit(row["url"] or "").hostname or row["source"] or ""
    return host.lower().removeprefix("www.")
