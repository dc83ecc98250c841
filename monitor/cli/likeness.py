"""`stories eval` and `stories train`: how well articles become stories, for those who make this."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import bench
from monitor.cli.output import JsonFlag, print_json, print_table
from monitor.errors import NotFound

if TYPE_CHECKING:
    from monitor.core.model import Flagged
    from monitor.learning.corpus import Item
    from monitor.learning.stories import Clusters

CORPUS = Path("../shared/corpus")
SHIPPED = Path("monitor/topics/likeness.json")
CorpusOption = Annotated[
    Path, typer.Option("--corpus", help="Folder of the items that the labels name.")
]


def evaluate_stories(
    corpus: CorpusOption = CORPUS,
    errors: Annotated[
        bool, typer.Option("--errors", help="List what was put together wrongly, too.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure how well articles are put into stories: goals beside figures."""
    from monitor.learning.corpus import hash_corpus

    items = _read_labelled(corpus)
    ways = _find_ways(items)
    rows = [
        {"encoder": name} | figure.to_row()
        for name, (flagged, sort) in ways.items()
        for figure in _report(flagged, items, sort, goals=name != TITLES)
    ]
    wrong = [row for name, way in ways.items() if name != TITLES for row in _errors(name, *way)]
    if as_json:
        print_json({"corpus": hash_corpus(corpus), "figures": rows, "errors": wrong})
        return
    if errors:
        _show_errors(wrong, items)
    bench.show_figures(rows)


def train_likeness(
    corpus: CorpusOption = CORPUS,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = SHIPPED,
) -> None:
    """Count words and fit weights again, on the labels that are for tuning."""
    from monitor.learning.corpus import read_corpus
    from monitor.learning.likeness import learn_likeness, read_strangers, write_likeness
    from monitor.learning.stories import to_flagged

    labelled = _to_flagged(_read_labelled(corpus))
    strangers = _to_flagged({item.id: item for item in read_strangers()})
    whole = read_corpus(corpus)
    with bench.waiting("counting words, fitting weights"):
        flagged = list(to_flagged(whole, encode=False))
        near = [one for one, item in zip(flagged, whole, strict=True) if not item.background]
        likeness = learn_likeness(flagged, near, labelled, strangers)
    write_likeness(out, likeness)
    typer.echo(f"wrote {out}: {len(likeness.rarity)} words of known rarity")


TITLES = "titles only"
_ON, _OFF = "on", "off"


def _read_labelled(corpus: Path) -> "dict[str, Item]":
    from monitor.learning.stories import read_labelled

    try:
        return read_labelled(corpus)
    except NotFound as error:
        raise NotFound(f"{error}; the labels name items of that corpus: --corpus FOLDER") from error


def _to_flagged(items: "Mapping[str, Item]") -> "dict[str, Flagged]":
    from monitor.learning.local import encoder_available
    from monitor.learning.stories import to_flagged

    flagged = to_flagged(list(items.values()), encode=encoder_available())
    with bench.waiting("reading"):
        return dict(zip(items, flagged, strict=True))


def _find_ways(
    items: "Mapping[str, Item]",
) -> "dict[str, tuple[Mapping[str, Flagged], Callable[[Mapping[str, Flagged]], Clusters]]]":
    """The ways to make stories that are compared, each with the articles as it sees them."""
    from monitor.learning.likeness import without_vector
    from monitor.learning.local import encoder_available
    from monitor.learning.stories import cluster, cluster_titles, tune_titles
    from monitor.topics import load_likeness

    encode, likeness = encoder_available(), load_likeness()
    full = _to_flagged(items)
    plain = {id_: without_vector(one) for id_, one in full.items()}
    bound = tune_titles(plain)
    ways = {_ON: (full, lambda chosen: cluster(chosen, likeness))} if encode else {}
    return ways | {
        _OFF: (plain, lambda chosen: cluster(chosen, likeness)),
        TITLES: (plain, lambda chosen: cluster_titles(chosen, bound)),
    }


def _report(*args: Any, **options: Any) -> Any:
    from monitor.learning.stories import report

    with bench.waiting("making stories"):
        return list(report(*args, **options))


def _errors(
    name: str,
    flagged: "Mapping[str, Flagged]",
    sort: "Callable[[Mapping[str, Flagged]], Clusters]",
) -> list[dict[str, Any]]:
    """Give the pairs of two events that became one story."""
    from monitor.learning.stories import CHECK, TUNE, find_merged, read_gold

    gold = read_gold((TUNE, CHECK))
    return [{"encoder": name, "merged": list(pair)} for pair in find_merged(gold, sort(flagged))]


def _show_errors(wrong: list[dict[str, Any]], items: "Mapping[str, Item]") -> None:
    rows = [
        (row["encoder"], *(items[id_].document.title for id_ in row["merged"])) for row in wrong
    ]
    print_table(("Encoder", "Article", "Put together with"), rows, "No pair was merged.")
