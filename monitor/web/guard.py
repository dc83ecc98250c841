"""Who may ask, how much, and what a browser may load: the first and the last of each request."""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 2 * 1024 * 1024
"""Bytes of a POST: a list of thousands of feeds, or a long article, is smaller."""

HEADERS = {
    # Nothing from elsewhere, nothing inline: text of a feed that slipped through would do nothing.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


def list_hosts(public_url: str | None) -> list[str]:
    """Names in a Host header that mean us.

    A page elsewhere whose name is made to lead to 127.0.0.1 (DNS rebinding) still says its own.
    """
    public = urlsplit(public_url).hostname if public_url else None
    return ["127.0.0.1", "localhost", "[::1]", *([public] if public else [])]


def check_token(given: str, token: str) -> None:
    """Refuse (403) a POST that none of our pages can have made."""
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise HTTPException(403)


class Headers:
    """Adds `HEADERS` to every answer, and keeps pages out of caches unless they say otherwise.

    A page that sets a policy of its own keeps it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the inner application does."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses (413) a body of more than `LARGEST_BODY`, however it is announced."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the inner application does."""
        left = LARGEST_BODY

        async def receive_some() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_some, send)
