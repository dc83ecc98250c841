"""Second stage: from an entry, as the feed gave it, to an article with an identity.

Feeds send anything: control characters, megabyte titles, dates of 1970. What passes here is
clean text of bounded length with sane dates (FAULTS B8, D3, D5, D7).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.core.model import ArticleDraft, Entry, Feed
from monitor.core.words import cut

TITLE_LIMIT = 300
TEXT_LIMIT = 20_000
IDENTITY_LIMIT = 500
MARKS_LIMIT = 4
"""Combining marks kept on one letter: enough for every script, too few for zalgo."""

OLDEST = timedelta(days=30)
NEWEST = timedelta(hours=1)
"""`published_at` is clamped to [first_seen − 30 d, first_seen + 1 h] (FAULTS D5)."""

_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
# No mark is among the Latin letters and the punctuation: most texts need no closer look.
_MANY_MARKS = re.compile(f"[^\0-\u02ff\u2000-\u20cf]{{{MARKS_LIMIT + 1}}}")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


def clean_text(text: str, limit: int) -> str:
    """Give readable text: NFC, no control or bidi characters, single spaces, at most `limit`."""
    rough = _CONTROLS.sub("", text[: limit * 4].replace("\r", "\n"))
    plain = _thin_marks(unicodedata.normalize("NFC", rough))
    return cut(_LINES.sub("\n", _SPACES.sub(" ", plain)).strip(), limit)


def make_fingerprint(title: str, text: str) -> str:
    """Hash of what a reader sees; a change of it is a new revision."""
    return hashlib.sha256(f"{title}\0{text}".encode()).hexdigest()[:32]


def make_drafts(
    entries: Iterable[Entry], feed: Feed, now: datetime, *, baseline: bool
) -> tuple[ArticleDraft, ...]:
    """Normalise a document's entries; of those with one identity the first counts."""
    drafts: dict[str, ArticleDraft] = {}
    for entry in entries:
        draft = make_draft(entry, feed, now, baseline=baseline)
        drafts.setdefault(draft.identity, draft)
    return tuple(drafts.values())


def make_draft(entry: Entry, feed: Feed, now: datetime, *, baseline: bool) -> ArticleDraft:
    """Normalise one entry; `now` is when it was first seen."""
    text = clean_text(entry.text, TEXT_LIMIT)
    title = _flatten(entry.title) or _flatten(text) or "(no title)"
    fingerprint = make_fingerprint(title, text)
    return ArticleDraft(
        feed_id=feed.id,
        identity=identify(entry, fingerprint),
        link=entry.link,
        canonical_link=entry.canonical_link,
        title=title,
        text=text,
        language=entry.language if _LANGUAGE.fullmatch(entry.language or "") else None,
        published_given_at=entry.published_at,
        published_at=clamp_published(entry.published_at, now),
        first_seen_at=now,
        fingerprint=fingerprint,
        baseline=baseline,
    )


def identify(entry: Entry, fingerprint: str) -> str:
    """What makes it the same article next time: guid, else canonical link, else its words."""
    for kind, value in (("guid", entry.guid), ("link", entry.canonical_link)):
        clean = _CONTROLS.sub("", value or "").strip()
        if clean:
            return f"{kind}:{_shorten(clean)}"
    return f"hash:{fingerprint}"


def clamp_published(given: datetime | None, first_seen: datetime) -> datetime:
    """A date to sort by: what the feed says, as far as it can be true."""
    if given is None:
        return first_seen
    return min(max(given, first_seen - OLDEST), first_seen + NEWEST)


def _flatten(text: str) -> str:
    """One line; nothing where there is nothing to see."""
    line = clean_text(text.replace("\n", " "), TITLE_LIMIT)
    return line if any(unicodedata.category(letter)[0] in "LNPS" for letter in line) else ""


def _shorten(value: str) -> str:
    if len(value) <= IDENTITY_LIMIT:
        return value
    return f"{value[:100]}#{hashlib.sha256(value.encode()).hexdigest()[:32]}"


def _thin_marks(text: str) -> str:
    if not _MANY_MARKS.search(text):
        return text
    kept, run = [], 0
    for letter in text:
        # By category: enclosing marks and many others have no combining class.
        run = run + 1 if unicodedata.category(letter) in {"Mn", "Me"} else 0
        if run <= MARKS_LIMIT:
            kept.append(letter)
    return "".join(kept)
