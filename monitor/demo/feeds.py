"""Writes an outlet's articles as a feed document, with the outlet's habits."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from monitor.demo.news import Article, Kind, Outlet

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS1 = "http://purl.org/rss/1.0/"
XML = "http://www.w3.org/XML/1998/namespace"

# ElementTree keeps prefixes per process; these are the customary ones of the formats.
for prefix, namespace in (("atom", ATOM), ("dc", DC), ("rdf", RDF), ("rss", RSS1)):
    register_namespace(prefix, namespace)

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
    _say(channel, "title", outlet.name)
    _say(channel, "link", f"{site.address}/")
    _say(channel, "description", outlet.name)
    _say(channel, "language", outlet.language)
    for article in articles:
        item = SubElement(channel, "item")
        _say(item, "title", article.title)
        _say(item, "link", site.link(article))
        _say(item, "description", _body(outlet, article))
        if outlet.guids:
            _say(item, "guid", article.key, isPermaLink="false")
        _say(item, "pubDate", format_datetime(site.published_at(article), usegmt=True))
    return _document(outlet, root)


def _write_rss1(outlet: Outlet, articles: tuple[Article, ...], site: Site) -> bytes:
    root = Element(f"{{{RDF}}}RDF")
    about = f"{{{RDF}}}about"
    channel = SubElement(root, f"{{{RSS1}}}channel", {about: site.feed(outlet)})
    _say(channel, f"{{{RSS1}}}title", outlet.name)
    _say(channel, f"{{{RSS1}}}link", f"{site.address}/")
    _say(channel, f"{{{RSS1}}}description", outlet.name)
    _say(channel, f"{{{DC}}}language", outlet.language)
    sequence = SubElement(SubElement(channel, f"{{{RSS1}}}items"), f"{{{RDF}}}Seq")
    for article in articles:
        link = site.link(article)
        SubElement(sequence, f"{{{RDF}}}li", {f"{{{RDF}}}resource": link})
        item = SubElement(root, f"{{{RSS1}}}item", {about: link})
        _say(item, f"{{{RSS1}}}title", article.title)
        _say(item, f"{{{RSS1}}}link", link)
        _say(item, f"{{{RSS1}}}description", _body(outlet, article))
        _say(item, f"{{{DC}}}date", site.published_at(article).isoformat())
    return _document(outlet, root)


def _write_atom(outlet: Outlet, articles: tuple[Article, ...], site: Site) -> bytes:
    root = Element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": outlet.language})
    _say(root, f"{{{ATOM}}}title", outlet.name)
    _say(root, f"{{{ATOM}}}id", site.feed(outlet))
    SubElement(root, f"{{{ATOM}}}link", rel="self", href=site.feed(outlet))
    newest_at = max((site.published_at(each) for each in articles), default=site.started_at)
    _say(root, f"{{{ATOM}}}updated", newest_at.isoformat())
    author = SubElement(root, f"{{{ATOM}}}author")
    _say(author, f"{{{ATOM}}}name", outlet.name)
    for article in articles:
        root.append(_atom_entry(outlet, article, site))
    return _document(outlet, root)


def _atom_entry(outlet: Outlet, article: Article, site: Site) -> Element:
    entry = Element(f"{{{ATOM}}}entry")
    published = site.published_at(article).isoformat()
    _say(entry, f"{{{ATOM}}}id", f"{site.feed(outlet)}#{article.key}")
    _say(entry, f"{{{ATOM}}}title", article.title)
    SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=site.link(article))
    _say(entry, f"{{{ATOM}}}published", published)
    _say(entry, f"{{{ATOM}}}updated", published)
    part = "summary" if outlet.summary_only else "content"
    kind = "html" if outlet.html else "text"
    _say(entry, f"{{{ATOM}}}{part}", _body(outlet, article), type=kind)
    return entry


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
