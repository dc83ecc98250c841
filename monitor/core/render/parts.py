"""What messages are made of: links that may be followed, titles, lists that end in a count."""

from collections.abc import Collection, Mapping, Sequence

from monitor.core.link import is_public_link
from monitor.core.model import Actions, Article, Link
from monitor.core.vote import Ballot
from monitor.core.words import cut, format_number, join_names, say

TITLE_LIMIT = 300
NAMES = 5
"""How many feeds a sentence names before it counts the rest."""


def link_article(
    article: Article, language: str, allow: Collection[str], meta: str = "", instead: str = ""
) -> Link:
    """Link the article, or show the address as text where it must not be followed.

    `instead` is its title where its own is no longer kept.
    """
    title = instead if instead and not article.title.strip() else title_of(article, language)
    return link_or_tell(cut(title, TITLE_LIMIT), article.link, allow, meta)


def offer_votes(
    ballot: Ballot | None, article_id: int, topic: str, language: str
) -> tuple[Link, ...]:
    """Link the two words a reader may say on the article, as the page calls them.

    Nothing where no page takes them.
    """
    if ballot is None:
        return ()
    return (
        Link(say(language, "page.story.yes"), ballot.link(article_id, topic, wanted=True)),
        Link(say(language, "page.story.no"), ballot.link(article_id, topic, wanted=False)),
    )


def list_actions(links: tuple[Link, ...]) -> tuple[Actions, ...]:
    """Make a block of what a reader may do; none where that is nothing."""
    return (Actions(links),) if links else ()


def link_or_tell(text: str, url: str | None, allow: Collection[str], meta: str = "") -> Link:
    """Link the address, or show it as text where it must not be followed."""
    if url and is_public_link(url, allow):
        return Link(text, url, meta)
    return Link(text, None, " · ".join(filter(None, (meta, cut(url or "", TITLE_LIMIT)))))


def title_of(article: Article, language: str) -> str:
    """The title on one line; a stand-in where it has none."""
    return " ".join(article.title.split()) or say(language, "untitled")


def label_of(topic: str, labels: Mapping[str, str]) -> str:
    """What a person calls the topic."""
    return labels.get(topic, topic)


def name_some(names: Sequence[str], language: str) -> str:
    """Name the first few, count the rest: "a, b and c", "a, b, c, d, e and 3 more"."""
    rest = len(names) - NAMES
    if rest <= 0:
        return join_names(language, names)
    more = say(language, "digest.more", n=format_number(language, rest))
    return f"{', '.join(names[:NAMES])} {more}"


def count_rest(rest: int, language: str) -> tuple[Link, ...]:
    """Give "and N more" for the end of a list; nothing where all were listed."""
    if rest <= 0:
        return ()
    return (Link(say(language, "digest.more", n=format_number(language, rest)), None),)
