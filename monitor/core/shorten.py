"""How a message is cut to what a channel takes: whole blocks from the end, never half a link."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from monitor.core.model import (
    Block,
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
    """Keep as many leading blocks and links as fit into `limit`, and say that it was cut.

    `size` measures a written message. The first block comes first in every message because it
    carries the link; if not even that fits, it alone remains, with a shorter text and title.
    """
    if size(message) <= limit:
        return message
    atoms = _take_apart(message.blocks)
    mark = Footer(say(message.language, "shortened"))

    def keep(n: int) -> Message:
        return replace(message, blocks=(*atoms[:n], mark))

    def squeeze(n: int) -> Message:
        return replace(message, title=cut(message.title, n), blocks=_cut_texts(atoms[:1], n))

    blocks = _largest(lambda n: size(keep(n)) <= limit, len(atoms) - 1)
    if blocks > 0:
        return keep(blocks)
    return squeeze(_largest(lambda n: size(squeeze(n)) <= limit, limit))


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
    return tuple(_cut_text(b, length) for b in blocks if not isinstance(b, Links | Facts))


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
