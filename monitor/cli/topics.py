"""`topics`: what the monitor looks for, how good it is at it, and training it again."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import learn, own, shelf
from monitor.cli.output import JsonFlag, print_json, print_table

if TYPE_CHECKING:
    from monitor.core.classifier import Topic
    from monitor.learning.evaluate import Judged, Quality
    from monitor.learning.train import Sample

app = typer.Typer(help="What the monitor looks for.", no_args_is_help=True)
app.command("add")(own.add_topic)
app.command("remove")(own.remove_topic)
app.command("export")(own.export_topic)
app.command("import")(own.import_topic)

CORPUS = Path("../shared/corpus")
SHIPS = "shipped"
SHIPPED = Path("monitor/topics")
CorpusOption = Annotated[Path, typer.Option("--corpus", help="Folder of labelled items.")]


@app.command("list")
def list_topics(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the topics: name, label, threshold, version, where it comes from."""
    topics, origins = shelf.list_topics(context).values(), shelf.find_origins(context)
    if as_json:
        print_json([shelf.to_row(t, origins.get(t.name, SHIPS)) for t in topics])
        return
    rows = [
        (t.name, t.label("en"), f"{t.threshold:.2f}", t.version, origins.get(t.name, SHIPS))
        for t in topics
    ]
    print_table(("Topic", "Label", "Threshold", "Version", "From"), rows, "There are no topics.")


@app.command("show")
def show_topic(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The topic's name.")],
    as_json: JsonFlag = False,
) -> None:
    """Show a topic: what it wants, its articles, example sentences and keywords."""
    topic, origin = shelf.find_topic(context, name), shelf.find_origins(context).get(name, SHIPS)
    if as_json:
        from monitor.core.topic import dump_content

        print_json(shelf.to_row(topic, origin) | dump_content(topic))
        return
    typer.echo(f"{topic.name}: {topic.label('en')}")
    typer.echo(f"threshold {topic.threshold:.2f}, version {topic.version}, {origin}\n")
    typer.echo(f"{topic.description.get('en', '')}\n")
    rows = [
        ("article" if e.wanted else "no such article", e.text.strip().partition("\n")[0])
        for e in topic.exemplars
    ]
    rows += [("yes" if e.wanted else "no", e.text) for e in topic.examples]
    rows += [("keyword", keyword) for keyword in topic.keywords]
    print_table(("Wanted", "Example"), rows, "No examples.")


@app.command("eval")
def evaluate_topics(corpus: CorpusOption = CORPUS, as_json: JsonFlag = False) -> None:
    """Measure training on labelled items, each judged by a model that saw nothing like it."""
    from monitor.learning.evaluate import cross_judge

    samples = _samples(corpus)
    rows: list[dict[str, Any]] = []
    for topic in _topics():
        for semantic in _modes(samples):
            with _waiting(f"judging for {topic.name}"):
                judged = cross_judge(samples, topic.name, semantic=semantic)
            rows += _measure_groups(judged, topic, semantic=semantic)
    if as_json:
        print_json(rows)
    else:
        columns = tuple(rows[0])
        print_table(columns, [[str(row[c]) for c in columns] for row in rows], "Nothing judged.")


@app.command("train")
def train_topics(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Learn this topic from your labels; none: see --corpus.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Put what was learned in force.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Go back one version.")] = False,
    corpus: CorpusOption = CORPUS,
    out: Annotated[Path, typer.Option("--out", help="Folder of the topics' folders.")] = SHIPPED,
    as_json: JsonFlag = False,
) -> None:
    """Learn a topic from your labels and show what that would have changed in 30 days.

    Nothing is changed without --apply. Without a NAME the shipped topics are trained again from
    a corpus and their weights written: that is for those who make this program.
    """
    if undo and name:
        learn.undo_training(context, name)
        return
    if name:
        learn.train_topic(context, name, apply=apply, as_json=as_json)
        return
    if undo or apply:
        raise typer.BadParameter("--apply and --undo need a topic's NAME")
    from monitor.learning.evaluate import train_calibrated
    from monitor.learning.train import name_version, write_weights

    samples = _samples(corpus)
    for topic in _topics():
        modes = {("semantic" if mode else "plain"): mode for mode in _modes(samples)}
        with _waiting(f"training {topic.name}"):
            models = {
                name: train_calibrated(samples, topic.name, semantic=mode)
                for name, mode in modes.items()
            }
        path = out / topic.name / "weights.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_weights(path, name_version(models), models)
        typer.echo(f"wrote {path}")


def _topics() -> "list[Topic]":
    from monitor.topics import NAMES, load_topic

    return [load_topic(name, trained=False) for name in NAMES]


def _samples(corpus: Path) -> "list[Sample]":
    """Read and analyse the corpus and the topics' own texts, with a bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    from monitor.learning.corpus import own_items, read_corpus
    from monitor.learning.local import encoder_available
    from monitor.learning.prepare import make_samples
    from monitor.topics import load_concepts

    items = read_corpus(corpus)
    items += [item for topic in _topics() for item in own_items(topic)]
    samples = make_samples(items, load_concepts(), encode=encoder_available())
    return list(track(samples, "reading", len(items), console=Console(stderr=True)))


def _modes(samples: "Sequence[Sample]") -> tuple[bool, ...]:
    """Without the encoder and, where there are vectors, with it."""
    return (False, True) if samples[0].vector is not None else (False,)


def _waiting(what: str) -> Any:
    from rich.console import Console

    return Console(stderr=True).status(what)


def _measure_groups(
    judged: "Sequence[Judged]", topic: "Topic", *, semantic: bool
) -> list[dict[str, Any]]:
    from monitor.learning.evaluate import count_false_alerts, measure

    labelled = [j for j in judged if not j.sample.item.background]
    groups = {
        "all": labelled,
        "original": [j for j in labelled if j.sample.item.original],
        "German": [j for j in labelled if j.sample.item.language == "de"],
        "English": [j for j in labelled if j.sample.item.language == "en"],
    }
    start = {"topic": topic.name, "encoder": "on" if semantic else "off"}
    alerts = round(count_false_alerts(judged, topic.threshold), 2)
    return [
        start
        | {"items": name}
        | _to_figures(measure(group, topic.name, topic.threshold))
        | {"alerts per 1,000 background": alerts if name == "all" else ""}
        for name, group in groups.items()
    ]


def _to_figures(quality: "Quality") -> dict[str, Any]:
    precise = quality.average_precision
    return {
        "wanted": quality.wanted,
        "hits": quality.hits,
        "false": quality.false_alerts,
        "precision": round(quality.precision, 3),
        "recall": round(quality.recall, 3),
        "F1": round(quality.f1, 3),
        "AP": "" if precise is None else round(precise, 3),
    }
