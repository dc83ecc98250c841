"""`explain` and `why-not`: why an article was flagged, and where its way to you ended."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor import queries
from monitor.cli import session
from monitor.cli.output import (
    JsonFlag,
    mask,
    print_json,
    print_line,
    print_table,
    printable,
    show_time,
    to_plain,
)
from monitor.cli.stories import print_alerts
from monitor.core.model import Article, Gate, Page, PageState, TextSource, Verdict
from monitor.ports import Transaction

if TYPE_CHECKING:
    from monitor.core.grounds import Ground
    from monitor.learning.nearest import Nearest
    from monitor.queries.why_not import WhyNot, WhyNotAnswer

SHOWN = 1_500
"""Characters of a text that are shown; more where a sentence further down tipped the scales."""

UNJUST = frozenset({Gate.BELOW, Gate.PAGE, Gate.BASELINE})
"""Gates at which it is asked what spoke for an article, and what against it."""

Reference = Annotated[str, typer.Argument(help="The article's id, or its address.")]


def explain(context: typer.Context, article: Reference, as_json: JsonFlag = False) -> None:
    """Say why an article was flagged, or not: scores, evidence, story, alerts."""
    answer = session.query(context, lambda tx: queries.explain(tx, article))
    likes = _find_likes(context, {v.topic: [e.text for e in v.evidence] for v in answer.verdicts})
    if as_json:
        print_json(to_plain(answer) | {"nearest": likes})
        return
    told = answer.article
    print_line((printable(told.title), "bold"))
    baseline = ", baseline: it was there when the feed was added" if told.baseline else ""
    print_line(
        f"article {told.id} from {told.feed_name}, {show_time(told.first_seen_at)}{baseline}"
    )
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


def why_not(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The article's address, or its id.")],
    as_json: JsonFlag = False,
) -> None:
    """Say at which gate an article stopped, so that you were not told of it; or when you were."""
    answer, articles = _ask(context, url)
    unjust = [line.article.id for line in answer.articles if line.gate in UNJUST]
    grounds = {id_: _find_grounds(context, articles[id_]) for id_ in unjust}
    likes = {id_: _find_likes(context, _pick_texts(articles[id_], grounds[id_])) for id_ in unjust}
    if as_json:
        print_json(_to_json(answer, grounds, likes))
        return
    for line in answer.articles:
        id_ = line.article.id
        _print_answer(line, grounds.get(id_, {}), likes.get(id_, {}))
    if not answer.articles:
        print_line((answer.says, "bold"))
    for feed in answer.feeds:
        print_line(f"  {printable(feed.coverage.feed)}: {printable(feed.says)}")


# --- asking ---------------------------------------------------------------------------------------


def _ask(context: typer.Context, url: str) -> "tuple[WhyNotAnswer, Mapping[int, Article]]":
    from monitor.app import absolute_link, canonical_link
    from monitor.queries.why_not import Reader, why_not

    settings = session.read_settings(context)
    reader = Reader(
        session.read_clock(), settings.channels, settings.routes, zone=settings.timezone
    )
    link = canonical_link(absolute_link(url, ""))

    def ask(tx: Transaction) -> "tuple[WhyNotAnswer, Mapping[int, Article]]":
        answer = why_not(tx, url, link, reader)
        found = (tx.articles.get(line.article.id) for line in answer.articles)
        return answer, {article.id: article for article in found if article}

    return session.query(context, ask)


def _find_grounds(context: typer.Context, article: Article) -> "dict[str, tuple[Ground, ...]]":
    """Judge the text again, here, to see what in it speaks for and what against each topic."""
    from monitor.app import choose_concepts
    from monitor.cli import shelf
    from monitor.core.grounds import find_grounds
    from monitor.core.model import Analysis, Document
    from monitor.learning.local import analyze_all

    topics = tuple(shelf.list_topics(context).values())
    document = Document(article.title, article.text, article.language)
    encode = shelf.wants_encoder(session.read_settings(context))
    (analysis,) = analyze_all([document], choose_concepts(topics), encode=encode, topics=topics)
    if not isinstance(analysis, Analysis):
        return {}
    return {topic.name: find_grounds(document, analysis, topic) for topic in topics}


def _pick_texts(
    article: Article, grounds: "Mapping[str, Sequence[Ground]]"
) -> dict[str, list[str]]:
    """The sentence that speaks most for each topic; the title where none does."""
    return {
        topic: [next((ground.text for ground in found if ground.pull > 0), article.title)]
        for topic, found in grounds.items()
    }


def _find_likes(
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


# --- printing -------------------------------------------------------------------------------------


def _to_json(
    answer: "WhyNotAnswer",
    grounds: "Mapping[int, Mapping[str, Sequence[Ground]]]",
    likes: "Mapping[int, Mapping[str, Sequence[Nearest]]]",
) -> dict[str, Any]:
    articles = [
        to_plain(line)
        | {"grounds": grounds.get(line.article.id, {}), "nearest": likes.get(line.article.id, {})}
        for line in answer.articles
    ]
    plain: dict[str, Any] = to_plain(answer)
    return plain | {"articles": articles}


def _print_answer(
    line: "WhyNot",
    grounds: "Mapping[str, Sequence[Ground]]",
    likes: "Mapping[str, Sequence[Nearest]]",
) -> None:
    told, style = line.article, "green" if line.gate is Gate.TOLD else "yellow"
    print_line((printable(told.title), "bold"))
    print_line(f"article {told.id} from {told.feed}, {show_time(told.first_seen_at)}")
    print_line((f"{line.name}: ", style), printable(line.says))
    for verdict in line.verdicts:
        if verdict.topic in grounds:
            _print_grounds(verdict, grounds[verdict.topic], likes.get(verdict.topic, ()))
    if line.routes:
        rows = ((str(r.number), r.asks, "; ".join(r.missing)) for r in line.routes)
        print_table(("route", "asks for", "what is missing"), rows, empty="")
    if line.alerts:
        print_alerts(line.alerts)


def _print_grounds(
    verdict: Verdict, grounds: "Sequence[Ground]", likes: "Sequence[Nearest]"
) -> None:
    _print_score(verdict)
    for ground in grounds:
        style, sign = ("cyan", "for") if ground.pull > 0 else ("magenta", "against")
        print_line(
            (f"  {sign:7} {ground.pull:+.1f}  ", style),
            printable(ground.text),
            (f"  {' '.join(ground.reasons)}", "dim"),
        )
    if not grounds:
        print_line(("  nothing in it speaks for the topic: it names none of its concepts", "dim"))
    for like in likes:
        if like.text:
            print_line((f"  nearest in the topic's texts: {printable(like.text)}", "italic dim"))


def _print_verdict(verdict: Verdict, likes: "Sequence[Nearest]") -> None:
    _print_score(verdict)
    for evidence, like in zip_longest(verdict.evidence, likes[: len(verdict.evidence)]):
        print_line(
            (f"  {-evidence.weight:+.2f}  ", "cyan"),
            (printable(evidence.text), "black on yellow"),
            (f"  {' '.join(evidence.concepts)}", "dim"),
        )
        if like and like.text:
            print_line((f"         like: {printable(like.text)}", "italic dim"))


def _print_score(verdict: Verdict) -> None:
    if verdict.score is None:
        print_line((f"{verdict.topic}: unscored, {verdict.reason}", "yellow"))
        return
    style, sign = ("green", "≥") if verdict.flagged else ("dim", "<")
    print_line((f"{verdict.topic}: {verdict.score:.2f} {sign} {verdict.threshold:.2f}", style))


def _print_text(article: Article, verdicts: Sequence[Verdict]) -> None:
    """Print the text as it was judged, with the sentences marked that tipped the scales."""
    if not article.text:
        print_line(("Its text is no longer kept.", "dim"))
        return
    content = f"{article.title}\n{article.text}"
    spans = sorted({(e.start, e.end) for v in verdicts for e in v.evidence})
    end = max([SHOWN, *(end for _, end in spans)])
    print_line(*_mark(content[:end], spans), "…" if end < len(content) else "")


def _mark(content: str, spans: Iterable[tuple[int, int]]) -> list[str | tuple[str, str]]:
    """Cut the content into plain and marked parts, in which no character moves the cursor."""
    parts: list[str | tuple[str, str]] = []
    done = 0
    for start, end in spans:
        parts.append(mask(content[done:start], keep="\n"))
        parts.append((mask(content[max(start, done) : end], keep="\n"), "black on yellow"))
        done = max(done, end)
    return [*parts, mask(content[done:], keep="\n")]


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
