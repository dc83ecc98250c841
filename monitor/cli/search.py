"""`search`: the archive by its words, or by an article."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import queries
from monitor.cli import session
from monitor.cli.moments import read_before
from monitor.cli.output import JsonFlag, mark, print_json, print_line, printable, show_time
from monitor.core.model import Among, Order
from monitor.errors import NotFound

if TYPE_CHECKING:
    from monitor.config import Settings


def search(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUERY…",
            help='Words, "words in a row", the beginning of a wor*, and -words to leave out.',
        ),
    ] = None,
    *,
    like: Annotated[str | None, typer.Option(help="Like this article (id or address).")] = None,
    topic: Annotated[str | None, typer.Option(help="Only what this topic flagged.")] = None,
    flagged: Annotated[bool, typer.Option("--flagged", help="Only what a topic flagged.")] = False,
    feed: Annotated[str | None, typer.Option(help="Only this feed (name or address).")] = None,
    language: Annotated[str | None, typer.Option(help='Only this language ("de").')] = None,
    since: Annotated[str | None, typer.Option(help='Seen since ("7d", or ISO, local).')] = None,
    until: Annotated[str | None, typer.Option(help='Seen before ("7d", or ISO, local).')] = None,
    order: Annotated[Order, typer.Option(help="Which come first.")] = Order.BEST,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
    as_json: JsonFlag = False,
) -> None:
    """Search the archive: for words in all their forms, or for articles like one."""
    from monitor.topics import load_likeness

    text = " ".join(map(_check_word, words or ()))
    if like is None and not text:
        raise typer.BadParameter("say what to search for, or --like ARTICLE")
    settings = session.read_settings(context)
    if topic is not None:
        _check_topic(settings, topic)
    begin, end = _read_span(settings, since, until)
    among = Among(topic, flagged, feed, language, begin, end)
    ask = partial(
        queries.search,
        text=text,
        like=like,
        among=among,
        order=order,
        limit=limit,
        likeness=load_likeness(),
    )
    try:
        answer = session.query(context, ask)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json(answer)
    else:
        print_answer(answer)


def _check_word(word: str) -> str:
    """A slip in an option's name would be looked for as a word."""
    if word.startswith("--"):
        raise typer.BadParameter(f"no such option: {word}; `monitor search --help` shows them")
    return word


def _check_topic(settings: "Settings", topic: str) -> None:
    from monitor.app import choose_names

    if topic not in choose_names(settings):
        raise NotFound(f"no topic {topic}; `monitor topics list` shows them")


def _read_span(settings: "Settings", *given: str | None) -> tuple[datetime | None, ...]:
    now = session.read_clock()
    return tuple(None if at is None else read_before(at, now, settings.timezone) for at in given)


def print_answer(answer: queries.SearchAnswer) -> None:
    """Print what was found, with the words marked."""
    for line in answer.articles:
        _print_line(line)
    if not answer.articles:
        print_line(("Nothing found.", "dim"))
    if answer.words:
        print_line(("words: ", "dim"), (printable(" ".join(answer.words)), "dim"))
    if answer.waiting:
        told = f"Articles not searched yet: {answer.waiting:,}; `monitor run` sees to it."
        print_line((told, "yellow"))


def _print_line(line: queries.SearchLine) -> None:
    print_line(*mark(line.title, line.title_hits, "bold"))
    scores = [f"{s.topic} {s.score:.2f}{' flagged' * s.flagged}" for s in line.scores if s.score]
    story = [f"story {line.story}"] if line.story else []
    seen = show_time(line.seen_at)
    alike = [f"{line.alike:.0%} like it"] if line.alike is not None else []
    who = f"article {line.article}", line.feed, line.language or "?", seen
    facts = (*who, *scores, *story, *alike)
    print_line(("  " + printable(" · ".join(facts)), "dim"))
    if line.excerpt:
        print_line("  ", *mark(line.excerpt, line.hits))
    if line.link:
        print_line("  ", (printable(line.link), "cyan"))
