"""`explain`: why an article was flagged, or not, and what came of it."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import queries
from monitor.cli import session
from monitor.cli.output import (
    MARKED,
    JsonFlag,
    mark,
    print_json,
    print_line,
    printable,
    show_time,
    to_plain,
)
from monitor.cli.stories import print_alerts
from monitor.core.model import Article, Page, PageState, TextSource, Verdict

if TYPE_CHECKING:
    from monitor.learning.nearest import Nearest

SHOWN = 1_500
"""Characters of a text that are shown; more where a sentence further down tipped the scales."""


def explain(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="The article's id, or its address.")],
    as_json: JsonFlag = False,
) -> None:
    """Say why an article was flagged, or not: scores, evidence, story, alerts."""
    from monitor.app import read_link

    link = read_link(article)
    answer = session.query(context, lambda tx: queries.explain(tx, article, link))
    likes = find_likes(context, {v.topic: [e.text for e in v.evidence] for v in answer.verdicts})
    if as_json:
        print_json(to_plain(answer) | {"nearest": likes})
        return
    told = answer.article
    print_line((printable(told.title), "bold"))
    print_line(describe_article(told))
    if answer.page:
        print_line(_describe_page(answer.page, told.source))
    if not answer.verdicts:
        print_line("It waits for its verdict.")
    for verdict in answer.verdicts:
        _print_verdict(verdict, likes.get(verdict.topic, []))
    _print_text(told, answer.verdicts)
    story = f"Story {answer.story.id}: {answer.story.title}" if answer.story else "No story."
    print_line(printable(story))
    print_alerts(answer.alerts)


def find_likes(
    context: typer.Context, texts: Mapping[str, list[str]]
) -> dict[str, "list[Nearest]"]:
    """Find for each topic what these sentences are like in the topic's own texts."""
    from monitor.cli import shelf
    from monitor.learning.nearest import encoder_available, find_nearest

    wanted = {topic: said for topic, said in texts.items() if said}
    if not wanted or not encoder_available():
        return {}
    topics = shelf.list_topics(context)
    return {
        topic: find_nearest(said, topics[topic])
        for topic, said in wanted.items()
        if topic in topics
    }


def describe_article(article: Article) -> str:
    """Which article it is, and from where."""
    baseline = ", baseline: it was there when the feed was added" if article.baseline else ""
    seen = show_time(article.first_seen_at)
    return f"article {article.id} from {printable(article.feed_name)}, seen {seen}{baseline}"


def print_score(verdict: Verdict) -> None:
    """Print a topic's score beside its threshold."""
    if verdict.score is None:
        print_line((f"{verdict.topic}: unscored, {verdict.reason}", "yellow"))
        return
    style, sign = ("green", "≥") if verdict.flagged else ("dim", "<")
    print_line((f"{verdict.topic}: {verdict.score:.2f} {sign} {verdict.threshold:.2f}", style))


def _print_verdict(verdict: Verdict, likes: "Sequence[Nearest]") -> None:
    print_score(verdict)
    for evidence, like in zip_longest(verdict.evidence, likes[: len(verdict.evidence)]):
        print_line(
            (f"  {-evidence.weight:+.2f}  ", "cyan"),
            (printable(evidence.text), MARKED),
            (f"  {' '.join(evidence.concepts)}", "dim"),
        )
        if like and like.text:
            alike = f"         like ({like.similarity:.2f}): {printable(like.text)}"
            print_line((alike, "italic dim"))


def _print_text(article: Article, verdicts: Sequence[Verdict]) -> None:
    """Print the text as it was judged, with the sentences marked that tipped the scales."""
    if not article.text:
        print_line(("Its text is no longer kept.", "dim"))
        return
    content = f"{article.title}\n{article.text}"
    spans = {(e.start, e.end) for v in verdicts for e in v.evidence}
    end = max([SHOWN, *(end for _, end in spans)])
    print_line(*mark(content[:end], spans, keep="\n"), "…" if end < len(content) else "")


def _describe_page(page: Page, source: TextSource) -> str:
    reason = printable(page.reason)
    match page.state:
        case PageState.TAKEN if source is TextSource.FEED:
            return "Its text is the feed's, which was edited since its page was read."
        case PageState.TAKEN:
            return "Its text is that of its page: the feed's was too short to decide by."
        case PageState.WAITING if page.attempts:
            return f"Its page is tried again at {show_time(page.due_at)}: {reason}"
        case PageState.WAITING:
            return "Its page is to be read: the feed's text is too short to decide by."
        case PageState.FAILED:
            return f"Its text is the feed's; its page could not be read: {reason}"
        case _:
            return f"Its text is the feed's; its page was {page.state}: {reason}"
