"""At which gate articles ended: one by one, and counted for a span of time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from monitor.core.gate import Channels, decide_again, find_gate, find_row_gate, read_telling
from monitor.core.model import (
    ORDER,
    Answer,
    Article,
    Gate,
    OutboxRow,
    Story,
    Telling,
)
from monitor.errors import NotFound
from monitor.ports import Transaction

Logs = Mapping[int, tuple[OutboxRow, ...]]


def find_answer(tx: Transaction, article: Article, channels: Channels, now: datetime) -> Answer:
    """The one answer of a stored article. `channels` are those that are configured."""
    standing = tx.standings.of(article.id)
    if standing is None:
        raise NotFound(f"no article {article.id} in the archive")
    story = tx.stories.of(article.id)
    logs, summaries = _read_logs(tx, [story] if story else [])
    told = logs[story.id] if story else ()
    telling = read_telling(story, article.id, told, summaries) if story else None
    gate = find_gate(telling or standing, channels, now)
    return Answer(
        gate=gate,
        article=article,
        verdicts=tx.verdicts.of(article.id),
        page=tx.pages.of(article.id),
        story=story,
        rows=_pick_rows(gate, telling, channels, now),
        copy_of=_find_copied(story, telling) if gate is Gate.DUPLICATE else None,
        again=decide_again(story, article.id, told) if story and gate is Gate.STORY_TOLD else None,
    )


def count_gates(
    tx: Transaction, stories: Iterable[Story], since: datetime, channels: Channels, now: datetime
) -> dict[Gate, int]:
    """How many of the articles first seen in [since, now) ended at each gate, in their order.

    They add up to the articles read. `stories` are those with a member seen since then; what is in
    no story is counted by the database, by its facts.
    """
    tellings = _read_tellings(tx, stories, tx.standings.placed(since, now))
    counts = Counter(find_gate(telling, channels, now) for telling in tellings)
    for standing, count in tx.standings.count(since, now).items():
        counts[find_gate(standing, channels, now)] += count
    return {gate: counts[gate] for gate in ORDER if counts[gate]}


def _read_tellings(
    tx: Transaction, stories: Iterable[Story], article_ids: Iterable[int]
) -> Iterator[Telling]:
    """What is told of the story of each article, which is in one."""
    known = {member.article.id: story for story in stories for member in story.members}
    # A clock that was set back may have put an article into a story that looks older.
    found = ((id_, known.get(id_) or tx.stories.of(id_)) for id_ in article_ids)
    placed = [(id_, story) for id_, story in found if story]
    logs, summaries = _read_logs(tx, {story.id: story for _, story in placed}.values())
    for article_id, story in placed:
        yield read_telling(story, article_id, logs[story.id], summaries)


def _read_logs(tx: Transaction, stories: Iterable[Story]) -> tuple[Logs, Sequence[OutboxRow]]:
    logs = tx.standings.logs([story.id for story in stories])
    folded = {row.folded_into for rows in logs.values() for row in rows if row.folded_into}
    return logs, tx.standings.summaries(folded)


def _pick_rows(
    gate: Gate, telling: Telling | None, channels: Channels, now: datetime
) -> tuple[OutboxRow, ...]:
    """The rows that stand at the gate; of a copy or a told story those that told."""
    if telling is None:
        return ()
    wanted = Gate.TOLD if gate in {Gate.STORY_TOLD, Gate.DUPLICATE} else gate
    rows = dict.fromkeys(telling.own or telling.rows)
    return tuple(row for row in rows if find_row_gate(row, channels, now) is wanted)


def _find_copied(story: Story | None, telling: Telling | None) -> Article | None:
    members = story.members if story and telling else ()
    ids = (m.article for m in members if telling and m.article.id == telling.copy_of)
    return next(ids, None)
