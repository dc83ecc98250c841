"""What the program talks to in these tests: a feed server and a webhook receiver on loopback."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock
from xml.sax.saxutils import escape

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

FEED_TYPE = "application/rss+xml; charset=utf-8"

# Invented, and unlike one another, so that each is a story of its own.
NEWS = (
    ("Stadtrat von Lindenau beschließt neue Brücke", "Die Fähre über die Aue fährt noch bis Mai."),
    ("Orchard growers in Kent report a record harvest", "Cold nights kept the moths away."),
    ("Theater Mühlbach sagt Premiere ab", "Der Hauptdarsteller brach sich bei der Probe das Bein."),
    ("Night trains return to the coast line", "Sleeping cars had been scrapped nine winters ago."),
    (
        "Forscher zählen Luchse im Harzvorland",
        "Kameras fotografierten siebzehn verschiedene Tiere.",
    ),
    ("Swimming pool closes after burst pipe", "Pupils move their lessons to the lake for a month."),
    ("Bäckerinnung klagt über teures Mehl", "Ein Sack kostet doppelt so viel wie vor zwei Ernten."),
    ("Chess club wins title in last round", "A pawn ending decided the match shortly before ten."),
    ("Hochwasser reißt Steg am Weiher fort", "Feuerwehrleute bargen das Holz mit einem Kran."),
    ("Library lends out telescopes", "Forty families are already waiting for a clear evening."),
)


def write_feed(*titles: str, first: int = 1) -> bytes:
    """An RSS document with these titles; the texts are those of `NEWS` where it has the title."""
    texts = dict(NEWS)
    items = "".join(
        f"<item><guid>n-{n}</guid><link>https://blatt.example/n-{n}</link>"
        f"<title>{escape(title)}</title><description>{escape(texts.get(title, title))}"
        "</description></item>"
        for n, title in enumerate(titles, start=first)
    )
    return f'<rss version="2.0"><channel><title>Blatt</title>{items}</channel></rss>'.encode()


@dataclass(frozen=True)
class Call:
    """What a webhook was sent."""

    key: str
    title: str
    text: str


class Neighbours:
    """Serves `feeds` under /feed/NAME, notes which in `served`; notes what /hook/NAME is sent.

    `pages` are articles, under /page/NAME.

    While `open` is not set, the webhook takes a message and does not answer; it closes by itself
    at call number `close_at`.
    """

    def __init__(self, server: HTTPServer) -> None:
        self.feeds: dict[str, bytes] = {}
        self.pages: dict[str, str] = {}
        self.served: list[str] = []
        self.calls: list[Call] = []
        self.open = Event()
        self.open.set()
        self.close_at = 0
        self.port = server.port
        self._lock = Lock()
        server.expect_request(re.compile("/feed/.*")).respond_with_handler(self._serve)
        server.expect_request(re.compile("/page/.*")).respond_with_handler(self._show)
        server.expect_request(re.compile("/hook/.*")).respond_with_handler(self._take)

    @property
    def keys(self) -> list[str]:
        return [call.key for call in self.calls]

    def configure(self, *feeds: str, extra: str = "", channel: str = "") -> str:
        """A configuration that flags every article of these feeds and alerts of each at once."""
        tables = "".join(
            f'[[feeds]]\nname = "{name}"\nurl = "http://127.0.0.1:{self.port}/feed/{name}"\n'
            for name in feeds
        )
        return f"""\
polling = {{ interval = "1s", allow = ["127.0.0.1:{self.port}"] }}
alerts = {{ baseline = false }}
topics = [{{ name = "ai-overbuild", threshold = 0.0 }}]
classifier = {{ encoder = "off" }}
digests = []
{extra}
[channels.receiver]
url = "{channel or f"json://127.0.0.1:{self.port}/hook/a"}"
{tables}"""

    def _serve(self, request: Request) -> Response:
        name = request.path.rpartition("/")[2]
        with self._lock:
            self.served.append(name)
        body = self.feeds.get(name)
        if body is None:
            return Response("no such feed", status=404)
        return Response(body, content_type=FEED_TYPE)

    def _show(self, request: Request) -> Response:
        return Response(self.pages[request.path.rpartition("/")[2]], content_type="text/html")

    def _take(self, request: Request) -> Response:
        posted = json.loads(request.get_data())
        call = Call(request.headers["Idempotency-Key"], posted["title"], posted["message"])
        with self._lock:
            self.calls.append(call)
            if len(self.calls) == self.close_at:
                self.open.clear()
        # Longer than any test: whoever closes it opens it again, or ends the server.
        self.open.wait(120)
        return Response("taken")


@contextmanager
def neighbours() -> Iterator[Neighbours]:
    """Both, from entry to exit."""
    with HTTPServer("127.0.0.1", port=0, threaded=True) as server:
        made = Neighbours(server)
        try:
            yield made
        finally:
            made.open.set()
