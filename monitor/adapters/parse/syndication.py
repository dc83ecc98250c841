"""RSS and Atom: the only door to feedparser.

feedparser takes anything for a path or URL but a file object, and raises on ordinary feeds: it is
given `io.BytesIO` only, what is known to break it is repaired first, and a document that is broken
all the same is taken `apart`, so that one entry never costs the others.
"""

import calendar
import html
import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.sax import SAXException

import feedparser

from monitor.adapters.parse.apart import take_apart
from monitor.adapters.parse.hints import read_hints
from monitor.adapters.parse.link import absolute_link, canonical_link
from monitor.adapters.parse.markup import tidy, to_text
from monitor.adapters.parse.unseen import Piece, Reading, make_hash, read_unseen
from monitor.core.article import identify
from monitor.core.model import Entry, ParsedFeed
from monitor.errors import NotAFeed, ParseError

_HIGH, _LOW = (
    rb"&#(?:x(d[89ab][0-9a-f]{2})|(5[56]\d{3}));",
    rb"&#(?:x(d[c-f][0-9a-f]{2})|(5[67]\d{3}));",
)
_PAIR = re.compile(_HIGH + _LOW, re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX][0-9a-fA-F]{1,12}|[0-9]{1,12});?")
_BACKSLASH_ENTITY = re.compile(rb"<!ENTITY[^>]*\\[^>]*>")
_BASE = re.compile(rb"\s(?:xml:)?base\s*=\s*(?P<quote>[\"'])(?P<url>[^\"'<>]*)(?P=quote)")
_DECLARATION = re.compile(r"^\ufeff?<\?xml[^>]*>")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_REPLACEMENT = b"&#65533;"
_MANY_PROBLEMS = 20


def parse_syndication(
    body: bytes, url: str, content_type: str | None, marks: bytes = b""
) -> ParsedFeed:
    """Read the entries of an RSS or Atom document but for those that `marks` knows.

    Raise `NotAFeed` for other documents, `ParseError` for ruins.
    """
    reading, problems = _read_new(repair(body), _charset(body, content_type), url, marks)
    if not (reading.version or reading.pieces):
        raise NotAFeed(f"neither RSS, Atom nor JSON Feed; it begins with {_opening(body)}")
    entries, remembered, failures = _take(reading.pieces, url)
    feed = reading.feed
    return ParsedFeed(
        title=to_text(feed.get("title") or ""),
        language=feed.get("language") or _language(feed.get("title_detail")),
        entries=entries,
        problems=tuple(problems + failures)[:_MANY_PROBLEMS],
        known=len(reading.pieces) - len(entries) - len(failures),
        marks=remembered,
        hints=read_hints(feed, body),
    )


def repair(body: bytes) -> bytes:
    """Replace what makes feedparser raise: impossible references, control characters, bases.

    The result is searched by bytes, so UTF-16 and UTF-32 become UTF-8 first.
    """
    if b"\0" in body[:4] or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = _DECLARATION.sub("", body.decode(json.detect_encoding(body), "replace")).encode()
    body = _PAIR.sub(_join_surrogates, body.translate(None, _CONTROLS))
    body = _BASE.sub(_check_base, body)
    body = _REFERENCE.sub(_check_reference, body)
    return _BACKSLASH_ENTITY.sub(b"", body)


def _join_surrogates(pair: re.Match[bytes]) -> bytes:
    units = [int(pair[n], 16) if pair[n] else int(pair[n + 1]) for n in (1, 3)]
    halves = "".join(map(chr, units)).encode("utf-16-le", "surrogatepass")
    whole = halves.decode("utf-16-le", "replace")
    return f"&#{ord(whole[0])};".encode() if len(whole) == 1 else pair[0]


def _check_reference(reference: re.Match[bytes]) -> bytes:
    # HTML5's table of references gives U+FFFD for surrogates and beyond, "" for controls.
    letter = html.unescape(reference[0].decode())
    return _REPLACEMENT if letter in {"", "\ufffd"} else reference[0]


def _check_base(base: re.Match[bytes]) -> bytes:
    # One that is no address makes feedparser lose the ids of all entries that follow.
    try:
        urlsplit(base["url"].decode("ascii", "replace"))
    except ValueError:
        return b""
    return base[0]


def _charset(body: bytes, content_type: str | None) -> dict[str, str]:
    """The server's charset as a header, only where the document itself says nothing.

    Servers name a default far more often wrongly than documents do.
    """
    named = _CHARSET.search(content_type or "")
    if named is None or _DECLARED.match(body) or _is_utf8(body):
        return {}
    return {"content-type": f"application/xml; charset={named[1]}"}


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read_new(
    body: bytes, headers: dict[str, str], url: str, marks: bytes
) -> tuple[Reading, list[str]]:
    try:
        return read_unseen(body, headers, url, marks), []
    except MemoryError:
        raise
    # Uncertain, or what feedparser raises; what is wrong is said by reading the whole.
    except Exception:  # noqa: BLE001
        documents, problems = _read(body, headers)
    # Of a document that is empty once it is decoded feedparser says nothing at all.
    version = next((said for one in documents if (said := one.get("version"))), "")
    pieces = tuple(Piece(raw) for document in documents for raw in document.entries)
    return Reading(version, documents[0].feed, pieces), problems


def _read(body: bytes, headers: dict[str, str]) -> tuple[Sequence[Any], list[str]]:
    """Read the document whole, and taken apart where that finds as many entries or more."""
    try:
        document = _feedparse(body, headers)
    except MemoryError:
        raise
    # feedparser raises ValueError, UnicodeError, IndexError … from deep inside.
    except Exception as error:
        documents, problems = _read_apart(body, headers)
        if not documents:
            raise ParseError(f"unreadable: {type(error).__name__} {error}"[:200]) from error
        return documents, problems
    broken = document.get("bozo_exception")
    if not isinstance(broken, SAXException):
        return [document], []
    # Behind a broken place all is guesswork; taken apart, sound entries stay sound.
    documents, problems = _read_apart(body, headers)
    if sum(len(part.entries) for part in documents) < len(document.entries):
        documents, problems = [document], []
    return documents or [document], [f"broken XML: {broken}", *problems]


def _read_apart(body: bytes, headers: dict[str, str]) -> tuple[list[Any], list[str]]:
    """Read groups of entries under the real head, halving those that raise."""
    pieces = take_apart(body)
    groups = pieces.group()[::-1]
    documents: list[Any] = []
    problems: list[str] = []
    while groups:
        group = groups.pop()
        try:
            documents.append(_feedparse(pieces.join(group), headers))
        except MemoryError:
            raise
        # As above; an entry that raises alone is lost, the others are not.
        except Exception as error:  # noqa: BLE001
            half = len(group) // 2
            groups += [group[half:], group[:half]] if half else []
            problems += [] if half else [f"an entry is unreadable: {_name(error, group[0])}"]
    return documents, problems


def _name(error: Exception, entry: bytes) -> str:
    return f"{type(error).__name__} {error} in {_opening(entry)}"[:200]


def _feedparse(body: bytes, headers: dict[str, str]) -> Any:
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _opening(body: bytes) -> str:
    return repr(body[:40].decode("ascii", "replace"))


def _take(pieces: Sequence[Piece], url: str) -> tuple[tuple[Entry, ...], bytes, list[str]]:
    """Give the entries that are new, the marks of the whole document, and what went wrong.

    Of entries with one identity the first counts, known or not: it alone is remembered, and where
    it is known, so are the others.
    """
    entries, marks, problems, firsts = (
        list[Entry](),
        list[bytes](),
        list[str](),
        dict[bytes, bool](),
    )
    for piece in pieces:
        entry = _try_entry(piece.raw, url, problems) if piece.raw is not None else None
        if entry is None and piece.raw is not None:
            continue
        identity = _hash_identity(entry) if entry else piece.identity
        if piece.hash and identity not in firsts:
            marks.append(piece.hash + identity)
        is_known = firsts.setdefault(identity, entry is None)
        if entry and not is_known:
            entries.append(entry)
    return tuple(entries), b"".join(marks), problems


def _try_entry(raw: Any, url: str, problems: list[str]) -> Entry | None:
    try:
        return _entry(raw, url)
    except MemoryError:
        raise
    # An entry is whatever feedparser made of hostile bytes; none may cost the others.
    except Exception as error:  # noqa: BLE001
        problems.append(f"entry {raw.get('id') or raw.get('title')}: {error}"[:200])
        return None


def _hash_identity(entry: Entry) -> bytes:
    return make_hash(identify(entry, f"{entry.title}\0{entry.text}"))


def _entry(raw: Any, url: str) -> Entry:
    # The plain dict's get: feedparser's own looks for other keys, slowly, and warns.
    raw = dict(raw)
    link = absolute_link(_given_link(raw), url)
    bodies = [raw.get("summary_detail"), *(raw.get("content") or ())]
    title = raw.get("title_detail")
    return Entry(
        guid=raw.get("id") or None,
        link=link,
        canonical_link=canonical_link(link),
        title=_text(title),
        text=max((_text(body) for body in bodies), key=len),
        published_at=_date(raw),
        language=raw.get("language") or _language(title),
    )


def _given_link(raw: Any) -> str | None:
    # Without a link, feedparser takes the guid for one; a bare "k-1" is none.
    given: str | None = raw.get("link")
    if given and given == raw.get("id") and not given.startswith(("http://", "https://")):
        return None
    return given


def _text(detail: Any) -> str:
    if not detail:
        return ""
    value, kind = dict.get(detail, "value") or "", dict.get(detail, "type")
    # Feeds call HTML plain text, and titles carry entities twice; only real text has neither.
    return tidy(value) if kind == "text/plain" and "&" not in value else to_text(value)


def _language(detail: Any) -> str | None:
    return (detail.get("language") or None) if detail else None


def _date(raw: Any) -> datetime | None:
    for key in ("published_parsed", "updated_parsed", "created_parsed"):
        given = raw.get(key)
        if given:
            try:
                return datetime.fromtimestamp(calendar.timegm(given), UTC)
            except (ValueError, OverflowError, OSError):
                continue
    return None
