"""How far articles have come: one statement for tens of thousands, so that `status` is quick."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlmodel import Session, SQLModel

from monitor.core.model import Alert, Delivery, OutboxRow, Standing, Step, Subject
from monitor.store import schema

ARTICLE, REVISION, VERDICT, PAGE, MEMBER, LOG, OUTBOX = (
    SQLModel.metadata.tables[str(row.__tablename__)].c
    for row in (
        schema.Article,
        schema.Revision,
        schema.Verdict,
        schema.Page,
        schema.StoryMember,
        schema.StoryLog,
        schema.Outbox,
    )
)

UNSCORED = (
    select(ARTICLE.id)
    .join(schema.Revision, (REVISION.article_id == ARTICLE.id) & (REVISION.n == ARTICLE.newest))
    .join(schema.Verdict, VERDICT.revision_id == REVISION.id)
    .where(VERDICT.score.is_(None))
)
PAGES = select(PAGE.article_id).where(PAGE.settled_at.is_(None))
PLACED = select(MEMBER.article_id)
"""The few: those with a page to be read and those unscored come from partial indexes."""

STEP = (ARTICLE.baseline, ARTICLE.waits_for)
FACTS: tuple[ColumnElement[Any], ...] = (*STEP, ARTICLE.id.in_(UNSCORED), ARTICLE.id.in_(PAGES))
"""What a `Standing` is made of."""

ALERT = (OUTBOX.subject_id, OUTBOX.occasion, OUTBOX.channel, OUTBOX.reason, OUTBOX.article_id)
STATUS = tuple(
    OUTBOX[name]
    for name in (
        *("id", "state", "attempts", "due_at", "created_at", "claimed_at", "settled_at"),
        *("ambiguous", "error", "receipt", "held_until", "folded_into", "note"),
    )
)


@dataclass(frozen=True, slots=True)
class Standings:
    """Fulfils `ports.Standings`."""

    session: Session

    def of(self, article_id: int) -> Standing | None:
        """How far an article has come, whether it is in a story or not."""
        rows = self._execute(select(*FACTS).where(ARTICLE.id == article_id))
        return next((standing_of(*row) for row in rows), None)

    def count(self, since: datetime, until: datetime) -> Mapping[Standing, int]:
        """How many of the articles first seen in [since, until), in no story, came how far.

        All are counted by their own columns alone, then the few of which more is known are taken
        out again: to look each article up would cost three times as much.
        """
        seen = is_seen(since, until)
        counts = Counter[Standing]()
        for *step, n in self._execute(select(*STEP, func.count()).where(seen).group_by(*STEP)):
            counts[standing_of(*step)] += n
        known = select(*FACTS, ARTICLE.id.in_(PLACED)).where(
            seen, ARTICLE.id.in_(union_all(UNSCORED, PAGES, PLACED))
        )
        for baseline, waits_for, *facts, placed in self._execute(known):
            counts[standing_of(baseline, waits_for)] -= 1
            counts[standing_of(baseline, waits_for, *facts)] += not placed
        return +counts

    def placed(self, since: datetime, until: datetime) -> tuple[int, ...]:
        """Those of the articles first seen in [since, until) that are in a story."""
        members = select(ARTICLE.id).join(schema.StoryMember, MEMBER.article_id == ARTICLE.id)
        rows = self._execute(members.where(is_seen(since, until)).order_by(ARTICLE.id))
        return tuple(id_ for (id_,) in rows)

    def logs(self, story_ids: Collection[int]) -> Mapping[int, tuple[OutboxRow, ...]]:
        """The notification log of each story, as `Outbox.told` gives it, without messages."""
        counts = defaultdict[str, set[int]](set)
        for story_id in story_ids:
            counts[str(story_id)].add(story_id)
        of_these = select(LOG.log_of, LOG.story_id).where(LOG.story_id.in_(story_ids))
        for log_of, story_id in self._execute(of_these):
            counts[str(log_of)].add(story_id)
        about = OUTBOX.subject == Subject.STORY.value, OUTBOX.subject_id.in_(counts)
        found = defaultdict[int, list[OutboxRow]](list)
        for row in self._read(select(*ALERT, *STATUS).where(*about), Subject.STORY):
            for story_id in counts[row.alert.subject_id]:
                found[story_id].append(row)
        return {story_id: tuple(found[story_id]) for story_id in story_ids}

    def summaries(self, row_ids: Collection[int]) -> tuple[OutboxRow, ...]:
        """These rows of the outbox, without messages."""
        these = select(*ALERT, *STATUS).where(OUTBOX.id.in_(row_ids))
        return self._read(these, Subject.SUMMARY)

    def _read(self, rows: Select[Any], subject: Subject) -> tuple[OutboxRow, ...]:
        found = self._execute(rows.order_by(OUTBOX.id))
        return tuple(row_of(subject, row[: len(ALERT)], row[len(ALERT) :]) for row in found)

    def _execute(self, statement: Select[Any]) -> Iterable[Sequence[Any]]:
        return self.session.connection().execute(statement)


def is_seen(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Say in SQL that an article was first seen in [since, until)."""
    return (ARTICLE.first_seen_at >= since) & (ARTICLE.first_seen_at < until)


def standing_of(
    baseline: bool, waits_for: str | None, unscored: bool = False, page: bool = False
) -> Standing:
    """Turn the columns `FACTS` into the value that leaves the store."""
    step = Step(waits_for) if waits_for else None
    return Standing(baseline, step, bool(unscored), bool(page))


def row_of(subject: Subject, alert: Sequence[Any], status: Sequence[Any]) -> OutboxRow:
    """Turn the columns `ALERT` and `STATUS` into the value that leaves the store."""
    subject_id, occasion, channel, reason, article_id = alert
    told = Alert(subject, subject_id, occasion, channel, reason, article_id=article_id)
    id_, state, attempts, due_at, created_at, *rest = status
    return OutboxRow(id_, told, Delivery(state), attempts, due_at, created_at, *rest)
