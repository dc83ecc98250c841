"""How a message is cut to what a channel takes: whole blocks from the end, never half a link."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from monitor.core.model import Block, Footer, Heading, Link, Links, Message, Paragraph, Quote
from monitor.core.words import cut, cut_at_word, say


def shorten(message: Message, size: Callable[[Message], int], limit: int) -> Message:
    """Keep as many leading blocks and links as fit into `limit`, and say that it was cut.

    `size` measures a written message. The first block comes first in every message because it
    carries the link; if not even that fits, it alone remains, with a shorter text.
    """
    if size(message) <= limit:
        return message
    atoms = _atoms(message.blocks)
    mark = Footer(say(message.language, "shortened"))
    few, many = 0, len(atoms) - 1
    while few < many:
        middle = (few + many + 1) // 2
        if size(_with_blocks(message, (*atoms[:middle], mark))) <= limit:
            few = middle
        else:
            many = middle - 1
    if few > 0:
        return _with_blocks(message, (*atoms[:few], mark))
    return _squeeze(message, atoms, size, limit)


def _atoms(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Take lists apart, so that a list can be kept in part."""
    return tuple(
        atom
        for block in blocks
        for atom in (
            (Links((item,)) for item in block.items) if isinstance(block, Links) else (block,)
        )
    )


def _with_blocks(message: Message, blocks: tuple[Block, ...]) -> Message:
    return replace(message, blocks=blocks)


def _squeeze(
    message: Message, atoms: Sequence[Block], size: Callable[[Message], int], limit: int
) -> Message:
    """Shorten the first block's text, then the title, until they fit alone."""
    block = atoms[0] if atoms else Paragraph("")
    if isinstance(block, Link):
        block = replace(block, text=cut(block.text, 40), meta="")
    elif isinstance(block, Paragraph | Heading | Quote | Footer):
        room = max(limit - size(_with_blocks(message, ())) - 1, 1)
        block = replace(block, text=cut_at_word(block.text, room))
    squeezed = _with_blocks(message, (block,))
    excess = size(squeezed) - limit
    if excess <= 0:
        return squeezed
    return replace(squeezed, title=cut(message.title, max(len(message.title) - excess, 20)))
