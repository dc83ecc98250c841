"""Why an article was flagged, or not."""

from dataclasses import dataclass

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


def explain(tx: Transaction, reference: str) -> Explanation:
    """Explain an article by its id or its address. Raise `NotFound`."""
    article = find_article(tx, reference)
    story = tx.stories.of(article.id)
    return Explanation(
        article,
        tx.pages.of(article.id),
        tx.verdicts.of(article.id),
        outline_story(story) if story else None,
        list_told(tx, story) if story else (),
    )


def find_article(tx: Transaction, reference: str) -> Article:
    """The article of this id or address. Raise `NotFound`."""
    if reference.isdecimal():
        found = tx.articles.get(int(reference))
    else:
        found = next(iter(tx.articles.find(reference)), None)
    if found is None:
        raise NotFound(f"no article {reference} in the archive; give its id or its exact address")
    return found
