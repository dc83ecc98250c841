"""An article as its page shows it: why it was told or not, in its own text, and what was said."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.marks import Piece, cut_pieces
from monitor.core.model import Article
from monitor.ports import Transaction
from monitor.queries.board import Card, show_card
from monitor.queries.explanation import find_article
from monitor.queries.why_not import Reader, WhyNot, why_not


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article whole: `title` and `text` with the evidence of all topics marked.

    `why` tells at which gate it ended. `wanted` is what a person said of it, by topic.
    """

    article: Article
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    why: WhyNot
    wanted: Mapping[str, bool]
    card: Card | None


def show_article(tx: Transaction, article_id: int, reader: Reader) -> ArticlePage:
    """One article whole. Raise `NotFound`."""
    article = find_article(tx, str(article_id))
    (why,) = why_not(tx, str(article_id), None, reader).articles
    spans = [(e.start, e.end) for verdict in why.verdicts for e in verdict.evidence]
    return ArticlePage(
        article=article,
        title=cut_pieces(article.title, spans),
        text=cut_pieces(article.text, spans, len(article.title) + 1),  # after a line break
        why=why,
        wanted={label.topic: label.wanted for label in tx.labels.on([article.id])},
        card=show_card(tx, why.story.id, reader.now) if why.story else None,
    )
