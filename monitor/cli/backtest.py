"""`backtest`: what this configuration, or another, would have told in the last weeks."""

import os
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import session
from monitor.cli.output import JsonFlag, print_json, print_line, print_table, show_time
from monitor.errors import NotFound

if TYPE_CHECKING:
    from monitor.app.backtest import Rehearsal
    from monitor.config import Settings
    from monitor.core.backtest import Moved, Week
    from monitor.queries.backtest import Backtest, Comparison, TopicLine

REASONS = (
    "alerts folded",
    "alerts held",
    "alerts silenced",
    "no channel routed",
)
"""Counters that say why fewer or other messages were sent than there were stories."""

BARS = "▁▂▃▄▅▆▇█"
"""Eighths; a week without an alert is a dot."""

Threshold = Annotated[
    float | None, typer.Option(min=0.05, max=1, help="With this threshold instead.")
]
PerWeek = Annotated[
    float | None,
    typer.Option(min=0, help="Find the threshold that tells at most so many alerts a week."),
]


def backtest(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How far to look back.")] = 30,
    topic: Annotated[
        str | None, typer.Option(help="Show, and change, this topic only (default: all).")
    ] = None,
    threshold: Threshold = None,
    per_week: PerWeek = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, help="Compare with this configuration."
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Replay the stored archive: what would have been told, to whom, and what just not.

    Stories, routes, silences, quiet hours, caps and updates are as in the daemon; nothing is sent
    or written. An alert is a story that is told for the first time.
    """
    if sum(value is not None for value in (threshold, per_week, against)) > 1:
        raise typer.BadParameter("give one of --threshold, --per-week, --against")
    settings = session.read_settings(context)
    if against is not None:
        comparison = session.run(_compare(settings, against, days))
        print_json(comparison) if as_json else _show_comparison(comparison)
        return
    answer = session.run(_ask(settings, days, topic, threshold, per_week))
    if as_json:
        print_json(answer)
        return
    _show(answer, topic)


async def _ask(
    settings: "Settings",
    days: int,
    topic: str | None,
    threshold: float | None,
    per_week: float | None,
) -> "Backtest":
    async with _rehearsing(settings, days) as rehearsal:
        every = [one.name for one in rehearsal.setup.topics]
        names = every if topic is None else [rehearsal.check_name(topic)]
        if per_week is not None:
            threshold = await rehearsal.find_threshold(names, per_week)
            if threshold is None:
                raise NotFound(
                    f"even at 0.999 more than {per_week:g} a week would be told;"
                    " an archive of a few days is counted as if all weeks were like it"
                )
        moved = {} if threshold is None else dict.fromkeys(names, threshold)
        return await rehearsal.ask(moved, topic)


async def _compare(settings: "Settings", file: Path, days: int) -> "Comparison":
    from monitor.config import load_settings

    other = load_settings(file, os.environ, Path.cwd())
    async with _rehearsing(settings, days) as rehearsal:
        return await rehearsal.compare(other)


@asynccontextmanager
async def _rehearsing(settings: "Settings", days: int) -> "AsyncIterator[Rehearsal]":
    """Read the archive; a bar tells of what is judged again."""
    from rich.console import Console
    from rich.progress import Progress

    from monitor.app import open_app
    from monitor.app.backtest import open_rehearsal

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("judging again", visible=False)

        def track(done: int, of: int) -> None:
            progress.update(bar, completed=done, total=of, visible=done < of)

        async with open_app(settings) as app:
            yield await open_rehearsal(app, days, track)


# --- for people -----------------------------------------------------------------------------------


def _show(answer: "Backtest", topic: str | None) -> None:
    subject = answer.topics[0] if topic else answer
    _show_rate(subject, answer)
    if not topic:
        print_table(
            ("topic", "threshold", "a week", "alerts", "weeks"),
            (
                (
                    one.name,
                    f"{one.threshold:g}",
                    f"{one.per_week:.1f}",
                    str(one.alerts),
                    _strip(one.weeks),
                )
                for one in answer.topics
            ),
            empty="No topics.",
        )
    _show_channels(answer)
    for one in answer.topics:
        _show_line(one)
    for note in answer.notes:
        print_line((f"not known: {note}", "dim"))


def _show_rate(subject: "Backtest | TopicLine", answer: "Backtest") -> None:
    span = (answer.until - answer.since).total_seconds() / 86_400
    threshold = getattr(subject, "threshold", None)
    at = f" at a threshold of {threshold:g}" if threshold is not None else ""
    print_line(
        (f"≈ {subject.per_week:.1f} alerts a week", "bold"),
        f"{at}: {subject.alerts} in the {span:.1f} days since {show_time(answer.since)}",
    )
    counts = " ".join(str(week.alerts) for week in subject.weeks)
    print_line((_strip(subject.weeks), "green"), f"  {counts}  by the week, this one last")


def _strip(weeks: "Sequence[Week]") -> str:
    most = max((week.alerts for week in weeks), default=0)
    return "".join(
        BARS[(week.alerts * len(BARS) - 1) // most] if week.alerts else "·" for week in weeks
    )


def _show_channels(answer: "Backtest") -> None:
    print_table(
        ("channel", "messages", "first alerts", "updates", "summaries"),
        (
            (one.channel, *map(str, (one.messages, one.first_alerts, one.updates, one.summaries)))
            for one in answer.channels
        ),
        empty="Nobody would have been told of anything.",
    )
    held = ", ".join(f"{n} {name}" for name, n in sorted(answer.counts.items()) if name in REASONS)
    if held:
        print_line(held)


def _show_line(topic: "TopicLine") -> None:
    print_line((f"\n{topic.name}: the line at {topic.threshold:g}", "bold"))
    rows = [(line, "") for line in reversed(topic.above)] + [
        (line, "under") for line in topic.under
    ]
    print_table(
        ("score", "", "article", "seen", "source", "title"),
        (
            (
                f"{one.score:.3f}",
                side,
                str(one.article),
                show_time(one.seen_at),
                one.feed,
                one.title,
            )
            for one, side in rows
        ),
        empty="No articles.",
    )


def _show_comparison(comparison: "Comparison") -> None:
    before, after, found = comparison.before, comparison.after, comparison.difference
    print_line(
        (f"≈ {before.per_week:.1f} → {after.per_week:.1f} alerts a week", "bold"),
        f" since {show_time(before.since)}",
    )
    for said, moved in (
        ("told more", found.more),
        ("no longer told", found.less),
        ("told elsewhere", found.elsewhere),
    ):
        print_line((f"\n{said}: {len(moved)}", "bold"))
        if moved:
            _show_moved(moved)
    for note in after.notes:
        print_line((f"not known: {note}", "dim"))


def _show_moved(moved: "Iterable[Moved]") -> None:
    print_table(
        ("told", "topics", "score", "before", "then", "title"),
        (
            (
                show_time(one.story.at),
                ", ".join(one.story.topics),
                f"{one.story.score:.2f}",
                ", ".join(one.before) or "–",
                ", ".join(one.after) or "–",
                one.story.title,
            )
            for one in moved
        ),
        empty="",
    )
