"""What the verbs on topics share: which there are, the archive they work on, how hits are shown."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import typer

from monitor.cli import session
from monitor.cli.output import print_table, show_time
from monitor.errors import MonitorError, NotFound
from monitor.ports import Transaction

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.core.classifier import Topic
    from monitor.core.concepts import Concepts
    from monitor.learning.own import Hit, Shelf

SPAN = timedelta(days=30)
"""What is looked back on."""


def list_topics(context: typer.Context) -> "dict[str, Topic]":
    """All topics by name: those that ship, and with a database also those in it."""
    from monitor.topics import load_topics

    shipped = {topic.name: topic for topic in load_topics()}
    return shipped | (session.peek(context, _choose) or {})


def find_topic(context: typer.Context, name: str) -> "Topic":
    """One of them. Raise `NotFound`."""
    topics = list_topics(context)
    if name not in topics:
        raise NotFound(f"no topic {name!r}; there are {', '.join(topics)}")
    return topics[name]


def find_origins(context: typer.Context) -> dict[str, str]:
    """Where each topic comes from, that is not simply shipped."""
    return session.peek(context, _name_origins) or {}


def wants_encoder(settings: "Settings") -> bool:
    """Whether the daemon would use sentence vectors."""
    from monitor.learning.local import encoder_available

    return settings.classifier.encoder != "off" and encoder_available()


def add_topic_keywords(name: str, keywords: Sequence[str]) -> "Concepts":
    """The concept table with a topic's keywords. Raise `MonitorError`."""
    from monitor.core.concepts import add_keywords
    from monitor.topics import load_concepts

    try:
        return add_keywords(load_concepts(), {name: tuple(keywords)})
    except ValueError as error:
        raise MonitorError(f"{error}; write words, a star at the end or the beginning") from error


def read_archive(context: typer.Context, concepts: "Concepts", *, encode: bool) -> "Shelf":
    """Analyse the newest stored articles, with a bar on a terminal. Raise `MonitorError`."""
    from monitor.learning.own import ARCHIVE, read_shelf

    articles = session.query(context, lambda tx: tx.articles.newest(ARCHIVE))
    found = read_shelf(articles, concepts, encode=encode, track=_track)
    if not found.found:
        raise MonitorError("there is nothing to compare with; run `monitor run --once` first")
    return found


def to_row(topic: "Topic", origin: str) -> dict[str, Any]:
    """What a list says of a topic."""
    return {
        "name": topic.name,
        "labels": dict(topic.labels),
        "threshold": topic.threshold,
        "version": topic.version,
        "from": origin,
    }


def show_figures(figures: dict[str, Any]) -> None:
    """Print how good a topic was found to be."""
    said = (f"{name.replace('_', ' ')}: {value}" for name, value in figures.items())
    typer.echo("; ".join(said) or "never measured")


def show_hits(hits: "Iterable[Hit]") -> None:
    """Print articles with their scores."""
    rows = (
        (
            str(hit.article),
            f"{hit.score:.2f}" if hit.before is None else f"{hit.before:.2f} → {hit.score:.2f}",
            show_time(hit.first_seen_at),
            hit.feed,
            hit.title,
        )
        for hit in hits
    )
    print_table(("article", "score", "seen", "source", "title"), rows, empty="None.")


def _choose(settings: "Settings", tx: Transaction) -> "dict[str, Topic]":
    from monitor.app import choose_topics

    return {topic.name: topic for topic in choose_topics(tx, settings)}


def _name_origins(settings: "Settings", tx: Transaction) -> dict[str, str]:
    topics, own = _choose(settings, tx), {topic.name for topic in tx.topics.list()}
    origins = {}
    for name, version in tx.topics.in_force().items():
        base = "own" if name in own else "shipped"
        learned = name not in own or len(tx.topics.versions(name)) > 1
        old = name in topics and topics[name].version != version.version
        note = ", learned from older weights: train it again" if old else ", learned"
        origins[name] = base + (note if learned else "")
    return origins


def _track(things: Iterable[Any], count: int) -> Iterable[Any]:
    from rich.console import Console
    from rich.progress import track

    return track(things, "reading the archive", count, console=Console(stderr=True))
