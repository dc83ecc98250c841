"""Stories and their members."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select, update

from monitor.core.model import Flagged, Story
from monitor.errors import NotFound
from monitor.store import schema
from monitor.store.verdicts import load_flagged


@dataclass(frozen=True, slots=True)
class Stories:
    """Fulfils `ports.Stories`.

    A member is read back in the revision it joined with, so that its text, evidence and signals
    belong together whatever the publisher changes later.
    """

    session: Session

    def add(self, story: Story) -> Story:
        """Store a new story with its members (`id` is ignored); give it back with its id."""
        row = schema.Story(**story_row(story))  # type: ignore[arg-type]
        self.session.add(row)
        self.session.flush()
        self._join(row.id or 0, story.members)
        return self._load([row])[0]

    def save(self, story: Story) -> None:
        """Replace its fields and add members it does not have yet. Raise `NotFound`."""
        this = col(schema.Story.id) == story.id
        changed = self.session.exec(update(schema.Story).where(this).values(**story_row(story)))
        if not changed.rowcount:
            raise NotFound(f"no story {story.id}")
        self._join(story.id, story.members)

    def get(self, story_id: int) -> Story | None:
        """The story with all members."""
        row = self.session.get(schema.Story, story_id)
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
            .where(seen >= since)
            .order_by(seen.desc(), col(schema.Story.id).desc())
        )
        return self._load(rows.all())

    def list(self, limit: int, topic: str | None = None) -> tuple[Story, ...]:
        """The newest stories, with all members; with `topic` only those it is a topic of."""
        newest = select(schema.Story).order_by(
            col(schema.Story.last_seen_at).desc(), col(schema.Story.id).desc()
        )
        if topic is not None:
            each = func.json_each(schema.Story.topics).table_valued("value")
            newest = newest.where(exists().select_from(each).where(each.c.value == topic))
        return self._load(self.session.exec(newest.limit(limit)).all())

    def moments(self, since: datetime) -> tuple[tuple[datetime, tuple[str, ...]], ...]:
        """When each member was first seen, from `since` on, with the topics of its story.

        Members of baseline stories do not count.
        """
        seen = col(schema.Article.first_seen_at)
        rows = self.session.exec(
            select(schema.Article.first_seen_at, schema.Story.topics)
            .join(schema.StoryMember, col(schema.StoryMember.article_id) == schema.Article.id)
            .join(schema.Story, col(schema.Story.id) == schema.StoryMember.story_id)
            .where(seen >= since, ~col(schema.Story.baseline))
            .order_by(seen)
        )
        return tuple((at, tuple(topics)) for at, topics in rows)

    def _join(self, story_id: int, members: Iterable[Flagged]) -> None:
        """Make them members; they wait for a story no longer, but perhaps for a verdict."""
        for article in (member.article for member in members):
            self.session.exec(
                insert(schema.StoryMember)
                .values(article_id=article.id, story_id=story_id, revision_id=article.revision_id)
                .on_conflict_do_nothing()
            )
            self.session.exec(
                update(schema.Article)
                .where(
                    col(schema.Article.id) == article.id,
                    col(schema.Article.waits_for) == "story",
                )
                .values(waits_for=None)
            )

    def _load(self, rows: Sequence[schema.Story]) -> tuple[Story, ...]:
        members = self._members([row.id for row in rows])
        return tuple(story_of(row, members[row.id or 0]) for row in rows)

    def _members(self, story_ids: Sequence[int | None]) -> Mapping[int, Sequence[Flagged]]:
        """Members by story, oldest first."""
        joined = self.session.exec(
            select(schema.StoryMember.story_id, schema.StoryMember.revision_id)
            .join(schema.Article, col(schema.Article.id) == col(schema.StoryMember.article_id))
            .where(col(schema.StoryMember.story_id).in_(story_ids))
            .order_by(col(schema.Article.first_seen_at), col(schema.Article.id))
        ).all()
        flagged = load_flagged(self.session, [revision_id for _, revision_id in joined])
        members = defaultdict(list)
        for (story_id, _), one in zip(joined, flagged, strict=True):
            members[story_id].append(one)
        return members


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


def story_of(row: schema.Story, members: Sequence[Flagged]) -> Story:
    """Turn a row into the value that leaves the store."""
    return Story(
        id=row.id or 0,
        topic=row.topic,
        topics=tuple(row.topics),
        title=row.title,
        score=row.score,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        members=tuple(members),
        sources=row.sources,
        baseline=row.baseline,
    )
