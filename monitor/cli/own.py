"""Topics of your own: `topics add`, `remove`, `export`, `import`."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import session, shelf
from monitor.cli.output import JsonFlag, print_done, print_json, printable
from monitor.cli.reading import read_heading, read_single
from monitor.core.model import Document, FetchRequest, OwnTopic, TopicVersion
from monitor.errors import ExtractError, MonitorError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.core.classifier import Topic
    from monitor.core.concepts import Concepts
    from monitor.learning.own import Found, Hit, Shelf

BEST = 10
DEFAULT = 0.5
"""Weights are made so that one in a thousand background texts scores higher."""

FORMAT = "monitor topic 1"

Name = Annotated[str, typer.Argument(help="The topic's name.")]


def add_topic(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits, dashes.")],
    like: Annotated[
        list[str], typer.Option("--like", metavar="FILE|URL", help="An article like those wanted.")
    ],
    unlike: Annotated[
        list[str] | None,
        typer.Option("--unlike", metavar="FILE|URL", help="One that is not meant; repeatable."),
    ] = None,
    keyword: Annotated[
        list[str] | None,
        typer.Option("--keyword", help="A telling word, e.g. 'Hafenstreik*'; repeatable."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0.01, max=0.99, help="Default: what 1 in 1,000 stored articles exceed."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Look for articles like one you have; the best stored ones are shown at once.

    --like may be repeated. Nobody is told of articles that are stored already; a running daemon
    looks for the topic from its next tick on.
    """
    from monitor.learning import own

    settings = session.read_settings(context)
    _check_new(context, name)
    keywords = tuple(keyword or ())
    concepts = shelf.add_topic_keywords(name, keywords)
    examples = _read_examples(settings, like, unlike or (), concepts)
    archive = shelf.read_archive(context, concepts, encode=shelf.wants_encoder(settings))
    topic = _make_topic(name, examples, archive, keywords, threshold or DEFAULT)
    figures = own.measure(topic, archive.background())
    now = session.read_clock()
    _store(context, topic, figures, now)
    best = own.find_best(topic, archive, now - shelf.SPAN, BEST)
    if as_json:
        print_json(shelf.to_row(topic, "own") | {"figures": figures, "best": best})
    else:
        _show_added(topic, figures, best)


def remove_topic(context: typer.Context, name: Name, as_json: JsonFlag = False) -> None:
    """Look for it no more; a topic that ships is switched off in config.toml."""
    settings = session.read_settings(context)
    named = {table.name for table in settings.topics} | {route.topic for route in settings.routes}
    if name in named:
        raise MonitorError(f"{name} is named in {settings.source.path}; remove it there first")
    now = session.read_clock()
    session.change(context, lambda tx: tx.topics.remove(name, now))
    text = f"{name} is no longer looked for; what was told of it stays."
    print_done({"name": name}, text, as_json=as_json)


def export_topic(
    context: typer.Context,
    name: Name,
    file: Annotated[Path | None, typer.Argument(help="Default: standard output.")] = None,
) -> None:
    """Write a topic with its weights and how good they were found to be, as one JSON file."""
    from monitor.core.topic import dump_content, dump_models, models_of

    topic = shelf.find_topic(context, name)
    kept = session.peek(context, lambda _, tx: tx.topics.in_force().get(name))
    figures = kept.figures if kept and kept.version == topic.version else {}
    start = {"format": FORMAT, "version": topic.version, "evaluation": figures}
    content = start | dump_content(topic) | {"models": dump_models(models_of(topic))}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    if file is None:
        typer.echo(text)
        return
    try:
        file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise MonitorError(f"{file}: {error.strerror}; name another file") from error
    typer.echo(f"written to {file}", err=True)


def import_topic(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What was exported.")],
    as_json: JsonFlag = False,
) -> None:
    """Look for a topic that was exported, with its weights."""
    topic, figures = read_export(file)
    _check_new(context, topic.name)
    shelf.add_topic_keywords(topic.name, topic.keywords)
    _store(context, topic, figures, session.read_clock())
    if as_json:
        print_json(shelf.to_row(topic, "own") | {"figures": figures})
    else:
        _show_topic(topic, figures)


def read_export(file: Path) -> "tuple[Topic, dict[str, Any]]":
    """Read an exported topic and its figures. Raise `MonitorError` saying what is wrong."""
    try:
        topic, figures = _read_content(json.loads(file.read_bytes()))
    except (ValueError, OSError, RecursionError) as error:
        raise MonitorError(f"{file}: {error}; `monitor topics export` writes such files") from error
    _check_vector(file, topic)
    return topic, figures


def _read_content(content: object) -> "tuple[Topic, dict[str, Any]]":
    """Raise `ValueError`."""
    from monitor.core.topic import check_name, read_topic

    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f'no topic; its "format" would be "{FORMAT}"')
    topic, figures = read_topic(content), content.get("evaluation")
    check_name(topic.name)
    if topic.plain is None:
        raise ValueError("models: the plain weights are missing")
    return topic, figures if isinstance(figures, dict) else {}


def _show_added(topic: "Topic", figures: dict[str, Any], best: "Sequence[Hit]") -> None:
    _show_topic(topic, figures)
    typer.echo("\nThe best stored articles of the last 30 days; nobody is told of these:")
    shelf.show_hits(best)


def _show_topic(topic: "Topic", figures: dict[str, Any]) -> None:
    typer.echo(f"{topic.name}: threshold {topic.threshold:.2f}, version {topic.version}")
    shelf.show_figures(figures)


def _read_examples(
    settings: "Settings", like: Iterable[str], unlike: Iterable[str], concepts: "Concepts"
) -> "list[tuple[Found, bool]]":
    """Analyse what is named, each with whether it is wanted."""
    from monitor.learning import own

    sources = [(place, True) for place in like] + [(place, False) for place in unlike]
    documents = [_read_source(settings, place) for place, _ in sources]
    found = own.read_examples(documents, concepts, encode=shelf.wants_encoder(settings))
    return [(one, wanted) for one, (_, wanted) in zip(found, sources, strict=True)]


def _make_topic(
    name: str,
    examples: "list[tuple[Found, bool]]",
    archive: "Shelf",
    keywords: tuple[str, ...],
    threshold: float,
) -> "Topic":
    from monitor.core.classifier import Topic
    from monitor.core.topic import dump_models, name_version, with_models
    from monitor.learning.own import make_models, write_example

    models = make_models(name, examples, archive)
    topic = Topic(
        name=name,
        labels={},
        description={},
        threshold=threshold,
        version=name_version(dump_models(models), 1),
        exemplars=tuple(write_example(found, wanted=wanted) for found, wanted in examples),
        keywords=keywords,
    )
    return with_models(topic, models)


def _store(context: typer.Context, topic: "Topic", figures: dict[str, Any], now: datetime) -> None:
    from monitor.core.topic import dump_content, dump_models, models_of

    content, models = dump_content(topic), dump_models(models_of(topic))
    own = OwnTopic(topic.name, content, now)
    first = TopicVersion(topic.name, topic.version, models, figures, now)
    if not session.change(context, lambda tx: tx.topics.add(own, first)):
        raise MonitorError(f"there is a topic {topic.name} already; choose another name")


def _check_new(context: typer.Context, name: str) -> None:
    from monitor.core.topic import check_name

    try:
        check_name(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if name in shelf.list_topics(context):
        raise MonitorError(f"there is a topic {name} already; choose another name")


def _check_vector(file: Path, topic: "Topic") -> None:
    """Refuse weights for another encoder: they would break the judging of every article."""
    from monitor.learning.local import count_dimensions, encoder_available

    if topic.semantic is None or not encoder_available():
        return
    found, expected = len(topic.semantic.vector), count_dimensions()
    if found != expected:
        raise MonitorError(
            f"{file}: made with another encoder ({found} numbers, not {expected});"
            " add the topic anew from its exemplars"
        )


def _read_source(settings: "Settings", place: str) -> Document:
    """Read an article from a file, or from the web as the daemon would fetch it."""
    if place.startswith(("http://", "https://")):
        return _drop_title(session.run(_fetch(settings, place)))
    try:
        raw = Path(place).read_bytes()
    except OSError as error:
        raise MonitorError(f"{place}: {error.strerror}; name a file or an address") from error
    try:
        document = read_single(raw).document
    except ValueError as error:
        raise MonitorError(f"{place}: {error}") from error
    if not document.content.strip("\ufeff \t\r\n"):
        raise MonitorError(f"{place}: it is empty; hand in an article, its title as first line")
    return _drop_title(document)


async def _fetch(settings: "Settings", url: str) -> Document:
    from monitor.app import open_reader

    async with open_reader(settings) as reader:
        answer = await reader.fetcher.fetch(FetchRequest(url))
        page = answer.body or b""
        title, language = read_heading(page)
        try:
            text = await reader.extractor.extract(page, answer.url, title)
        except ExtractError as error:
            remedy = "save the article's text in a file and name that"
            raise MonitorError(f"{url}: {printable(str(error))}; {remedy}") from error
        return Document(title, text, language)


def _drop_title(document: Document) -> Document:
    """A page's text often begins with its title once more."""
    text = document.text.lstrip()
    return replace(document, text=text.removeprefix(document.title).lstrip())
