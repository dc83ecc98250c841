"""`topics`: what the monitor looks for, how good it is at it, and training it again."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.output import JsonFlag, print_json, print_table

app = typer.Typer(help="What the monitor looks for.", no_args_is_help=True)

CORPUS = Path("../shared/corpus")
CorpusOption = Annotated[Path, typer.Option("--corpus", help="Folder of labelled items.")]


@app.command("list")
def list_topics(as_json: JsonFlag = False) -> None:
    """List the topics: name, label, threshold, version, where it comes from."""
    from monitor.topics import load_topics

    topics = load_topics()
    if as_json:
        print_json(
            [
                {
                    "name": t.name,
                    "labels": dict(t.labels),
                    "threshold": t.threshold,
                    "version": t.version,
                    "from": "shipped",
                }
                for t in topics
            ]
        )
        return
    rows = [(t.name, t.label("en"), f"{t.threshold:.2f}", t.version, "shipped") for t in topics]
    print_table(("Topic", "Label", "Threshold", "Version", "From"), rows, "There are no topics.")
