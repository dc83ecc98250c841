"""What a receiver said. Apprise only says yes or no, so status codes are noted beside it."""

import io
import json
import logging
import re
import smtplib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from monitor.core.model import Outcome, Receipt

log = logging.getLogger(__name__)

ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer that a plugin gets to see."""

LONGEST_WAIT = timedelta(days=1)

TOO_MANY = 429

_LATER = frozenset({408, 425, 429})
_DATA_GOES_ON = 354


@dataclass(frozen=True, slots=True)
class Answered:
    """The receiver answered with a status code."""

    protocol: str
    code: int
    retry_after: timedelta | None = None

    @property
    def ok(self) -> bool:
        return 200 <= self.code < 300  # noqa: PLR2004 - success in HTTP and SMTP alike

    @property
    def hopeless(self) -> bool:
        """Asking again will not help. RFC 9110 and RFC 5321 read 4xx and 5xx in opposite ways."""
        if self.protocol == "SMTP":
            return self.code >= 500  # noqa: PLR2004
        return self.code < 500 and self.code not in _LATER  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Unsent:
    """It failed before anything was sent."""

    why: str


@dataclass(frozen=True, slots=True)
class Lost:
    """It was sent, and no answer came."""

    why: str


Note = Answered | Unsent | Lost

_notes: ContextVar[list[Note] | None] = ContextVar("notes", default=None)


def note(what: Note) -> None:
    """Write it down, if anybody wants notes."""
    notes = _notes.get()
    if notes is not None:
        notes.append(what)


def judge(accepted: bool, notes: Sequence[Note]) -> Receipt:
    """Decide the outcome: the last failure counts.

    Where an earlier request was taken (a login, or one of several recipients) a temporary failure
    is ambiguous, because the next attempt may repeat something.
    """
    taken = [n for n in notes if isinstance(n, Answered) and n.ok]
    if accepted:
        return Receipt(Outcome.DELIVERED, _name(taken[-1]) if taken else "accepted")
    failures = [n for n in notes if not (isinstance(n, Answered) and n.ok)]
    last = failures[-1] if failures else Unsent("not accepted, for no stated reason")
    if isinstance(last, Answered):
        if last.hopeless:
            return Receipt(Outcome.PERMANENT, _name(last))
        outcome = Outcome.AMBIGUOUS if taken else Outcome.TEMPORARY
        return Receipt(outcome, _name(last), last.retry_after)
    unsure = taken or isinstance(last, Lost)
    return Receipt(Outcome.AMBIGUOUS if unsure else Outcome.TEMPORARY, last.why)


@contextmanager
def take_notes() -> Iterator[list[Note]]:
    """Collect what requests and smtplib see, for as long as this lasts.

    Both are changed for the whole process, which in a sender process is the sending of one letter.
    """
    notes: list[Note] = []
    token = _notes.set(notes)
    send, getreply = requests.Session.send, smtplib.SMTP.getreply
    requests.Session.send = _noting_http(send)  # type: ignore[method-assign]
    smtplib.SMTP.getreply = _noting_smtp(getreply)  # type: ignore[method-assign]
    try:
        yield notes
    finally:
        requests.Session.send, smtplib.SMTP.getreply = send, getreply  # type: ignore[method-assign]
        _notes.reset(token)


def _noting_http(send: Callable[..., requests.Response]) -> Callable[..., requests.Response]:
    def send_noting(session: requests.Session, request: Any, **options: Any) -> requests.Response:
        options |= {"allow_redirects": False, "stream": True}
        try:
            response = send(session, request, **options)
        except requests.RequestException as error:
            note(_explain(error))
            raise
        head = _read_head(response)
        wish = read_retry_after(response.headers.get("Retry-After"), response.headers.get("Date"))
        if wish is None and response.status_code == TOO_MANY:
            wish = read_wish(head)
        note(Answered("HTTP", response.status_code, wish))
        response.raw = io.BytesIO(head)
        return response

    return send_noting


def _read_head(response: requests.Response) -> bytes:
    """Take an answer's first bytes and no more; only the status decides."""
    head = b""
    try:
        head = response.raw.read(ANSWER_LIMIT, decode_content=True)
    except HTTPError:
        # It has given its status; a body that breaks off or is no gzip changes nothing.
        log.debug("a receiver's answer broke off after its status")
    finally:
        response.close()
    return head


def read_wish(body: bytes) -> timedelta | None:
    """Read how long to wait from a JSON answer: Telegram's and Discord's way to say it."""
    try:
        answer = json.loads(body)
        seconds = answer.get("parameters", answer)["retry_after"]
        return min(max(timedelta(seconds=seconds), timedelta()), LONGEST_WAIT)
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError):
        return None


def _explain(error: requests.RequestException) -> Note:
    # The text of the error holds the address, so only its type is told.
    cause = getattr(error.args[0], "reason", None) if error.args else None
    early = isinstance(cause, NewConnectionError | ConnectTimeoutError)
    if early or isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return Unsent("no connection")
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return Lost("the connection broke before an answer")
    return Unsent(f"no request could be made ({type(error).__name__})")


def read_retry_after(value: str | None, date: str | None) -> timedelta | None:
    """Read a Retry-After header, seconds or a time (RFC 9110, 10.2.3); None if it is neither.

    A time counts from the answer's own Date header, so that no clocks are compared. At most a day.
    """
    if value is None:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value.strip(), re.ASCII):  # Discord has fractions
        wait = timedelta(seconds=float(value))
    else:
        try:
            wait = parsedate_to_datetime(value) - parsedate_to_datetime(date or "")
        except (ValueError, TypeError):
            return None
    return min(max(wait, timedelta()), LONGEST_WAIT)


def _noting_smtp(getreply: Callable[..., tuple[int, bytes]]) -> Callable[..., tuple[int, bytes]]:
    def getreply_noting(connection: smtplib.SMTP) -> tuple[int, bytes]:
        code, text = getreply(connection)
        notes = _notes.get() or []
        awaited = bool(notes) and isinstance(notes[-1], Lost)
        if awaited:
            notes.pop()
        if code == _DATA_GOES_ON:
            note(Lost("the mail server did not confirm the message"))
        elif awaited or code >= 400:  # noqa: PLR2004 - failures begin here
            note(Answered("SMTP", code))
        return code, text

    return getreply_noting


def _name(answer: Answered) -> str:
    return f"{answer.protocol} {answer.code}"
