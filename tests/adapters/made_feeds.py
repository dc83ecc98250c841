"""Feeds made of everything that makes readers disagree, and the ways in which a feed changes.

`make_feed` writes one of any format; `change` gives the document of the next poll: entries come,
go, are edited or trade places, the head is written anew, bytes are lost. The same random numbers
make the same feeds. All texts are inventions.
"""

import re
from collections.abc import Callable
from random import Random

ENTRY = re.compile(
    rb"<(?P<tag>(?:\w+:)?(?:item|entry))(?=[\s>]).*?</(?P=tag)\s*>", re.DOTALL | re.IGNORECASE
)

NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "georss": "http://www.georss.org/georss",
    "gml": "http://www.opengis.net/gml",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "psc": "http://podlove.org/simple-chapters",
    "cc": "http://web.resource.org/cc/",
    "x": "https://unknown.example/ns#",
    "h": "http://www.w3.org/1999/xhtml",
    "svg": "http://www.w3.org/2000/svg",
}
WORDS = (
    "Fähre legt an",
    "Der Rat vertagt sich",
    "Mühle wird saniert",
    "Harbour reopens",
    "The baker is back",
    "Orchestra plays outdoors",
    "Brücke gesperrt",
    "Night bus returns",
    "Ein Kind rettet eine Katze",
    "Strøm er billig i dag",
    "Ціни ростуть",
    "Prix du pain",
)
MARKUP = (
    "<p>{}</p>",
    "<div class='a'><b>{}</b></div>",
    "{} &amp; more",
    "{} &lt;b&gt;now&lt;/b&gt;",
    "<img src='/a.png' alt='{}'/> text",
    "{}",
    "{} \u2013 \u201eZitat\u201c",
    "a &lt; b {} c",
)
DATES = (
    "Sun, 01 Mar 2026 12:00:00 +0100",
    "2026-03-01T12:00:00Z",
    "2026-03-01",
    "1 March 2026",
    "gestern",
    "Mon, 30 Feb 2026 25:61:00 GMT",
    "2026-03-01T12:00:00.123+05:30",
    "",
)
ODD_CHILDREN = (
    "<georss:point>52.5 13.4</georss:point>",
    "<georss:point>x</georss:point>",
    "<gml:pos>1 2</gml:pos>",
    "<georss:where><gml:Point><gml:pos>45.2 -71.9</gml:pos></gml:Point></georss:where>",
    "<media:group><media:title>In {}</media:title><media:content url='/v'/></media:group>",
    "<media:thumbnail url='/t.png'/>",
    "<media:description>{}</media:description>",
    "<itunes:summary>{}</itunes:summary>",
    "<itunes:image href='/i.png'/>",
    "<image><url>/u.png</url><title>{}</title><link>/l</link></image>",
    "<image><description>{}</description></image>",
    "<textInput><title>t</title><name>q</name></textInput>",
    "<source url='/s'>{}</source>",
    "<source><title>{}</title><id>s-1</id><link href='/src'/></source>",
    "<dc:creator>{}</dc:creator>",
    "<dc:language>fr</dc:language>",
    "<dc:title>{}</dc:title>",
    "<language>it</language>",
    "<author><name>{}</name><email>a@b.example</email></author>",
    "<author>b@c.example ({})</author>",
    "<category term='a' scheme='s'/>",
    "<category>{}</category>",
    "<enclosure url='/e.mp3' type='audio/mpeg' length='1'/>",
    "<psc:chapters><psc:chapter start='00:01' title='{}'/></psc:chapters>",
    "<cc:license/>",
    "<x:href a='1'>{}</x:href>",
    "<x:item>{}</x:item>",
    "<x:y xml:lang='nl'><title>{}</title></x:y>",
    "<slash:comments>3</slash:comments>",
    "<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>2026-02-02</dc:date>",
    "<q:r xmlns:q='urn:q'>{}</q:r>",
    "<title>{}</title>",
    "<description>{}</description>",
    "<!-- <item> {} -->",
    "<?php echo '<item>' ?>",
    "<![CDATA[<item><title>{}</title></item>]]>",
    "<comments>{}</comments>",
    "<updated>2026-04-04T04:04:04Z</updated>",
    "<newLocation>/n</newLocation>",
    "<a href='x'>{}</a>",
)
INLINE = (
    "<div>{}</div>",
    "<div><summary>{}</summary></div>",
    "<p><title>{}</title></p>",
    "<h:div><h:p>{}</h:p></h:div>",
    "<svg:svg><svg:title>{}</svg:title></svg:svg>",
    "<svg><title>{}</title></svg>",
    "<p>{}<entry/></p>",
    "<p><item>{}</item></p>",
    "<div xml:base='/deep/'><a href='b'>{}</a></div>",
    "<p><content>{}</content><image/></p>",
    "<video><source src='/v'/>{}</video>",
    "<math xmlns='http://www.w3.org/1998/Math/MathML'><mi>{}</mi></math>",
)


def make_feed(random: Random) -> bytes:
    """Write a feed; one in four is broken somewhere."""
    text = random.choice((_make_rss, _make_rss, _make_atom, _make_atom, _make_rdf))(random)
    body = _encode(text, random)
    return body if random.random() < 0.75 else _damage(body, random)


def change(body: bytes, random: Random) -> bytes:
    """Give the document of the next poll."""
    for _ in range(random.choice((1, 1, 2, 3))):
        body = random.choice(CHANGES)(body, random)
    return body


# --- formats --------------------------------------------------------------------------------------


def _make_rss(random: Random) -> str:
    version = random.choice(("2.0", "2.0", "0.91", "0.92", "0.94", "3"))
    head = f"{_words(random, 'title')}<link>https://made.example/</link>{_head_fields(random)}"
    items = [_item(random) for _ in range(random.randrange(9))]
    root = random.choice(("rss", "rss", "rss", "RSS"))
    channel = f"<channel{_scope(random)}>{head}{_join(items, random)}{_tail_fields(random)}"
    return (
        f"{_prolog(random)}<{root} version='{version}'{_declare()}{_scope(random)}>{channel}"
        f"</channel></{root}>{_epilog(random)}"
    )


def _make_rdf(random: Random) -> str:
    items = [_item(random, about=True) for _ in range(random.randrange(6))]
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    default = random.choice(("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"))
    channel = f"<channel>{_words(random, 'title')}{_head_fields(random)}</channel>"
    return (
        f"{_prolog(random)}<rdf:RDF xmlns:rdf='{rdf}' xmlns='{default}'{_declare()}"
        f"{_scope(random)}>{channel}{_join(items, random)}{_tail_fields(random)}</rdf:RDF>"
    )


def _make_atom(random: Random) -> str:
    name = random.choice(("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "urn:other"))
    prefix = random.choice(("", "", "", "a:"))
    root = f"{prefix}feed xmlns{':a' if prefix else ''}='{name}'{_declare()}{_scope(random)}"
    entries = [_entry(random) for _ in range(random.randrange(9))]
    inside = f"<id>f</id>{_words(random, 'title')}{_head_fields(random)}{_join(entries, random)}"
    inside += _tail_fields(random)
    if prefix:
        inside = re.sub(r"<(/?)(entry|title|id|link|updated|content)\b", r"<\1a:\2", inside)
    return f"{_prolog(random)}<{root}>{inside}</{prefix}feed>"


def _item(random: Random, *, about: bool = False) -> str:
    key = random.randrange(9)
    named = f" rdf:about='https://made.example/{key}'" if about else ""
    fields = [
        _maybe(random, 0.8, f"<link>{_link(random, key)}</link>"),
        _maybe(random, 0.8, _words(random, "title")),
        _maybe(random, 0.8, _guid(random, key)),
        _maybe(random, 0.8, f"<pubDate>{random.choice(DATES)}</pubDate>"),
        _maybe(random, 0.8, _markup(random, "description")),
        _maybe(random, 0.3, _markup(random, "content:encoded")),
    ]
    tag = random.choice(("item",) * 60 + ("ITEM", "x:item"))
    return f"<{tag}{named}{_scope(random)}>{_shuffle(fields, random)}</{tag}>"


def _entry(random: Random) -> str:
    key = random.randrange(9)
    kind = random.choice(("", " type='html'", " type='xhtml'", " type='text'", " type='a/b'"))
    fields = [
        _maybe(random, 0.9, f"<id>tag:made.example,2026:{key}</id>"),
        _maybe(random, 0.8, f"<link href='{_link(random, key)}'{_scope(random)}/>"),
        _maybe(random, 0.3, f"<link rel='self' href='{_link(random, key)}'/>"),
        _maybe(random, 0.9, _words(random, "title", kind)),
        _maybe(random, 0.5, _markup(random, "summary", kind)),
        _maybe(random, 0.6, _markup(random, "content", kind)),
        _maybe(random, 0.8, f"<updated>{random.choice(DATES)}</updated>"),
        _maybe(random, 0.4, f"<published>{random.choice(DATES)}</published>"),
    ]
    return f"<entry{_scope(random)}>{_shuffle(fields, random)}</entry>"


# --- parts ----------------------------------------------------------------------------------------


def _declare() -> str:
    return "".join(f" xmlns:{prefix}='{uri}'" for prefix, uri in NAMESPACES.items())


def _scope(random: Random) -> str:
    """What holds for everything inside: mostly nothing, else a base, a language, a namespace."""
    if random.random() < 0.97:
        return ""
    return random.choice(
        (
            " xml:base='https://base.example/a/'",
            " xml:base='sub/'",
            " base='b/'",
            " xml:lang='de-AT'",
            " xml:lang=''",
            " lang='pt_BR'",
            " xmlns:dc='urn:not-dublin'",
            " xmlns='http://purl.org/rss/1.0/'",
            " xmlns:y='http://www.w3.org/2005/Atom'",
            " href='/cdf' lastmod='2026-01-01'",
        )
    )


def _prolog(random: Random) -> str:
    doctype = _maybe(
        random,
        0.06,
        random.choice(
            (
                '<!DOCTYPE rss [\n<!ENTITY copy "(c)">\n]>',
                '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "x.dtd">',
                '<!DOCTYPE x [<!ENTITY e "<item>">]>',
            )
        ),
    )
    return _maybe(random, 0.1, "<!-- <item/> -->") + doctype + _maybe(random, 0.1, "<?xsl a?>")


def _epilog(random: Random) -> str:
    return _maybe(random, 0.1, "\n<!-- served by <entry> -->") + _maybe(random, 0.1, "\n\n")


def _head_fields(random: Random) -> str:
    fields = [
        _maybe(random, 0.3, f"<language>{random.choice(('de', 'en-us', ''))}</language>"),
        _maybe(random, 0.3, f"<lastBuildDate>{random.choice(DATES)}</lastBuildDate>"),
        _maybe(random, 0.2, "<image><url>/c.png</url><title>C</title><link>/</link></image>"),
        _maybe(random, 0.1, "<textInput><title>t</title><name>q</name></textInput>"),
        _maybe(random, 0.1, _fill(random.choice(ODD_CHILDREN), random)),
        _maybe(random, 0.1, _markup(random, "description")),
    ]
    return _shuffle(fields, random)


def _tail_fields(random: Random) -> str:
    return _maybe(random, 0.15, _head_fields(random)) + _maybe(random, 0.05, "loose text")


def _join(entries: list[str], random: Random) -> str:
    plain = ("\n", "  ", "", "<!-- - <entry> -->", "\r\n\t")
    gap = random.choice(plain * 4 + ("<?pi?>", "text", "<ttl>5</ttl>"))
    if entries and random.random() < 0.03:
        entries = [*entries[:-1], entries[0].replace("</", entries[-1] + "</", 1)]
    if entries and random.random() < 0.02:
        entries.append("<item/>")
    return gap.join(entries)


def _guid(random: Random, key: int) -> str:
    kind = random.choice(("", " isPermaLink='false'", " isPermaLink='true'"))
    value = random.choice((f"g-{key}", f"https://made.example/{key}"))
    return f"<guid{kind}>{value}</guid>"


def _link(random: Random, key: int) -> str:
    return random.choice((f"https://made.example/{key}?a=1&amp;utm_source=x", f"/rel/{key}", ""))


def _words(random: Random, tag: str, kind: str = "") -> str:
    text = random.choice(WORDS)
    wrapped = random.choice(
        (text, text, f"<![CDATA[{text} <i>!</i>]]>", f"{text} &#8217;&#x1F600;")
    )
    return f"<{tag}{kind}{_scope(random)}>{wrapped}</{tag}>"


def _markup(random: Random, tag: str, kind: str = "") -> str:
    text = _fill(random.choice(MARKUP), random)
    if random.random() < 0.06:
        inside = _fill(random.choice(INLINE), random)
    elif random.random() < 0.5:
        inside = f"<![CDATA[{text}]]>"
    else:
        inside = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{tag}{kind}{_scope(random)}>{inside}</{tag}>"


def _fill(template: str, random: Random) -> str:
    return template.replace("{}", random.choice(WORDS))


def _shuffle(fields: list[str], random: Random) -> str:
    odd = [_fill(child, random) for child in ODD_CHILDREN if random.random() < 0.008]
    mixed = [*fields, *odd]
    random.shuffle(mixed)
    return random.choice(("", "\n  ")).join(mixed)


def _maybe(random: Random, chance: float, text: str) -> str:
    return text if random.random() < chance else ""


def _encode(text: str, random: Random) -> bytes:
    encoding = random.choice(("utf-8",) * 7 + ("utf-8-sig", "iso-8859-1", "cp1252", "utf-16"))
    declared = encoding.removesuffix("-sig")
    if random.random() < 0.8:
        text = f'<?xml version="1.0" encoding="{declared}"?>\n{text}'
    return text.encode(encoding, "xmlcharrefreplace")


# --- damage and change ----------------------------------------------------------------------------


def _damage(body: bytes, random: Random) -> bytes:
    at = random.randrange(max(len(body), 1))
    kind = random.randrange(5)
    if kind == 0:
        return body[:at]
    if kind == 1:
        return body[:at] + bytes([random.randrange(256)]) + body[at + 1 :]
    if kind == 2:
        return body[:at] + body[at + random.randrange(30) :]
    thing = random.choice((b"&nbsp;", b"&#xD83D;", b"&#55357;&#56832;", b"<", b"&", b"\0", b"]]>"))
    tags = [match.end() for match in re.finditer(rb">", body)] or [0]
    at = random.choice(tags)
    if kind == 3:
        return body[:at] + thing + body[at:]
    odd = _fill(random.choice(ODD_CHILDREN + INLINE), random).encode(errors="replace")
    return body[:at] + odd + body[at:]


def _edit_entries(body: bytes, edit: Callable[[list[bytes]], list[bytes]]) -> bytes:
    found = list(ENTRY.finditer(body))
    if not found:
        return body
    gap = body[found[0].end() : found[1].start()] if len(found) > 1 else b"\n"
    entries = edit([match[0] for match in found])
    return body[: found[0].start()] + gap.join(entries) + body[found[-1].end() :]


def _add(body: bytes, random: Random) -> bytes:
    def edit(entries: list[bytes]) -> list[bytes]:
        number = str(random.randrange(10**6)).encode()
        new = re.sub(rb"\d(?=</(?:guid|id|link)>)", number, random.choice(entries))
        return [new, *entries] if random.random() < 0.8 else [*entries, new]

    return _edit_entries(body, edit)


def _drop(body: bytes, random: Random) -> bytes:
    def edit(entries: list[bytes]) -> list[bytes]:
        gone = random.randrange(len(entries))
        return entries[:gone] + entries[gone + 1 :] if len(entries) > 1 else entries

    return _edit_entries(body, edit)


def _reorder(body: bytes, random: Random) -> bytes:
    return _edit_entries(body, lambda entries: random.sample(entries, len(entries)))


def _repeat(body: bytes, random: Random) -> bytes:
    """The same entry twice, once with other words: twins of one identity."""

    def edit(entries: list[bytes]) -> list[bytes]:
        one = random.choice(entries)
        return random.sample([*entries, one.replace(b"e", b"E", 3)], len(entries) + 1)

    return _edit_entries(body, edit)


def _edit(body: bytes, random: Random) -> bytes:
    def edit(entries: list[bytes]) -> list[bytes]:
        at = random.randrange(len(entries))
        entries[at] = re.sub(rb"[a-z](?= )", b"Z", entries[at], count=random.randrange(1, 3))
        return entries

    return _edit_entries(body, edit)


def _transplant(body: bytes, random: Random) -> bytes:
    """Put something odd into one entry, before what follows it."""

    def edit(entries: list[bytes]) -> list[bytes]:
        at = random.randrange(len(entries))
        odd = _fill(random.choice(ODD_CHILDREN + INLINE), random).encode(errors="replace")
        place = random.choice([m.start() for m in re.finditer(rb"</", entries[at])])
        entries[at] = entries[at][:place] + odd + entries[at][place:]
        return entries

    return _edit_entries(body, edit)


def _rewrite_head(body: bytes, random: Random) -> bytes:
    number = str(random.randrange(10**6)).encode()
    head = random.choice(
        (
            b"<lastBuildDate>" + number + b"</lastBuildDate>",
            b"<ttl>" + number + b"</ttl>",
            b"<x:y xmlns:x='urn:" + number + b"'/>",
            b"<image><url>/" + number + b"</url></image>",
            b"<language>sv</language>",
        )
    )
    at = body.find(b"</title>")
    return body if at < 0 else body[: at + 8] + head + body[at + 8 :]


def _rescope(body: bytes, random: Random) -> bytes:
    """Change what holds for the whole document: its root's attributes."""
    scope = random.choice((" xml:lang='en'", " xml:base='https://b.example/'", " xmlns:k='urn:k'"))
    found = re.search(rb"<(?:rss|channel|rdf:RDF|feed)\b", body)
    return body if found is None else body[: found.end()] + scope.encode() + body[found.end() :]


CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _add,
    _add,
    _add,
    _drop,
    _reorder,
    _repeat,
    _edit,
    _edit,
    _transplant,
    _rewrite_head,
    _rewrite_head,
    _rescope,
    _damage,
)
