"""A message as its receivers see it: a document of its own, in a frame that may do nothing."""

import asyncio

from starlette.responses import HTMLResponse, Response

from monitor.app import MessageFormatter
from monitor.core.model import Markup, Message

# Styles are inline, as mail programs want them. It is text of feeds, so it gets nothing else: no
# script, no picture, no form, no name of ours (`sandbox` takes the origin); links open elsewhere.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


async def show_message(message: Message) -> Response:
    """Answer with the message as HTML, its links opening in another window."""
    document = await asyncio.to_thread(MessageFormatter().format, message, Markup.HTML)
    framed = document.replace("<head>", '<head><base target="_blank">', 1)
    return HTMLResponse(framed, headers={"Content-Security-Policy": POLICY})
