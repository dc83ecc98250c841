"""Logging: short and coloured on a terminal, JSON lines elsewhere, secrets nowhere.

The only door to structlog. Everything else logs with `logging.getLogger(__name__)`; its records
come through the one handler made here, and what that writes is masked last of all, so that a
secret in a message, an argument or a traceback is caught alike (FAULTS F1).
"""

import json as jsonlib
import logging
import re
import sys
from collections.abc import Iterable
from itertools import chain
from types import TracebackType
from typing import TextIO
from urllib.parse import quote, quote_plus

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

MASK = "***"

_TALKATIVE = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncio",
    "charset_normalizer",
    "htmldate",
    "requests",
    "spacy",
    "sqlalchemy",
    "trafilatura",
    "urllib3",
)
"""Libraries that log much of no use at DEBUG: WARNING and above only (Apprise: nothing at all)."""

_IMPATIENT = "apscheduler.scheduler"
"""On a busy machine it warns each second that the last tick still runs; the watchdog knows more."""

_SHAPES = (
    (re.compile(r"(://[^/\s:@'\"]*:)[^/\s@'\"]+(?=@)"), rf"\1{MASK}"),
    (
        re.compile(
            r"(?i)([?&;](?:access_|api_?|auth_?)?(?:token|key|secret|pass(?:word)?|pwd|sig(?:nature)?)=)"
            r"[^&\s'\"]+"
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"\b(bot)?\d{6,}:[\w-]{30,}"), rf"\1{MASK}"),  # Telegram's bot tokens
    (re.compile(r"(/api/webhooks/)\d+/[\w-]+"), rf"\1{MASK}"),  # Discord's
)
"""What looks like a credential is masked although nobody configured it."""


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """Give the text with every secret, however it is escaped, and every credential as `***`."""
    return Masker(secrets)(text)


_PLAIN = "\x1b[0m"
_COLOURS = {
    "polled": "\x1b[2m",
    "flagged": "\x1b[1;32m",
    "story": "\x1b[36m",
    "sent": "\x1b[1;35m",
}


class Masker:
    """Masks texts; made once for a set of secrets."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = set(chain.from_iterable(map(_spell, filter(None, secrets))))
        longest_first = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> str:
        """Give the text without secrets."""
        text = self._known.sub(MASK, text)
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return text


def configure_logging(
    level: str,
    *,
    stream: TextIO | None = None,
    json: bool | None = None,
    secrets: Iterable[str] = (),
) -> None:
    """Send all logging to `stream` (standard error), from `level` ("DEBUG" … "ERROR") on.

    `json` None means: JSON unless the stream is a terminal. Calling it again replaces what was;
    that is how a re-read configuration brings its new secrets.
    """
    stream = stream or sys.stderr
    as_json = not stream.isatty() if json is None else json
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(as_json, stream.isatty(), Masker(secrets)))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    logging.getLogger(_IMPATIENT).setLevel(logging.ERROR)
    sys.excepthook = _log_uncaught


def _formatter(as_json: bool, colors: bool, masker: Masker) -> logging.Formatter:
    def write(_: WrappedLogger, __: str, event: EventDict) -> str:
        return masker(str(render(_, __, event)))

    render: Processor
    if as_json:
        time = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")
        tail: list[Processor] = [structlog.processors.format_exc_info]
        render = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        time = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
        tail = [_drop_the_obvious, *([_paint] if colors else [])]
        render = structlog.dev.ConsoleRenderer(
            colors=colors,
            pad_event_to=0,
            pad_level=False,
            exception_formatter=structlog.dev.plain_traceback,
        )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            time,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail, write],
    )


def _drop_the_obvious(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A person reads what happens; level and place only matter when something is wrong."""
    if event.get("level") == "info":
        return {name: value for name, value in event.items() if name not in ("level", "logger")}
    return event


def _paint(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Colour a line by its first word, so that a person finds the few that matter."""
    text = str(event["event"])
    colour = _COLOURS.get(text.partition(" ")[0])
    return event if colour is None else {**event, "event": f"{colour}{text}{_PLAIN}"}


def _spell(secret: str) -> Iterable[str]:
    """How it may turn up: as it is, percent-encoded, in a repr, and each of these inside JSON."""
    encoded = (quote(secret, safe=""), quote(secret), quote_plus(secret))
    for text in (secret, repr(secret)[1:-1], *encoded):
        yield text
        yield jsonlib.dumps(text)[1:-1]
        yield jsonlib.dumps(text, ensure_ascii=False)[1:-1]


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Bring what nobody caught through the mask; an interrupt is no error."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("monitor").critical("uncaught error", exc_info=(kind, error, trace))
