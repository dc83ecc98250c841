"""Finds the article in a web page: the only door to trafilatura, used in a killable process.

Cookie walls and paywall teasers come back from any extractor as if they were the article. What
passes here is long enough, is not such a notice, and is about its title; else the feed's own text
is the better one.
"""

import re
import unicodedata
from datetime import timedelta

from monitor.adapters.worker import FreshWorker, Worker
from monitor.errors import ExtractError, WorkerDied, WorkerTimeout

SHORTEST = 400
"""Characters below which a text is a teaser rather than an article."""

SHORT = 2_000
"""Characters up to which one notice makes the whole text a notice."""

MANY_NOTICES = 3
TITLE_OVERLAP = 1 / 3
"""The share of a title's longer words that must occur in the text."""

TELLING_TITLE = 3
"""Longer words from which on a title says enough to be compared."""

_NOTICE = re.compile(
    r"cookies? (akzeptieren|zustimmen|zulassen)|accept (all )?cookies|we use cookies"
    r"|wir (verwenden|nutzen|und unsere \w+ (verwenden|nutzen)) (\w+ )?cookies"
    r"|mit werbung (weiterlesen|lesen)|werbefrei (lesen|weiterlesen)|consent to the use"
    r"|(zustimmung|einwilligung) (jederzeit )?widerrufen|privacy (settings|manager|choices)"
    r"|datenschutz-?einstellungen|manage (your )?(consent|preferences)|nous utilisons des cookies"
    r"|subscribe to (read|continue)|to continue reading|already a subscriber"
    r"|jetzt abonnieren|weiterlesen mit|nur für abonnenten|abo(nnement)? abschließen"
    r"|réservé aux abonnés|enable javascript|javascript aktivieren|adblocker|ad blocker"
    r"|verify (that )?you are (a )?human|access denied|zugriff verweigert|page not found",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]{4,}")
_STEM = 5
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class ArticleExtractor:
    """The Extractor port."""

    def __init__(
        self, worker: FreshWorker | Worker, *, deadline: timedelta = timedelta(seconds=20)
    ) -> None:
        self._worker = worker
        self._deadline = deadline

    async def extract(self, page: bytes, url: str, title: str) -> str:
        """Give the article's plain text; raise `ExtractError` where there is none worth having."""
        try:
            return await self._worker.call(
                extract_article, page, url, title, deadline=self._deadline
            )
        except (WorkerTimeout, WorkerDied) as error:
            raise ExtractError(f"too costly to read: {error}") from error


def extract_article(page: bytes, url: str, title: str) -> str:
    """Runs in the worker; raise `ExtractError`."""
    # Only the worker pays for this import: half a second and 22 MB.
    import trafilatura  # noqa: PLC0415

    text = trafilatura.extract(
        page, url=url, favor_precision=True, include_comments=False, include_tables=False
    )
    if not text:
        raise ExtractError("no article in that page")
    flaw = find_flaw(text, title)
    if flaw:
        raise ExtractError(flaw)
    return text


def find_flaw(text: str, title: str) -> str | None:
    """Why this text is not the article of that title, or None."""
    if len(text) < SHORTEST:
        return f"only {len(text)} characters: a teaser"
    notices = {match[0].lower() for match in _NOTICE.finditer(text)}
    if len(notices) >= MANY_NOTICES or (notices and len(text) < SHORT):
        return f"a notice, not an article: {min(notices)!r}"
    if _overlap(title, text) < TITLE_OVERLAP:
        return "the text is not about its title"
    return None


def _overlap(title: str, text: str) -> float:
    wanted = _stems(title)
    if len(wanted) < TELLING_TITLE:
        return 1.0
    return len(wanted & _stems(text)) / len(wanted)


def _stems(text: str) -> set[str]:
    """Beginnings of the longer words, so that inflection and missing umlauts do not matter."""
    plain = unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
    return {word[:_STEM] for word in _WORD.findall(plain)}
