"""Messages, evidence and hints as JSON and back; each block of a message carries its kind."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from monitor.core.model import (
    Actions,
    Block,
    Card,
    Chart,
    Evidence,
    Facts,
    FeedHints,
    Footer,
    Heading,
    Link,
    Links,
    Message,
    Paragraph,
    Quote,
)

TEXT_BLOCKS: dict[str, type[Heading | Paragraph | Quote | Footer]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "quote": Quote,
    "footer": Footer,
}
LINK_BLOCKS: dict[str, type[Links | Actions]] = {"links": Links, "actions": Actions}


def dump_message(message: Message | None) -> dict[str, Any] | None:
    """Write a message as JSON values."""
    if message is None:
        return None
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in message.blocks]
    return {"title": message.title, "language": message.language, "blocks": blocks}


def load_message(data: dict[str, Any] | None) -> Message | None:
    """Read what `dump_message` wrote."""
    if data is None:
        return None
    blocks = tuple(load_block(block) for block in data["blocks"])
    return Message(data["title"], blocks, data["language"])


def load_block(data: dict[str, Any]) -> Block:
    """Read one block; raise `KeyError` for a kind nobody writes."""
    match data:
        case {"kind": "facts", "pairs": pairs}:
            return Facts(tuple((label, value) for label, value in pairs))
        case {"kind": "link"}:
            return load_link(data)
        case {"kind": "links" | "actions" as kind, "items": items}:
            return LINK_BLOCKS[kind](load_links(items))
        case {"kind": "card"}:
            return load_card(data)
        case {"kind": "chart", "title": title, "bars": bars}:
            return Chart(title, tuple((day, count) for day, count in bars))
        case _:
            return TEXT_BLOCKS[data["kind"]](data["text"])


def load_link(data: dict[str, Any]) -> Link:
    """Read a link, alone or in a list."""
    return Link(data["text"], data["url"], data["meta"])


def load_links(data: list[dict[str, Any]]) -> tuple[Link, ...]:
    """Read a list of links."""
    return tuple(load_link(item) for item in data)


def load_card(data: dict[str, Any]) -> Card:
    """Read a story of a digest."""
    return Card(
        tag=data["tag"],
        link=load_link(data["link"]),
        facts=tuple(data["facts"]),
        reports=load_links(data["reports"]),
        also=tuple((language, load_links(links)) for language, links in data["also"]),
        actions=load_links(data["actions"]),
    )


def dump_evidence(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    """Write evidence as JSON values."""
    return [asdict(sentence) for sentence in evidence]


def load_evidence(data: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    """Read what `dump_evidence` wrote."""
    return tuple(
        Evidence(**{**sentence, "concepts": tuple(sentence.get("concepts", ()))})
        for sentence in data
    )


def dump_hints(hints: FeedHints | None) -> dict[str, Any] | None:
    """Write a document's hints as JSON values; a pause in seconds."""
    if hints is None:
        return None
    pause = hints.pause.total_seconds() if hints.pause else None
    return {"pause": pause, "hours": list(hints.skip_hours), "days": list(hints.skip_days)}


def load_hints(data: dict[str, Any] | None) -> FeedHints | None:
    """Read what `dump_hints` wrote."""
    if data is None:
        return None
    pause = timedelta(seconds=data["pause"]) if data["pause"] else None
    return FeedHints(pause, tuple(data["hours"]), tuple(data["days"]))
