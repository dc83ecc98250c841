"""`why-not`: at which gate an article stopped on its way to you."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import session
from monitor.cli.explain import describe_article, find_likes, print_score
from monitor.cli.output import JsonFlag, print_json, print_line, print_table, printable, to_plain
from monitor.cli.stories import print_alerts
from monitor.core.model import UNJUST, Article, Gate, Verdict
from monitor.ports import Transaction

if TYPE_CHECKING:
    from monitor.core.grounds import Ground
    from monitor.learning.nearest import Nearest
    from monitor.queries.why_not import WhyNot, WhyNotAnswer

MOST_FEEDS = 10


def why_not(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The article's address, or its id.")],
    as_json: JsonFlag = False,
) -> None:
    """Say at which gate an article stopped, so that you were not told of it; or when you were."""
    answer, articles = _ask(context, url)
    unjust = [line.article.id for line in answer.articles if line.gate in UNJUST]
    grounds = {id_: _find_grounds(context, articles[id_]) for id_ in unjust}
    likes = {id_: find_likes(context, _pick_texts(articles[id_], grounds[id_])) for id_ in unjust}
    if as_json:
        print_json(_to_json(answer, grounds, likes))
        return
    for line in answer.articles:
        id_ = line.article.id
        _print_answer(line, articles[id_], grounds.get(id_, {}), likes.get(id_, {}))
    if not answer.articles:
        _print_unread(answer)


def _ask(context: typer.Context, url: str) -> "tuple[WhyNotAnswer, Mapping[int, Article]]":
    from monitor.app import read_link
    from monitor.queries.why_not import Reader, why_not

    settings = session.read_settings(context)
    reader = Reader(
        session.read_clock(), settings.channels, settings.routes, zone=settings.timezone
    )
    link = read_link(url)

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


def _print_unread(answer: "WhyNotAnswer") -> None:
    print_line((printable(answer.says), "bold"))
    _print_remedy(answer.remedy)
    for feed in answer.feeds[:MOST_FEEDS]:
        print_line(f"  {printable(feed.coverage.feed)}: {printable(feed.says)}")
    if len(answer.feeds) > MOST_FEEDS:
        print_line((f"  and {len(answer.feeds) - MOST_FEEDS} more; --json names all", "dim"))


def _print_answer(
    line: "WhyNot",
    article: Article,
    grounds: "Mapping[str, Sequence[Ground]]",
    likes: "Mapping[str, Sequence[Nearest]]",
) -> None:
    style = "green" if line.gate is Gate.TOLD else "yellow"
    print_line((printable(article.title), "bold"))
    print_line(describe_article(article))
    print_line((f"{line.name}: ", style), printable(line.says))
    _print_remedy(line.remedy)
    if grounds and not article.text:
        print_line(("judged again by its title alone: no text of it is kept", "dim"))
    for verdict in line.verdicts:
        if verdict.topic in grounds:
            _print_grounds(verdict, grounds[verdict.topic], likes.get(verdict.topic, ()))
    if line.routes:
        rows = ((str(r.number), r.asks, "; ".join(r.missing)) for r in line.routes)
        print_table(("route", "asks for", "what is missing"), rows, empty="")
    if line.alerts:
        print_alerts(line.alerts)


def _print_remedy(remedy: str) -> None:
    if remedy:
        print_line((f"  {printable(remedy)}", "dim"))


def _print_grounds(
    verdict: Verdict, grounds: "Sequence[Ground]", likes: "Sequence[Nearest]"
) -> None:
    print_score(verdict)
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
            said = f"  nearest in the topic's texts ({like.similarity:.2f}): {printable(like.text)}"
            print_line((said, "italic dim"))
