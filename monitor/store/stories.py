"""Stories and their members, and what a person corrected in them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import Integer, bindparam, delete, exists, func, literal
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, SQLModel, and_, col, or_, select, update

from monitor.core.model import Flagged, Story
from monitor.errors import NotFound
from monitor.store import schema
from monitor.store.rows import insert_new
from monitor.store.verdicts import load_flagged

Members = Sequence[tuple[Flagged, int]]
"""Members oldest first, each with its part."""


@dataclass(frozen=True, slots=True)
class Stories:
    """Fulfils `ports.Stories`.

    A member is read back in the revision it joined with, so that its text, evidence and signals
    belong together whatever the publisher changes later.
    """

    session: Session

    def add(self, story: Story) -> Story:
        """Store a new story with its members (`id` is ignored); give it back with its id."""
        added = self.session.connection().execute(ADD, story_row(story))
        stored = replace(story, id=added.lastrowid)
        self._join(stored.id, stored)
        return stored

    def save(self, story: Story) -> None:
        """Replace its fields and add members it does not have yet. Raise `NotFound`."""
        self._replace(story)
        self._join(story.id, story)

    def get(self, story_id: int) -> Story | None:
        """The story with all members; of one that was merged, the story it is now."""
        row = self.session.get(schema.Story, story_id)
        while row is not None and row.merged_into is not None:
            row = self.session.get(schema.Story, row.merged_into)
        return self._load([row])[0] if row else None

    def of(self, article_id: int) -> Story | None:
        """The story this article belongs to."""
        member = self.session.get(schema.StoryMember, article_id)
        return self.get(member.story_id) if member else None

    def recent(self, since: datetime) -> tuple[Story, ...]:
        """Stories with a member seen at or after `since`, newest first, with all members."""
        seen = col(schema.Story.last_seen_at)
        rows = self.session.exec(
            select(schema.Story)
            .where(seen >= since, IS_WHOLE)
            .order_by(seen.desc(), col(schema.Story.id).desc())
        )
        return self._load(rows.all())

    def list(
        self,
        limit: int,
        topic: str | None = None,
        *,
        skip: int = 0,
        best_since: datetime | None = None,
    ) -> tuple[Story, ...]:
        """The newest stories, with all members, or the best of those seen since then.

        With `topic` only those it is a topic of; the first `skip` are left out.
        """
        newest = col(schema.Story.last_seen_at).desc(), col(schema.Story.id).desc()
        chosen = select(schema.Story).where(IS_WHOLE)
        if best_since is not None:
            chosen = chosen.where(schema.Story.last_seen_at >= best_since)
            chosen = chosen.order_by(col(schema.Story.score).desc(), *newest)
        else:
            chosen = chosen.order_by(*newest)
        if topic is not None:
            each = func.json_each(schema.Story.topics).table_valued("value")
            chosen = chosen.where(exists().select_from(each).where(each.c.value == topic))
        return self._load(self.session.exec(chosen.offset(skip).limit(limit)).all())

    def count(self, since: datetime) -> int:
        """How many stories began since then, those of a baseline left out."""
        began = schema.Story.first_seen_at >= since, ~col(schema.Story.baseline), IS_WHOLE
        return self.session.exec(select(func.count()).where(*began)).one()

    def moments(self, since: datetime) -> tuple[tuple[datetime, tuple[str, ...]], ...]:
        """When each member was seen, from `since` on, with the topics of its story.

        Members of baseline stories do not count.
        """
        seen = col(schema.Revision.seen_at)
        rows = self.session.exec(
            select(schema.Revision.seen_at, schema.Story.topics)
            .join(schema.StoryMember, col(schema.StoryMember.revision_id) == schema.Revision.id)
            .join(schema.Story, col(schema.Story.id) == schema.StoryMember.story_id)
            .where(seen >= since, ~col(schema.Story.baseline))
            .order_by(seen)
        )
        return tuple((at, tuple(topics)) for at, topics in rows)

    # --- finding the stories an article may belong to ---------------------------------------------

    def near(self, keys: Iterable[str], since: datetime, limit: int) -> tuple[Story, ...]:
        """Of the stories seen at or after `since` those that share most of the keys."""
        connection = self.session.connection()
        asked = {"keys": list(keys), "since": since, "most": limit}
        ids = connection.scalars(NEAR, asked).all()
        return self._load(connection.execute(THESE, {"ids": ids}).all())

    def index(self, story_id: int, keys: Iterable[str]) -> None:
        """Let the story be found by these keys, too."""
        rows = [{"key": key, "story_id": story_id} for key in sorted(keys)]
        insert_new(self.session, schema.StoryKey, rows)

    def without_keys(self, since: datetime) -> tuple[Story, ...]:
        """Stories seen at or after `since` that no key finds."""
        found = exists().where(col(schema.StoryKey.story_id) == col(schema.Story.id))
        lost = select(schema.Story).where(schema.Story.last_seen_at >= since, IS_WHOLE, ~found)
        return self._load(self.session.exec(lost).all())

    def forget_keys(self, before: datetime) -> None:
        """Find stories that were last seen before then no longer by keys."""
        found = select(schema.StoryKey.story_id).distinct().subquery()
        closed = select(schema.Story.id).where(
            col(schema.Story.id).in_(select(found.c.story_id)), schema.Story.last_seen_at < before
        )
        self.session.exec(delete(schema.StoryKey).where(col(schema.StoryKey.story_id).in_(closed)))

    # --- correcting by hand -----------------------------------------------------------------------

    def apart(self, story_ids: Iterable[int]) -> frozenset[frozenset[int]]:
        """Pairs of stories that a person keeps apart, of which one at least is given."""
        rows = self.session.connection().execute(APART, {"ids": list(story_ids)})
        return frozenset(map(frozenset, rows))

    def split(self, kept: Story, new: Story) -> Story:
        """Move the members of `new` out of `kept`; give it back with its id."""
        self._replace(kept)
        row = schema.Story(**story_row(new))  # type: ignore[arg-type]
        self.session.add(row)
        self.session.flush()
        id_ = row.id or 0
        self._move(id_, new)
        self._share_log(id_, kept.id)
        pair = {"story_id": min(kept.id, id_), "other_id": max(kept.id, id_)}
        self.session.exec(insert(schema.StoryApart).values(pair).on_conflict_do_nothing())
        return self._load([row])[0]

    def merge(self, kept: Story, gone_id: int) -> None:
        """Give `kept` its members, among them those of the story that is gone."""
        self._replace(kept)
        self._move(kept.id, kept)
        self._share_log(kept.id, gone_id)
        gone = col(schema.Story.id) == gone_id
        self.session.exec(update(schema.Story).where(gone).values(merged_into=kept.id))
        found_by = select(schema.StoryKey.key).where(schema.StoryKey.story_id == gone_id)
        self.index(kept.id, self.session.exec(found_by).all())
        keys = col(schema.StoryKey.story_id) == gone_id
        self.session.exec(delete(schema.StoryKey).where(keys))
        self._follow(kept.id, gone_id)

    def _follow(self, kept_id: int, gone_id: int) -> None:
        """What was kept apart from the one is kept apart from the other, but not from itself."""
        for pair in self.apart([gone_id]):
            (other,) = pair - {gone_id}
            row = {"story_id": min(kept_id, other), "other_id": max(kept_id, other)}
            if other != kept_id:
                self.session.exec(insert(schema.StoryApart).values(row).on_conflict_do_nothing())
        self.session.exec(
            delete(schema.StoryApart).where(
                or_(
                    col(schema.StoryApart.story_id) == gone_id,
                    col(schema.StoryApart.other_id) == gone_id,
                )
            )
        )

    def _share_log(self, story_id: int, log_of: int) -> None:
        """Let a log, and all that counts for it, count for the story too."""
        inherited = select(literal(story_id), schema.StoryLog.log_of).where(
            schema.StoryLog.story_id == log_of, schema.StoryLog.log_of != story_id
        )
        both = ["story_id", "log_of"]
        self.session.exec(
            insert(schema.StoryLog).from_select(both, inherited).on_conflict_do_nothing()
        )
        pair = {"story_id": story_id, "log_of": log_of}
        self.session.exec(insert(schema.StoryLog).values(pair).on_conflict_do_nothing())

    def _move(self, story_id: int, story: Story) -> None:
        for member, part in pair_members(story):
            this = col(schema.StoryMember.article_id) == member.article.id
            self.session.exec(
                update(schema.StoryMember).where(this).values(story_id=story_id, part=part)
            )

    # --- rows -------------------------------------------------------------------------------------

    def _replace(self, story: Story) -> None:
        this = col(schema.Story.id) == story.id
        changed = self.session.exec(update(schema.Story).where(this).values(**story_row(story)))
        if not changed.rowcount:
            raise NotFound(f"no story {story.id}")

    def _join(self, story_id: int, story: Story) -> None:
        """Make them members; they wait for a story no longer, but perhaps for a verdict."""
        rows = [
            {
                "article_id": member.article.id,
                "story_id": story_id,
                "part": part,
                "revision_id": member.article.revision_id,
            }
            for member, part in pair_members(story)
        ]
        insert_new(self.session, schema.StoryMember, rows)
        if rows:
            articles = [{"article": row["article_id"]} for row in rows]
            self.session.connection().execute(WAIT_NO_MORE, articles)

    def _load(self, rows: Sequence[Any]) -> tuple[Story, ...]:
        members = self._members([row.id for row in rows])
        return tuple(story_of(row, members[row.id or 0]) for row in rows)

    def _members(self, story_ids: Sequence[int | None]) -> Mapping[int, Members]:
        joined = self.session.connection().execute(MEMBERS, {"ids": story_ids}).all()
        flagged = load_flagged(self.session, [member.revision_id for member in joined])
        members = defaultdict(list)
        for member, one in zip(joined, flagged, strict=True):
            members[member.story_id].append((one, member.part))
        return members


IS_WHOLE = col(schema.Story.merged_into).is_(None)

STORY = SQLModel.metadata.tables["story"]
MEMBER = SQLModel.metadata.tables["story_member"].c
KEY = SQLModel.metadata.tables["story_key"].c
PAIR = SQLModel.metadata.tables["story_apart"].c
IDS = bindparam("ids", expanding=True, type_=Integer)

# What each flagged article needs is prepared: to build a statement takes longer than to run it.
ADD = insert(STORY)
THESE = select_columns(STORY).where(STORY.c.id.in_(IDS))
NEAR = (
    select_columns(KEY.story_id)
    .join(STORY, STORY.c.id == KEY.story_id)
    .where(
        KEY.key.in_(bindparam("keys", expanding=True)),
        STORY.c.last_seen_at >= bindparam("since"),
    )
    .group_by(KEY.story_id)
    .order_by(func.count().desc(), KEY.story_id.desc())
    .limit(bindparam("most"))
)
APART = select_columns(PAIR.story_id, PAIR.other_id).where(
    or_(PAIR.story_id.in_(IDS), PAIR.other_id.in_(IDS))
)
MEMBERS = (
    select_columns(MEMBER.story_id, MEMBER.revision_id, MEMBER.part)
    .join(schema.Revision, col(schema.Revision.id) == MEMBER.revision_id)
    .where(MEMBER.story_id.in_(IDS))
    .order_by(col(schema.Revision.seen_at), MEMBER.article_id)
)
WAITED = and_(
    col(schema.Article.id) == bindparam("article"), col(schema.Article.waits_for) == "story"
)
WAIT_NO_MORE = update(schema.Article).where(WAITED).values(waits_for=None)


def pair_members(story: Story) -> Members:
    """Give the members, each with its part."""
    return list(zip_longest(story.members, story.parts, fillvalue=0))  # type: ignore[arg-type]


def story_row(story: Story) -> dict[str, object]:
    """Write a story's own fields."""
    return {
        "topic": story.topic,
        "topics": list(story.topics),
        "title": story.title,
        "score": story.score,
        "first_seen_at": story.first_seen_at,
        "last_seen_at": story.last_seen_at,
        "sources": story.sources,
        "baseline": story.baseline,
    }


def story_of(row: Any, members: Members) -> Story:
    """Turn a row, of the table or of its columns, into the value that leaves the store."""
    parts = tuple(part for _, part in members)
    return Story(
        id=row.id or 0,
        topic=row.topic,
        topics=tuple(row.topics),
        title=row.title,
        score=row.score,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        members=tuple(member for member, _ in members),
        parts=parts if any(parts) else (),
        sources=row.sources,
        baseline=row.baseline,
    )
