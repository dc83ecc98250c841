"""`label` and `topics train NAME`: a person's yes and no, and what is learned from it."""

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import queries
from monitor.cli import session, shelf
from monitor.cli.output import JsonFlag, print_done, print_json, printable
from monitor.core.model import Article, Label, LabelSource, TopicVersion
from monitor.errors import NotFound
from monitor.ports import Transaction

if TYPE_CHECKING:
    from monitor.core.classifier import Topic
    from monitor.core.concepts import Concepts
    from monitor.learning.own import Changes, Found


class Word(StrEnum):
    """What a person says of an article."""

    YES = "yes"
    NO = "no"


def label(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="The article's id, or its address.")],
    word: Annotated[Word | None, typer.Argument(help="Is it what the topic wants?")] = None,
    topic: Annotated[str, typer.Option("--topic", help="The topic's name.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the word on it back.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Say whether an article is what a topic wants; `topics train NAME` learns from it."""
    if word is None and not undo:
        raise typer.BadParameter("say yes or no, or take it back with --undo")
    if not topic:
        raise typer.BadParameter("--topic NAME is missing; `monitor topics list` shows all")
    shelf.find_topic(context, topic)
    from monitor.app import say_word

    now = session.read_clock()
    kept = None if undo else word

    def job(tx: Transaction) -> tuple[Article, bool, tuple[Label, ...]]:
        found = queries.find_article(tx, article)
        if kept is None:
            _check_said(tx, found.id, topic, word)
            tx.labels.undo(found.id, topic, now)
            return found, True, tx.labels.of(topic)
        label = Label(found.id, topic, kept is Word.YES, LabelSource.COMMAND, now)
        return found, say_word(tx, label).changed, tx.labels.of(topic)

    found, changed, labels = session.change(context, job)
    said = "no word" if kept is None else kept.value
    yes = sum(one.wanted for one in labels)
    already = "" if changed else " (it was said already)"
    text = (
        f"{said} for {topic}{already}: {printable(found.title)}\n"
        f"{topic} has {yes} yes and {len(labels) - yes} no;"
        f" `monitor topics train {topic}` shows what that would change."
    )
    wanted = None if kept is None else kept is Word.YES
    row = {"article": found.id, "title": found.title, "topic": topic, "wanted": wanted}
    counts = {"changed": changed, "yes": yes, "no": len(labels) - yes}
    print_done(row | counts, text, as_json=as_json)


def _check_said(tx: Transaction, article_id: int, topic: str, word: Word | None) -> None:
    """Refuse to take back a word that was not said; None takes back whichever there is."""
    said = next((one for one in tx.labels.of(topic) if one.article_id == article_id), None)
    if word is not None and said is not None and said.wanted is not (word is Word.YES):
        raise NotFound(f"article {article_id} was not called {word.value} for {topic}")


def train_topic(context: typer.Context, name: str, *, apply: bool, as_json: bool) -> None:
    """Learn from labels; show what would have changed, and with `apply` put it in force."""
    from monitor.app import choose_concepts
    from monitor.core.topic import dump_models, name_version, with_models
    from monitor.learning import own

    topic = shelf.find_topic(context, name)
    base, number, is_own = session.query(context, lambda tx: _find_base(tx, topic))
    encode = shelf.wants_encoder(session.read_settings(context))
    concepts = choose_concepts((topic,))
    labelled = _read_labelled(context, name, concepts, encode=encode)
    archive = shelf.read_archive(context, concepts, encode=encode)
    models, figures = own.learn_models(base, labelled, archive, concepts, own=is_own)
    plain, now = dump_models(models), session.read_clock()
    new = replace(with_models(topic, models), version=name_version(plain, number))
    changes = own.compare(topic, new, archive, now - shelf.SPAN)
    if apply:
        shipped = "" if is_own else base.version
        version = TopicVersion(name, new.version, plain, figures, now, shipped)
        session.change(context, lambda tx: tx.topics.learn(version))
    if as_json:
        row = shelf.to_row(new, "learned")
        print_json(row | {"applied": apply, "figures": figures, "changes": changes})
        return
    typer.echo(
        f"{name}: {topic.version} → {new.version}; the threshold stays {topic.threshold:.2f}"
    )
    shelf.show_figures(figures)
    _show_changes(changes)
    said = "in force" if apply else "nothing was changed; --apply puts it in force"
    typer.echo(f"\n{new.version}: {said}.")


def undo_training(context: typer.Context, name: str, *, as_json: bool) -> None:
    """Go back to the version before; the labels stay."""
    now = session.read_clock()
    shelf.find_topic(context, name)
    undone = session.change(context, lambda tx: tx.topics.undo(name, now))
    topic = shelf.find_topic(context, name)
    text = f"{name}: {undone.version} is undone, {topic.version} is in force. Labels stay."
    row = {"name": name, "undone": undone.version, "version": topic.version}
    print_done(row, text, as_json=as_json)


def _find_base(tx: Transaction, topic: "Topic") -> "tuple[Topic, int, bool]":
    """What is learned from, the new version's number, and whether the topic is one's own."""
    from monitor.core.topic import read_own
    from monitor.topics import load_topic

    versions = tx.topics.versions(topic.name)
    own = {one.name: one for one in tx.topics.list()}.get(topic.name)
    base = read_own(own, versions[0]) if own else load_topic(topic.name)
    number = len(versions) + (1 if own else 2)
    return replace(base, threshold=topic.threshold), number, own is not None


def _read_labelled(
    context: typer.Context, name: str, concepts: "Concepts", *, encode: bool
) -> "list[tuple[Found, bool]]":
    from monitor.learning.own import read_articles

    def job(tx: Transaction) -> list[tuple[Article, bool]]:
        labels = tx.labels.of(name)
        articles = tx.articles.list(label.article_id for label in labels)
        return [(articles[label.article_id], label.wanted) for label in labels]

    labelled = session.query(context, job)
    if not labelled:
        raise NotFound(
            f"{name} has no labels; `monitor label ARTICLE yes --topic {name}` gives one"
        )
    found = read_articles([article for article, _ in labelled], concepts, encode=encode)
    words = {article.id: wanted for article, wanted in labelled}
    return [(one, words[one.article.id]) for one in found if one.article]


def _show_changes(changes: "Changes") -> None:
    typer.echo(
        f"\nOf {changes.articles} articles of the last 30 days"
        f" {changes.still_flagged} are flagged by both. Newly flagged:"
    )
    shelf.show_hits(changes.newly_flagged)
    typer.echo("\nNo longer flagged:")
    shelf.show_hits(changes.no_longer_flagged)
