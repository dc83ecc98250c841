"""How good the shipped topics are, and training them again: the verbs of those who make them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from monitor.core.classifier import Topic
    from monitor.learning.bench import Figure
    from monitor.learning.corpus import Item
    from monitor.learning.train import Sample

_SAID = {"plain": "off", "semantic": "on"}


def train_shipped(corpus: Path | None, out: Path, *, own: bool) -> None:
    """Train the shipped topics and write their weights into the folders of `out`.

    With `own` they learn from our own texts alone; a corpus that is there then judges them.
    """
    samples = read_samples(None if own else corpus)
    trained = [_train(topic, samples, out) for topic in untrained()]
    if own and corpus:
        show_figures(_judge_corpus(corpus, trained))


def _train(topic: "Topic", samples: "Sequence[Sample]", out: Path) -> "Topic":
    from monitor.learning.evaluate import train_calibrated
    from monitor.learning.train import write_weights

    with waiting(f"training {topic.name}"):
        models = {
            name: train_calibrated(samples, topic.name, semantic=mode, prior=topic.prior)
            for name, mode in modes(samples).items()
        }
    path = out / topic.name / "weights.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_weights(path, models)
    typer.echo(f"wrote {path}")
    return replace(topic, plain=models["plain"], semantic=models.get("semantic"))


def _judge_corpus(corpus: Path, topics: "Sequence[Topic]") -> list[dict[str, Any]]:
    from monitor.learning import bench
    from monitor.learning.corpus import read_corpus

    samples = to_samples([item for item in read_corpus(corpus) if not item.background])
    rows: list[dict[str, Any]] = []
    for mode, semantic in modes(samples).items():
        judged = {t.name: bench.judge_unseen(samples, t, semantic=semantic) for t in topics}
        figures = bench.report_unseen("labelled items", judged, 0.75)
        rows += _to_rows(mode, figures)
    return rows


def show_errors(errors: Mapping[str, Sequence[tuple[str, float, str, str]]]) -> None:
    """Print what was judged wrong, worst first."""
    from monitor.cli.output import print_table

    lines = [
        (topic, kind, f"{score:.2f}", language, title)
        for topic, rows in errors.items()
        for kind, score, language, title in rows
    ]
    print_table(("Topic", "Error", "Score", "Language", "Title"), lines, "No errors.")


def show_figures(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print goals beside figures; what misses its goal is marked."""
    from monitor.cli.output import print_table

    mark = {True: "yes", False: "NO", None: ""}
    columns = ("Encoder", "Measure", "Part", "Figure", "95 %", "Goal", "Met", "Counts")
    lines = [
        (
            row["encoder"],
            row["measure"],
            row["part"],
            f"{row['value']:.3f}",
            "-".join(f"{end:.2f}" for end in row["interval"] or ()),
            row["goal"],
            mark[row["met"]],
            row["counts"],
        )
        for row in rows
    ]
    print_table(columns, lines, "Nothing judged.")


def evaluate_shipped(corpus: Path | None, plot: Path | None, *, ablation: bool) -> dict[str, Any]:
    """Measure the topics: rows of figures and of errors. `plot` is where calibration is drawn.

    Without a corpus our own texts are judged, each sub-theme by what the others taught.
    """
    from monitor.learning import bench
    from monitor.learning.corpus import hash_corpus, read_corpus, view_titles

    real = read_corpus(corpus) if corpus else []
    titles = {s.item.id: s for s in to_samples(view_titles(real))}
    samples = read_samples(corpus)
    background = sum(item.background for item in real)
    answer: dict[str, Any] = {"corpus": hash_corpus(corpus) if corpus else None, "figures": []}
    for mode, semantic in modes(samples).items():
        with waiting(f"judging, {mode}"):
            judged = {
                t.name: bench.judge_apart(samples, t, semantic=semantic, views=titles)
                for t in untrained()
            }
        figures = bench.report(judged, untrained(), background)
        answer["figures"] += _to_rows(mode, [*figures, *_judge_unseen(semantic=semantic)])
        answer["errors"] = {name: bench.find_errors(rows, name) for name, rows in judged.items()}
    bins = {name: bench.bin_scores(rows, name) for name, rows in judged.items()}
    answer["calibration"] = bins
    if plot:
        plot.write_text(bench.draw_calibration(bins), "utf-8")
    if ablation:
        answer["figures"] += _ablate(samples)
    return answer


def keep_evaluation(answer: Mapping[str, Any], file: Path) -> None:
    """Write what the topics' page shows of the shipped topics: calibration, and each topic's F1.

    Numbers alone: the items they were measured on stay where they are.
    """
    rows = [row for row in answer["figures"] if row["part"] in answer["calibration"]]
    topics = {
        name: {
            "figures": [row for row in rows if row["part"] == name],
            "calibration": [[round(x, 4) for x in one] for one in bins],
        }
        for name, bins in answer["calibration"].items()
    }
    content = {"corpus": answer["corpus"], "topics": topics}
    file.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def _judge_unseen(*, semantic: bool) -> "list[Figure]":
    """Judge what nothing was trained on by the weights that ship."""
    from monitor.learning import bench
    from monitor.learning.corpus import read_items
    from monitor.topics import load_topics

    figures: list[Figure] = []
    for part, goal in (("languages", 0.80), ("held-out", None)):
        samples = to_samples(read_items(part))
        judged = {t.name: bench.judge_unseen(samples, t, semantic=semantic) for t in load_topics()}
        figures += bench.report_unseen(part, judged, goal)
    return figures


def _to_rows(mode: str, figures: "Sequence[Figure]") -> list[dict[str, Any]]:
    return [{"encoder": _SAID[mode]} | figure.to_row() for figure in figures]


def _ablate(samples: "Sequence[Sample]") -> list[dict[str, Any]]:
    """Measure each layer alone and together, and without our own or without real items."""
    from monitor.learning import bench
    from monitor.learning.evaluate import cross_judge, measure

    rows: list[dict[str, Any]] = []
    real = [s for s in samples if not s.item.own]
    cases = {
        name: (bench.keep_kinds(samples, kinds), vector)
        for name, (kinds, vector) in bench.ABLATIONS.items()
    }
    cases["without own items"] = (real, True)
    for topic in untrained():
        for name, (chosen, semantic) in cases.items():
            with waiting(f"{topic.name}: {name}"):
                judged = cross_judge(chosen, topic.name, semantic=semantic, prior=topic.prior)
            quality = measure([j for j in judged if not j.sample.item.background], topic.name)
            figure = bench.Figure("F1", f"{topic.name}: {name}", round(quality.f1, 3))
            rows += _to_rows("semantic" if semantic else "plain", [figure])
    return rows


def read_samples(corpus: Path | None) -> "list[Sample]":
    """Read and analyse what is trained on, with a bar on a terminal."""
    from monitor.learning.prepare import read_training_items
    from monitor.topics import load_concepts

    return to_samples(read_training_items(corpus, untrained(), load_concepts()))


def to_samples(items: "Sequence[Item]") -> "list[Sample]":
    """Analyse items, with a bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    from monitor.learning.local import encoder_available
    from monitor.learning.prepare import make_samples
    from monitor.topics import load_concepts

    samples = make_samples(items, load_concepts(), encode=encoder_available())
    return list(track(samples, "reading", len(items), console=Console(stderr=True)))


def untrained() -> "list[Topic]":
    """The shipped topics without their weights."""
    from monitor.topics import NAMES, load_topic

    return [load_topic(name, trained=False) for name in NAMES]


def modes(samples: "Sequence[Sample]") -> dict[str, bool]:
    """The models there can be: without vectors and, where there are some, with them."""
    return {"plain": False} | ({"semantic": True} if samples[0].vector is not None else {})


def waiting(what: str) -> Any:
    """Say on a terminal what is being waited for."""
    from rich.console import Console

    return Console(stderr=True).status(what)
