"""`stories` and `explain`: what happened, and why it was flagged."""

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import queries
from monitor.cli import likeness, session
from monitor.cli.output import (
    JsonFlag,
    print_json,
    print_line,
    print_table,
    printable,
    show_time,
    to_plain,
)
from monitor.core.model import Page, PageState, TextSource, Verdict
from monitor.ports import Transaction

if TYPE_CHECKING:
    from monitor.learning.nearest import Nearest

app = typer.Typer(help="Articles on one event, told once.", no_args_is_help=True)
app.command("eval")(likeness.evaluate_stories)
app.command("train")(likeness.train_likeness)


@app.command("list")
def list_stories(
    context: typer.Context,
    topic: Annotated[str | None, typer.Option(help="Only stories of this topic.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonFlag = False,
) -> None:
    """List the newest stories."""
    lines = session.query(context, lambda tx: queries.list_stories(tx, limit, topic))
    if as_json:
        print_json(lines)
        return
    print_table(
        ("id", "topics", "score", "articles", "sources", "since", "title"),
        (
            (
                str(line.id),
                ", ".join(line.topics),
                f"{line.score:.2f}",
                str(line.articles),
                str(line.sources),
                show_time(line.first_seen_at),
                line.title,
            )
            for line in lines
        ),
        empty="No stories yet.",
    )


@app.command("show")
def show_story(context: typer.Context, story: int, as_json: JsonFlag = False) -> None:
    """Show one story: its articles and what was told of it."""
    answer = session.query(context, lambda tx: queries.show_story(tx, story))
    if as_json:
        print_json(answer)
        return
    line = answer.story
    print_line((printable(line.title), "bold"))
    topics = ", ".join(line.topics)
    print_line(f"{topics}, score {line.score:.2f}, {line.sources} independent sources")
    print_table(
        ("article", "seen", "score", "source", "title", "link"),
        (
            (
                str(member.article),
                show_time(member.first_seen_at),
                f"{member.score:.2f}",
                member.feed,
                member.title,
                member.link or "",
            )
            for member in answer.articles
        ),
        empty="No articles.",
    )
    print_alerts(answer.alerts)


@app.command("split")
def split(
    context: typer.Context,
    story: int,
    articles: Annotated[list[int], typer.Argument(help="Ids of the articles to split off.")],
    as_json: JsonFlag = False,
) -> None:
    """Make a story of its own of some of a story's articles; they never come back."""
    from monitor.app import split_by_hand
    from monitor.topics import load_likeness

    def job(tx: Transaction) -> tuple[int, int]:
        return story, split_by_hand(tx, load_likeness(), story, articles).id

    _correct(context, job, as_json=as_json)


@app.command("merge")
def merge(context: typer.Context, story: int, other: int, as_json: JsonFlag = False) -> None:
    """Put another story into a story; what is like either belongs to it from now on."""
    from monitor.app import merge_by_hand

    now = session.read_clock()
    _correct(context, lambda tx: (merge_by_hand(tx, story, other, now).id,), as_json=as_json)


def _correct(
    context: typer.Context, job: Callable[[Transaction], tuple[int, ...]], *, as_json: bool
) -> None:
    def correct(tx: Transaction) -> list[queries.StoryAnswer]:
        return [queries.show_story(tx, id_) for id_ in job(tx)]

    try:
        answers = session.change(context, correct)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json(answers)
        return
    for answer in answers:
        line = answer.story
        typer.echo(f"story {line.id}, {line.articles} articles: {printable(line.title)}")


def explain(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="The article's id, or its address.")],
    as_json: JsonFlag = False,
) -> None:
    """Say why an article was flagged, or not: scores, evidence, story, alerts."""
    answer = session.query(context, lambda tx: queries.explain(tx, article))
    likes = _find_likes(context, answer.verdicts)
    if as_json:
        print_json(to_plain(answer) | {"nearest": likes})
        return
    told = answer.article
    print_line((printable(told.title), "bold"))
    baseline = ", baseline: it was there when the feed was added" if told.baseline else ""
    print_line(f"article {told.id} from {told.feed_name}{baseline}")
    if answer.page:
        print_line(_describe_page(answer.page, told.source))
    if not answer.verdicts:
        print_line("It waits for its verdict.")
    for verdict in answer.verdicts:
        _print_verdict(verdict, likes.get(verdict.topic, []))
    story = f"Story {answer.story.id}: {answer.story.title}" if answer.story else "No story."
    print_line(story)
    print_alerts(answer.alerts)


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


def print_alerts(alerts: tuple[queries.OutboxLine, ...]) -> None:
    """Print what was said, to whom and why."""
    print_table(
        ("alert", "channel", "state", "at", "because", "note"),
        (
            (
                line.occasion,
                line.channel,
                line.state,
                show_time(line.settled_at or line.due_at),
                line.reason,
                line.error or line.note or "",
            )
            for line in alerts
        ),
        empty="Nothing was told of it.",
    )


def _find_likes(
    context: typer.Context, verdicts: tuple[Verdict, ...]
) -> dict[str, "list[Nearest]"]:
    """Find what each evidence sentence of a flagged verdict is like in the topic's own texts."""
    from monitor.cli import shelf
    from monitor.learning.nearest import encoder_available, find_nearest

    flagged = [verdict for verdict in verdicts if verdict.flagged and verdict.evidence]
    if not flagged or not encoder_available():
        return {}
    topics = shelf.list_topics(context)
    return {
        verdict.topic: find_nearest([e.text for e in verdict.evidence], topics[verdict.topic])
        for verdict in flagged
        if verdict.topic in topics
    }


def _print_verdict(verdict: Verdict, likes: "Sequence[Nearest]") -> None:
    if verdict.score is None:
        print_line((f"{verdict.topic}: unscored, {verdict.reason}", "yellow"))
        return
    style, sign = ("green", "≥") if verdict.flagged else ("dim", "<")
    print_line((f"{verdict.topic}: {verdict.score:.2f} {sign} {verdict.threshold:.2f}", style))
    for evidence, like in zip_longest(verdict.evidence, likes):
        print_line(
            (f"  {-evidence.weight:+.2f}  ", "cyan"),
            (printable(evidence.text), "black on yellow"),
            (f"  {' '.join(evidence.concepts)}", "dim"),
        )
        if like and like.text:
            print_line((f"         like: {printable(like.text)}", "italic dim"))
