"""`topics`: what the monitor looks for, how good it is at it, and training it again."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import bench, learn, session, shelf
from monitor.cli import own as own_topics
from monitor.cli.output import JsonFlag, print_done, print_json, print_table
from monitor.errors import NotFound

app = typer.Typer(help="What the monitor looks for.", no_args_is_help=True)
app.command("add")(own_topics.add_topic)
app.command("remove")(own_topics.remove_topic)
app.command("export")(own_topics.export_topic)
app.command("import")(own_topics.import_topic)

CORPUS = Path("../shared/corpus")
SHIPS = "shipped"
SHIPPED = Path("monitor/topics")
KEPT = SHIPPED / "evaluation.json"
CorpusOption = Annotated[
    Path | None,
    typer.Option("--corpus", help=f"Folder of labelled items; {CORPUS} where it is there."),
]


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


@app.command("threshold")
def move_threshold(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The topic's name.")],
    value: Annotated[
        float | None, typer.Argument(min=0.001, max=0.999, help="Flag from this score on.")
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Flag as the topic itself says again.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Set from which score on a topic flags; `monitor backtest` shows what that would tell.

    A running daemon goes by it from its next tick on; what was judged before stays.
    """
    from monitor.app import move_threshold as move

    if (value is None) is not reset:
        raise typer.BadParameter("say a score between 0 and 1, or take it back with --reset")
    topic = shelf.find_topic(context, name)
    settings, now = session.read_settings(context), session.read_clock()
    session.change(context, lambda tx: move(tx, settings, name, value, now))
    moved = shelf.find_topic(context, name).threshold
    row = {"name": name, "before": topic.threshold, "threshold": moved}
    text = f"{name}: threshold {topic.threshold:.3g} → {moved:.3g}"
    print_done(row, text, as_json=as_json)


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
    keep: Annotated[
        bool, typer.Option("--keep", help=f"Write what the page shows into {KEPT}.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure the shipped topics: goals beside figures.

    Each labelled item is judged by models that saw neither its outlet nor its event. Without a
    corpus the shipped texts are judged, each sub-theme by what the others taught.
    """
    answer = bench.evaluate_shipped(_find_corpus(corpus), plot, ablation=ablation)
    if keep:
        bench.keep_evaluation(answer, KEPT)
    if as_json:
        print_json(answer)
        return
    if errors:
        bench.show_errors(answer["errors"])
    bench.show_figures(answer["figures"])


@app.command("train")
def train_topics(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Learn this topic from your labels; none: see --corpus.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Put what was learned in force.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Go back one version.")] = False,
    corpus: CorpusOption = None,
    own: Annotated[
        bool, typer.Option("--own", help="Learn from the shipped texts alone, not from a corpus.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="Folder of the topics' folders.")] = SHIPPED,
    as_json: JsonFlag = False,
) -> None:
    """Learn a topic from your labels and show what that would have changed in 30 days.

    Nothing is changed without --apply. Without a NAME the shipped topics are trained again from
    a corpus and their weights written: that is for those who make this program.
    """
    if undo and name:
        learn.undo_training(context, name, as_json=as_json)
        return
    if name:
        learn.train_topic(context, name, apply=apply, as_json=as_json)
        return
    if undo or apply or as_json:
        raise typer.BadParameter("--apply, --undo and --json need a topic's NAME")
    found = _find_corpus(corpus)
    if found is None and not own:
        raise NotFound(f"no labelled items: {CORPUS} is missing; give --corpus FOLDER, or --own")
    bench.train_shipped(found, out, own=own)


def _find_corpus(given: Path | None) -> Path | None:
    return given or (CORPUS if CORPUS.exists() else None)
