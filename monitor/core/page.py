"""Beside the second stage: which articles' own pages are read, and what of a page is believed.

Many feeds give a teaser. Where that leaves a verdict open, the page may settle it; but cookie
walls, paywall teasers and error pages come back from any extractor as if they were the article.
What passes here is longer than the feed's text, is not such a notice, and is about the same; else
the feed's own text is the better one.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from monitor.core.model import (
    Article,
    FetchResult,
    Finding,
    Page,
    PageState,
    TextSource,
    Verdict,
)

TEASER = 1_000
"""Characters of a feed's text from which on it says enough: verdicts go by so many."""

UNDECIDED = 0.2
"""From this score on, or half the threshold where that is lower, more text may flag an article."""

PAUSES = (timedelta(minutes=5), timedelta(hours=1))
"""Waits before a page that could not be read is tried again; then it is given up."""

LATEST = timedelta(days=1)
"""A page that a server wants to be left alone for so long is given up: the news is old by then."""

PAGE_LIMIT = 5_000_000
"""Bytes. The article in a larger page is not worth what reading it costs."""

SHORTEST = 400
"""Characters below which a page's text is a teaser rather than an article."""

SHORT = 2_000
"""Characters up to which one notice makes the whole text a notice."""

MANY_NOTICES = 3
LONGEST_ASIDE = 40
MOST_ASIDES = 1 / 3
"""The share of a text that short lines without a full stop, such as menus, may have."""

OVERLAP = 1 / 3
"""The share of the longer words of a title, or of a feed's text, that the page's must have."""

TELLING_TITLE, TELLING_TEXT = 3, 8
"""Longer words from which on a title or a feed's text says enough to be compared."""

_NOTICE = re.compile(
    r"cookies? (akzeptieren|zustimmen|zulassen)|accept (all )?cookies|we use cookies"
    r"|wir (verwenden|nutzen|und unsere \w+ (verwenden|nutzen)) (\w+ )?cookies"
    r"|alles? akzeptieren|alles? ablehnen|tout accepter|accepter et (continuer|fermer)"
    r"|\b(accept|reject|allow) all(?= (accept|reject|allow|manage|cookies|settings)|\W*$)"
    r"|mit werbung (weiterlesen|lesen)|werbefrei (lesen|weiterlesen)|consent to the use"
    r"|(zustimmung|einwilligung) (jederzeit )?widerrufen|privacy (settings|manager|choices)"
    r"|datenschutz-?einstellungen|manage (your )?(consent|preferences)|nous utilisons des cookies"
    r"|subscribe (now )?to (read|continue)|to continue reading|already a subscriber"
    r"|(sign|log) in to (read|continue)|create a free account|is (reserved )?for subscribers"
    r"|abonnieren sie(?!.{0,40}(newsletter|podcast|kanal))|jetzt abonnieren|weiterlesen mit"
    r"|um weiterzulesen|nur für abonnent(en|innen)|abo(nnement)? abschließen|bereits abonnent"
    r"|réservé aux abonnés|enable javascript|javascript aktivieren|adblocker|ad blocker"
    r"|verify (that )?you are (a )?human|access denied|zugriff verweigert|page not found"
    r"|(seite|artikel|inhalt) (\w+ )?nicht (gefunden|mehr verfügbar)|page introuvable"
    r"|(page|article|content) (\w+ )?(no longer|not) available",
    re.IGNORECASE | re.MULTILINE,
)
_GATE = re.compile(
    r"consent|zustimmung|einwilligung|log-?in|sign-?in|paywall|captcha", re.IGNORECASE
)
_HTML = ("text/html", "application/xhtml+xml")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”“«»)]*$")
_WORD = re.compile(r"[^\W_]{4,}")
_STEM = 5
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


# --- which pages, and when ----------------------------------------------------------------------


def is_worth_reading(article: Article, verdicts: Iterable[Verdict]) -> bool:
    """Whether the page's text could change what is told of the article.

    No topic took it, one was undecided, and the feed gave no more than a teaser. What a first fetch
    brought is told of to nobody.
    """
    verdicts = tuple(verdicts)
    return (
        article.source is TextSource.FEED
        and bool(article.link)
        and not article.baseline
        and len(article.text) < TEASER
        and not any(verdict.flagged for verdict in verdicts)
        and any(map(_is_undecided, verdicts))
    )


def _is_undecided(verdict: Verdict) -> bool:
    return verdict.score is not None and verdict.score >= min(UNDECIDED, verdict.threshold / 2)


def settle(page: Page, finding: Finding, now: datetime) -> Page:
    """The page after one more look; one that could not be read is tried three times in all."""
    attempts = page.attempts + 1
    told = replace(page, attempts=attempts, reason=finding.reason)
    if finding.state is not PageState.WAITING:
        return replace(told, state=finding.state, settled_at=now)
    if attempts > len(PAUSES):
        return replace(told, state=PageState.FAILED, settled_at=now)
    due_at = now + max(PAUSES[attempts - 1], finding.wait or timedelta())
    if due_at - page.asked_at > LATEST:
        return replace(told, state=PageState.FAILED, settled_at=now)
    return replace(told, due_at=due_at)


# --- what of a page is believed -----------------------------------------------------------------


def find_obstacle(link: str, answer: FetchResult) -> str | None:
    """Why an answer need not be searched for the article of this link, or None."""
    kind = (answer.content_type or "").partition(";")[0].strip().lower()
    if kind and kind not in _HTML:
        return f"not a web page but {kind[:60]}"
    if len(answer.body or b"") > PAGE_LIMIT:
        return f"a page of {len(answer.body or b'') // 1_000_000} MB"
    asked, got = _split(link), _split(answer.url)
    if _is_front_page(got) and not _is_front_page(asked):
        return "its address leads to the front page"
    if _is_gate(got) and not _is_gate(asked):
        return "its address leads to a consent or login page"
    return None


def find_flaw(text: str, title: str, teaser: str = "") -> str | None:
    """Why this text is not the article of that title, of which the feed says `teaser`, or None."""
    return _find_gap(text, teaser) or _find_notice(text) or _find_stranger(text, title, teaser)


def _find_gap(text: str, teaser: str) -> str | None:
    if len(text) < SHORTEST:
        return f"only {len(text)} characters: a teaser"
    return "no longer than the feed's text" if len(text) <= len(teaser) else None


def _find_notice(text: str) -> str | None:
    notices = {match[0].lower() for match in _NOTICE.finditer(text)}
    if len(notices) >= MANY_NOTICES or (notices and len(text) < SHORT):
        return f"a notice, not an article: {min(notices)!r}"
    return "more menus than sentences" if _share_asides(text) > MOST_ASIDES else None


def _find_stranger(text: str, title: str, teaser: str) -> str | None:
    if _overlap(title, text, TELLING_TITLE) < OVERLAP:
        return "the text is not about its title"
    if _overlap(teaser, text, TELLING_TEXT) < OVERLAP:
        return "the text is not about what the feed says"
    return None


def drop_title(text: str, title: str) -> str:
    """A page's text often begins with its title once more."""
    return text.lstrip().removeprefix(title).lstrip()


def _split(link: str) -> SplitResult:
    try:
        return urlsplit(link)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_front_page(link: SplitResult) -> bool:
    return link.path in {"", "/"} and not link.query


def _is_gate(link: SplitResult) -> bool:
    return bool(_GATE.search(link.netloc + link.path))


def _share_asides(text: str) -> float:
    lines = [line.strip() for line in text.splitlines()]
    asides = (n for n in lines if len(n) < LONGEST_ASIDE and not _SENTENCE_END.search(n))
    return sum(map(len, asides)) / max(sum(map(len, lines)), 1)


def _overlap(wanted: str, text: str, telling: int) -> float:
    stems = _stems(wanted)
    if len(stems) < telling:
        return 1.0
    return len(stems & _stems(text)) / len(stems)


def _stems(text: str) -> set[str]:
    """Beginnings of the longer words, so that inflection and missing umlauts do not matter."""
    plain = unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
    return {word[:_STEM] for word in _WORD.findall(plain)}
