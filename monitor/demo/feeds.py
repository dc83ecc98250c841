"""Writes an outlet's articles as a feed document, with the outlet's habits."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from monitor.demo.news import Article, Kind, Outlet

# Prefixes are written out, as the formats' own examples do: ElementTree then only escapes.
ATOM = {"xmlns": "http://www.w3.org/2005/Atom"}
RSS1 = {
    "xmlns": "http://purl.org/rss/1.0/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}

CONTENT_TYPES = {
    Kind.RSS2: "application/rss+xml",
    Kind.RSS1: "application/rdf+xml",
    Kind.ATOM: "application/atom+xml",
    Kind.JSON: "application/feed+json",
}


@dataclass(frozen=True, slots=True)
class Site:
    """Where and since when the demo is served. `address` has no slash at its end."""

    address: str
    started_at: datetime

    def link(self, article: Article) -> str:
        """The address of the article's page."""
        return f"{self.address}/a/{article.key}"

    def feed(self, outlet: Outlet) -> str:
        """The address of the outlet's feed."""
        return self.address + feed_path(outlet)

    def published_at(self, article: Article) -> datetime:
        """When the outlet says it published the article, in whole seconds UTC."""
        return (self.started_at + article.published).astimezone(UTC).replace(microsecond=0)


def feed_path(outlet: Outlet) -> str:
    """The path of the outlet's feed on its site."""
    return f"/feeds/{outlet.id}.{'json' if outlet.kind is Kind.JSON else 'xml'}"


def content_type(outlet: Outlet) -> str:
    """The media type its feed is served with; XML says its encoding itself, too."""
    return f"{CONTENT_TYPES[outlet.kind]}; charset={outlet.encoding}"


def write_feed(outlet: Outlet, articles: Iterable[Article], site: Site) -> bytes:
    """The feed document with these articles, in this order."""
    return WRITERS[outlet.kind](outlet, tuple(articles), site)


def _write_rss2(outlet: Outlet, articles: tuple[Article, ...], site: Site) -> bytes:
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _describe(channel, outlet, site)
    _say(channel, "language", outlet.language)
    for article in articles:
        item = SubElement(channel, "item")
        _summarise(item, outlet, article, site)
        if outlet.guids:
            _say(item, "guid", article.key, isPermaLink="false")
        _say(item, "pubDate", format_datetime(site.published_at(article), usegmt=True))
    return _document(outlet, root)


def _write_rss1(outlet: Outlet, articles: tuple[Article, ...], site: Site) -> bytes:
    root = Element("rdf:RDF", RSS1)
    channel = SubElement(root, "channel", {"rdf:about": site.feed(outlet)})
    _describe(channel, outlet, site)
    _say(channel, "dc:language", outlet.language)
    sequence = SubElement(SubElement(channel, "items"), "rdf:Seq")
    for article in articles:
        SubElement(sequence, "rdf:li", {"rdf:resource": site.link(article)})
        item = SubElement(root, "item", {"rdf:about": site.link(article)})
        _summarise(item, outlet, article, site)
        _say(item, "dc:date", site.published_at(article).isoformat())
    return _document(outlet, root)


def _describe(channel: Element, outlet: Outlet, site: Site) -> None:
    _say(channel, "title", outlet.name)
    _say(channel, "link", f"{site.address}/")
    _say(channel, "description", outlet.name)


def _summarise(item: Element, outlet: Outlet, article: Article, site: Site) -> None:
    _say(item, "title", article.title)
    _say(item, "link", site.link(article))
    _say(item, "description", _body(outlet, article))


def _write_atom(outlet: Outlet, articles: tuple[Article, ...], site: Site) -> bytes:
    newest_at = max((site.published_at(each) for each in articles), default=site.started_at)
    root = Element("feed", ATOM | {"xml:lang": outlet.language})
    _say(root, "title", outlet.name)
    _say(root, "id", site.feed(outlet))
    SubElement(root, "link", rel="self", href=site.feed(outlet))
    _say(root, "updated", newest_at.isoformat())
    _say(SubElement(root, "author"), "name", outlet.name)
    for article in articles:
        _add_entry(root, outlet, article, site)
    return _document(outlet, root)


def _add_entry(root: Element, outlet: Outlet, article: Article, site: Site) -> None:
    entry = SubElement(root, "entry")
    published = site.published_at(article).isoformat()
    _say(entry, "id", f"{site.feed(outlet)}#{article.key}")
    _say(entry, "title", article.title)
    SubElement(entry, "link", rel="alternate", href=site.link(article))
    _say(entry, "published", published)
    _say(entry, "updated", published)
    part = "summary" if outlet.summary_only else "content"
    _say(entry, part, _body(outlet, article), type="html" if outlet.html else "text")


def _write_json(outlet: Outlet, articles: tuple[Article, ...], site: Site) -> bytes:
    body_key = "content_html" if outlet.html else "content_text"
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{site.address}/",
        "feed_url": site.feed(outlet),
        "language": outlet.language,
        "items": [
            {
                "id": article.key,
                "url": site.link(article),
                "title": article.title,
                body_key: _body(outlet, article),
                "date_published": site.published_at(article).isoformat(),
            }
            for article in articles
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode(outlet.encoding)


WRITERS: dict[Kind, Callable[[Outlet, tuple[Article, ...], Site], bytes]] = {
    Kind.RSS2: _write_rss2,
    Kind.RSS1: _write_rss1,
    Kind.ATOM: _write_atom,
    Kind.JSON: _write_json,
}


def _body(outlet: Outlet, article: Article) -> str:
    if outlet.summary_only:
        return article.lead
    return article.html if outlet.html else article.text


def _say(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = text


def _document(outlet: Outlet, root: Element) -> bytes:
    # ElementTree writes what the encoding lacks (German quotation marks in ISO-8859-1) as
    # character references, as real feeds do.
    document: bytes = tostring(root, encoding=outlet.encoding, xml_declaration=True)
    if not outlet.unescaped:
        return document
    phrase = outlet.unescaped.encode(outlet.encoding)
    return document.replace(phrase.replace(b"&", b"&amp;"), phrase)
