"""Serves the demo's news over HTTP on loopback: feeds, article pages, an index.

It behaves as a good server does (validators and 304, gzip, media types), so that polling it shows
what polling the world would; one outlet's feed is down for good.
"""

import gzip
import hashlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from monitor.demo.feeds import CONTENT_TYPES, Site, content_type, feed_path, write_feed
from monitor.demo.news import Article, News, Outlet

HOST = "127.0.0.1"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets, before compression."""

    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class DemoServer:
    """A server for `news`; a context manager that listens from entry to exit.

    What is visible depends on `clock() - started_at`, both aware. `port` 0 takes a free one.
    `site` says where each article's page is.
    """

    def __init__(
        self,
        news: News,
        *,
        clock: Callable[[], datetime],
        started_at: datetime,
        port: int = 0,
    ) -> None:
        self._news = news
        self._clock = clock
        self._feeds = {feed_path(outlet): outlet for outlet in news.outlets}
        self._server = _Listener((HOST, port), self.answer)
        self.site = Site(f"http://{HOST}:{self.port}", started_at)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_port

    @property
    def urls(self) -> dict[str, str]:
        """Outlet names and the addresses of their feeds."""
        return {outlet.name: self.site.feed(outlet) for outlet in self._news.outlets}

    def __enter__(self) -> Self:
        # A short poll interval lets shutdown() return at once.
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, headers: Message) -> Answer:
        """Answer a GET of `path` with these request headers (names in any case)."""
        path = path.partition("?")[0]
        elapsed = self._clock() - self.site.started_at
        if path in self._feeds:
            return self._answer_feed(self._feeds[path], elapsed, headers)
        if path == "/":
            return Answer(HTTPStatus.OK, self._index().encode(), {"Content-Type": HTML})
        return self._answer_article(path, elapsed)

    def _answer_feed(self, outlet: Outlet, elapsed: timedelta, headers: Message) -> Answer:
        if outlet.fails:
            # Without Retry-After, which speaks for a whole host, and here all feeds share one.
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        articles = outlet.visible(elapsed)
        body = write_feed(outlet, articles, self.site)
        changed = max((article.appears for article in articles), default=timedelta())
        changed_at = (self.site.started_at + changed).astimezone(UTC).replace(microsecond=0)
        validators = {
            # Weak, because the bytes differ with and without gzip.
            "ETag": f'W/"{hashlib.sha256(body).hexdigest()[:16]}"',
            "Last-Modified": format_datetime(changed_at, usegmt=True),
            "Vary": "Accept-Encoding",
        }
        if _is_fresh(headers, validators["ETag"], changed_at):
            return Answer(HTTPStatus.NOT_MODIFIED, headers=validators)
        return Answer(HTTPStatus.OK, body, {"Content-Type": content_type(outlet)} | validators)

    def _answer_article(self, path: str, elapsed: timedelta) -> Answer:
        visible = ((each, a) for each in self._news.outlets for a in each.visible(elapsed))
        for outlet, article in visible:
            if path == f"/a/{article.key}":
                page = self._page(outlet, article).encode()
                return Answer(HTTPStatus.OK, page, {"Content-Type": HTML})
        return Answer(HTTPStatus.NOT_FOUND)

    def _index(self) -> str:
        links = "".join(
            f'<link rel="alternate" type="{CONTENT_TYPES[outlet.kind]}" '
            f'title="{escape(outlet.name)}" href="{feed_path(outlet)}">'
            for outlet in self._news.outlets
        )
        rows = "".join(
            f'<li><a href="{feed_path(outlet)}">{escape(outlet.name)}</a></li>'
            for outlet in self._news.outlets
        )
        return _document("en", "Demo news", links, f"<p>All invented.</p><ul>{rows}</ul>")

    def _page(self, outlet: Outlet, article: Article) -> str:
        published = self.site.published_at(article).isoformat(timespec="minutes")
        byline = f"<p>{escape(outlet.name)}, <time>{published}</time></p>"
        body = f"<article>{byline}{article.html}</article>"
        return _document(outlet.language, article.title, "", body)


def _document(language: str, title: str, head: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{head}</head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def _is_fresh(headers: Message, etag: str, changed_at: datetime) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides; If-Modified-Since only in its absence."""
    if (known := headers.get("If-None-Match")) is not None:
        return known.strip() == "*" or etag in (each.strip() for each in known.split(","))
    if (since := headers.get("If-Modified-Since")) is None:
        return False
    try:
        return changed_at <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        # An unreadable or zoneless date is ignored, says RFC 9110, 13.1.3.
        return False


class _Listener(ThreadingHTTPServer):
    """A threading server that hands each request to one function."""

    def __init__(self, address: tuple[str, int], answer: Callable[[str, Message], Answer]) -> None:
        super().__init__(address, _Handler)
        self.answer = answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print the traceback, unless the other side has merely hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Carries answers over HTTP; decides nothing but compression."""

    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds an idle connection is kept
    server: _Listener

    def do_GET(self) -> None:
        answer = self.server.answer(self.path, self.headers)
        body, headers = answer.body, dict(answer.headers)
        if body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: the demo's screen belongs to the monitor."""
