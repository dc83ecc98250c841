"""The feeds that are served: documents of invented news, each feed on a host of its own."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape

from tests.bench.news import News, make_news

ENTRIES = 20
HOSTS_IN_A_NET = 10
"""So many have a certificate together; with more, reading its names would be what is measured."""

NETS = 250
"""Nets under one second octet."""

RSS = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{name}</title>
<link>http://{host}/</link>
<description>News of {name}</description>
<language>{language}</language>
{entries}
</channel>
</rss>
"""
RSS_ENTRY = """\
<item>
<title>{title}</title>
<link>http://{host}/a/{number}</link>
<guid isPermaLink="false">{name}-{number}</guid>
<pubDate>{rfc}</pubDate>
<dc:creator>{name}</dc:creator>
<category>news</category>
<description>&lt;p&gt;{text}&lt;/p&gt;&lt;p&gt;&lt;a href="http://{host}/a/{number}"&gt;…&lt;/a&gt;&lt;/p&gt;</description>
</item>"""
ATOM = """\
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">
<title>{name}</title>
<id>urn:bench:{name}</id>
<updated>2026-01-05T06:00:00Z</updated>
<link href="http://{host}/"/>
{entries}
</feed>
"""
ATOM_ENTRY = """\
<entry>
<title>{title}</title>
<link href="http://{host}/a/{number}"/>
<id>urn:bench:{name}:{number}</id>
<updated>{iso}</updated>
<author><name>{name}</name></author>
<summary type="html">&lt;p&gt;{text}&lt;/p&gt;</summary>
</entry>"""


def name_host(number: int) -> str:
    """The address of a feed's host: 127.1.0.1 and on."""
    net, host = divmod(number, HOSTS_IN_A_NET)
    return f"127.{1 + net // NETS}.{net % NETS}.{host + 1}"


@dataclass
class Outlet:
    """A feed: its newest `ENTRIES` entries, as RSS or Atom, German or English."""

    number: int
    entries: deque[News] = field(default_factory=lambda: deque(maxlen=ENTRIES))

    @property
    def host(self) -> str:
        return name_host(self.number)

    @property
    def name(self) -> str:
        return f"outlet-{self.number:05}"

    def write(self) -> str:
        """The document, newest entry first."""
        # Half of them Atom; the language changes half as often, so that all four kinds occur.
        whole, single = (RSS, RSS_ENTRY) if self.number % 2 else (ATOM, ATOM_ENTRY)
        named = {"name": self.name, "host": self.host}
        entries = (single.format(**named, **_told(news)) for news in reversed(self.entries))
        language = ("de", "en")[self.number // 2 % 2]
        return whole.format(**named, language=language, entries="\n".join(entries))


def _told(news: News) -> dict[str, object]:
    return {
        "number": news.number,
        "title": escape(news.title),
        "text": escape(news.text),
        "rfc": format_datetime(news.published_at),
        "iso": news.published_at.isoformat(),
    }


class Press:
    """All outlets and the folder their documents lie in."""

    def __init__(self, folder: Path, outlets: int) -> None:
        self.folder = folder
        self._numbers = count()
        self.outlets = [Outlet(number) for number in range(outlets)]
        folder.mkdir(parents=True, exist_ok=True)
        for outlet in self.outlets:
            outlet.entries.extend(make_news(next(self._numbers)) for _ in range(ENTRIES))
        self._print(self.outlets)

    def publish(self, outlets: Sequence[Outlet], *, wanted: bool | None = None) -> list[News]:
        """Let a new entry appear in each of these; give them."""
        fresh = [make_news(next(self._numbers), wanted=wanted) for _ in outlets]
        for outlet, news in zip(outlets, fresh, strict=True):
            outlet.entries.append(news)
        self._print(outlets)
        return fresh

    def _print(self, outlets: Iterable[Outlet]) -> None:
        """Replace whole files: a server may be sending one."""
        for outlet in outlets:
            path = self.folder / f"{outlet.name}.xml"
            fresh = path.with_suffix(".new")
            fresh.write_text(outlet.write(), encoding="utf-8")
            fresh.replace(path)
