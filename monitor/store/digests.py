"""Digests that were made: which dates, and which spans of time they cover."""

from dataclasses import asdict, dataclass

from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from monitor.core.model import CompiledDigest
from monitor.store import schema


@dataclass(frozen=True, slots=True)
class Digests:
    """Fulfils `ports.Digests`."""

    session: Session

    def add(self, digest: CompiledDigest) -> bool:
        """Remember it; False where this date of this digest was made before."""
        row = insert(schema.Digest).values(**asdict(digest)).on_conflict_do_nothing()
        return self.session.exec(row).rowcount > 0

    def of(self, name: str, limit: int) -> tuple[CompiledDigest, ...]:
        """Those of this name, the newest date first."""
        newest = (
            select(schema.Digest)
            .where(schema.Digest.name == name)
            .order_by(col(schema.Digest.local_date).desc())
            .limit(limit)
        )
        return tuple(digest_of(row) for row in self.session.exec(newest))

    def get(self, name: str, local_date: str) -> CompiledDigest | None:
        """The digest of this date."""
        this = select(schema.Digest).where(
            schema.Digest.name == name, schema.Digest.local_date == local_date
        )
        row = self.session.exec(this).first()
        return digest_of(row) if row else None


def digest_of(row: schema.Digest) -> CompiledDigest:
    """Turn a row into the value that leaves the store."""
    return CompiledDigest(row.name, row.local_date, row.since_at, row.until_at)
