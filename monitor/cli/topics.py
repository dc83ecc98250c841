"""`topics`: what the monitor looks for, how good it is at it, and training it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import bench
from monitor.cli.output import JsonFlag, print_json, print_table
from monitor.errors import NotFound

if TYPE_CHECKING:
    from monitor.core.classifier import Topic

app = typer.Typer(help="What the monitor looks for.", no_args_is_help=True)

CORPUS = Path("../shared/corpus")
SHIPPED = Path("monitor/topics")
CorpusOption = Annotated[
    Path | None,
    typer.Option("--corpus", help=f"Folder of labelled items; {CORPUS} where it is there."),
]


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
def evaluate_topics(
    corpus: CorpusOption = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw the calibration into this SVG.")
    ] = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Measure each layer alone, too.")
    ] = False,
    errors: Annotated[
        bool, typer.Option("--errors", help="List what was judged wrong, too.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure the shipped topics: goals beside figures.

    Each labelled item is judged by models that saw neither its outlet nor its event. Without a
    corpus the shipped texts are judged, each sub-theme by what the others taught.
    """
    answer = bench.evaluate_shipped(_find_corpus(corpus), plot, ablation=ablation)
    if as_json:
        print_json(answer)
        return
    if errors:
        bench.show_errors(answer["errors"])
    bench.show_figures(answer["figures"])


@app.command("train")
def train_topics(
    corpus: CorpusOption = None,
    own: Annotated[
        bool, typer.Option("--own", help="Learn from the shipped texts alone, not from a corpus.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="Folder of the topics' folders.")] = SHIPPED,
) -> None:
    """Train the shipped topics again and write their weights."""
    found = _find_corpus(corpus)
    if found is None and not own:
        raise NotFound(f"no labelled items: {CORPUS} is missing; give --corpus FOLDER, or --own")
    bench.train_shipped(found, out, own=own)


def _find_corpus(given: Path | None) -> Path | None:
    return given or (CORPUS if CORPUS.exists() else None)


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
