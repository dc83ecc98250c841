"""`topics`: what the monitor looks for, how good it is at it, and training it again."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.output import JsonFlag, print_json, print_table
from monitor.errors import NotFound

if TYPE_CHECKING:
    from monitor.core.classifier import Topic
    from monitor.learning.evaluate import Judged, Quality
    from monitor.learning.train import Sample

app = typer.Typer(help="What the monitor looks for.", no_args_is_help=True)

CORPUS = Path("../shared/corpus")
SHIPPED = Path("monitor/topics")
CorpusOption = Annotated[Path, typer.Option("--corpus", help="Folder of labelled items.")]


@app.command("list")
def list_topics(as_json: JsonFlag = False) -> None:
    """List the topics: name, label, threshold, version, where it comes from."""
    from monitor.topics import load_topics

    topics = load_topics()
    if as_json:
        print_json([_to_row(topic) for topic in topics])
        return
    rows = [(t.name, t.label("en"), f"{t.threshold:.2f}", t.version, "shipped") for t in topics]
    print_table(("Topic", "Label", "Threshold", "Version", "From"), rows, "There are no topics.")


@app.command("show")
def show_topic(
    name: Annotated[str, typer.Argument(help="The topic's name.")], as_json: JsonFlag = False
) -> None:
    """Show a topic: what it wants, its articles and example sentences."""
    topic = _find(name)
    if as_json:
        content = {"exemplars": topic.exemplars, "examples": topic.examples}
        print_json(_to_row(topic) | {"description": dict(topic.description)} | content)
        return
    typer.echo(f"{topic.name}: {topic.label('en')}")
    typer.echo(f"threshold {topic.threshold:.2f}, version {topic.version}, shipped\n")
    typer.echo(f"{topic.description.get('en', '')}\n")
    articles = (e.text.strip().partition("\n")[0] for e in topic.exemplars)
    rows = [("article", text) for text in articles]
    rows += [("yes" if e.wanted else "no", e.text) for e in topic.examples]
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
    corpus: CorpusOption = CORPUS,
    out: Annotated[Path, typer.Option("--out", help="Folder of the topics' folders.")] = SHIPPED,
) -> None:
    """Train the shipped topics again and write their weights."""
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


def _find(name: str) -> "Topic":
    from monitor.topics import load_topics

    topics = {topic.name: topic for topic in load_topics()}
    if name not in topics:
        raise NotFound(f"no topic {name!r}; there are {', '.join(topics)}")
    return topics[name]


def _to_row(topic: "Topic") -> dict[str, Any]:
    return {
        "name": topic.name,
        "labels": dict(topic.labels),
        "threshold": topic.threshold,
        "version": topic.version,
        "from": "shipped",
    }


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
