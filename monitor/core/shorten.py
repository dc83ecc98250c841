"""How a message is cut to what a channel takes: whole blocks from the end, never half a link."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from monitor.core.model import (
    Actions,
    Block,
    Card,
    Chart,
    Facts,
    Footer,
    Heading,
    Link,
    Links,
    Message,
    Paragraph,
    Quote,
)
from monitor.core.words import cut, cut_at_word, say


def shorten(message: Message, size: Callable[[Message], int], limit: int) -> Message:
    """Keep as much as fits into `limit`, on the borders of items, and say that it was cut.

    `size` measures a written message. A digest loses further reports of its stories, then what
    may be done with them, before it loses a story; then leading blocks and links are kept. The
    first block comes first in every message because it carries the link; if not even that fits, it
    alone remains, with a shorter text and title.
    """
    if size(message) <= limit:
        return message
    mark = Footer(say(message.language, "shortened"))
    reports = max((len(b.reports) for b in message.blocks if isinstance(b, Card)), default=0)
    atoms = _take_apart(_thin(message.blocks, 0, bare=True))

    def thin(n: int) -> Message:
        return replace(message, blocks=(*_thin(message.blocks, n), mark))

    def keep(n: int) -> Message:
        return replace(message, blocks=(*_without_last_heading(atoms[:n]), mark))

    def squeeze(n: int) -> Message:
        return replace(message, title=cut(message.title, n), blocks=_cut_texts(atoms[:1], n))

    thinned = thin(_largest(lambda n: size(thin(n)) <= limit, reports))
    if size(thinned) <= limit:
        return thinned
    kept = _largest(lambda n: size(keep(n)) <= limit, len(atoms))
    if kept > 0:
        return keep(kept)
    return squeeze(_largest(lambda n: size(squeeze(n)) <= limit, limit))


def _thin(blocks: Iterable[Block], reports: int, *, bare: bool = False) -> tuple[Block, ...]:
    """Cards with so many further reports; without any, other languages go as well."""
    return tuple(
        replace(
            block,
            reports=block.reports[:reports],
            also=block.also if reports else (),
            actions=() if bare else block.actions,
        )
        if isinstance(block, Card)
        else block
        for block in blocks
    )


def _without_last_heading(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Leave out a heading at the end: what it headed was cut away."""
    return blocks[:-1] if blocks and isinstance(blocks[-1], Heading) else blocks


def _take_apart(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Split lists into single links, so that a list can be kept in part."""
    return tuple(
        atom
        for block in blocks
        for atom in (
            (Links((item,)) for item in block.items) if isinstance(block, Links) else (block,)
        )
    )


def _cut_texts(blocks: tuple[Block, ...], length: int) -> tuple[Block, ...]:
    """Cut each text, and leave out what has no single text."""
    texts = (block.link if isinstance(block, Card) else block for block in blocks)
    mixed = Links | Facts | Actions | Chart
    return tuple(_cut_text(b, length) for b in texts if not isinstance(b, mixed))


def _cut_text(block: Heading | Paragraph | Quote | Link | Footer, length: int) -> Block:
    short = replace(block, text=cut_at_word(block.text, length))
    return replace(short, meta="") if isinstance(short, Link) else short


def _largest(fits: Callable[[int], bool], most: int) -> int:
    """The largest number up to `most` that fits, by halving; 0 if none does."""
    few, many = 0, max(most, 0)
    while few < many:
        middle = (few + many + 1) // 2
        few, many = (middle, many) if fits(middle) else (few, middle - 1)
    return few
