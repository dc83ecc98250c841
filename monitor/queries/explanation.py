"""Why an article was flagged, or not."""

from dataclasses import dataclass

from monitor.core.ids import read_id
from monitor.core.link import vary_link
from monitor.core.model import Article, Page, Verdict
from monitor.errors import NotFound
from monitor.ports import Transaction
from monitor.queries.outbox import OutboxLine, list_told
from monitor.queries.stories import StoryLine, outline_story


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article was flagged, or not: verdicts with evidence, its story, its alerts.

    `page` tells what came of its own page, where that was to decide.
    """

    article: Article
    page: Page | None
    verdicts: tuple[Verdict, ...]
    story: StoryLine | None
    alerts: tuple[OutboxLine, ...]


def explain(tx: Transaction, reference: str, link: str | None = None) -> Explanation:
    """Explain an article by its id or its address, of which `link` is the canonical form.

    Raise `NotFound`.
    """
    article = find_article(tx, reference, link)
    story = tx.stories.of(article.id)
    return Explanation(
        article,
        tx.pages.of(article.id),
        tx.verdicts.of(article.id),
        outline_story(story) if story else None,
        list_told(tx, story) if story else (),
    )


def find_article(tx: Transaction, reference: str, link: str | None = None) -> Article:
    """The article of this id or address, the first that was seen. Raise `NotFound`."""
    found = find_articles(tx, reference, link)
    if not found:
        raise NotFound(f"no article {reference} in the archive; give its id or its exact address")
    return found[0]


def find_articles(tx: Transaction, reference: str, link: str | None = None) -> tuple[Article, ...]:
    """All articles of this id or address; `link` is looked for in all ways feeds may write it."""
    id_ = read_id(reference)
    if id_ is not None:
        found = tx.articles.get(id_)
        return (found,) if found else ()
    addresses = dict.fromkeys((reference, *(vary_link(link) if link else ())))
    articles = (article for address in addresses for article in tx.articles.find(address))
    return tuple({article.id: article for article in articles}.values())
