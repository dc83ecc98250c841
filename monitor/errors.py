"""The one tree of errors.

MonitorError
├── ConfigError             the operator must change something (exit 78)      permanent
├── AlreadyRunning          another instance holds the lock                   permanent
├── StoreError
│   ├── StoreBusy           locked by another process                         temporary
│   ├── StoreFull           no space left                                     temporary
│   ├── StoreUnusable       read-only, missing folder, wrong owner (exit 78)  permanent
│   ├── StoreCorrupt        not a sound database                              permanent
│   └── SchemaTooNew        written by a newer program                        permanent
├── FetchError
│   ├── Unreachable         DNS, connection, timeout, truncated answer        temporary
│   ├── Refused             status 4xx/5xx (429 and 5xx are temporary)        either
│   ├── ForbiddenAddress    the address guard said no                         permanent
│   └── TooLarge            header, body or inflated body over the cap        permanent
├── ParseError
│   ├── NotAFeed            HTML, JSON error, empty body                      permanent
│   └── TooCostly           over the time or memory limit of its worker       permanent
├── ExtractError            no article text in that page                      permanent
├── WorkerError
│   ├── WorkerTimeout       past its deadline, killed                         temporary
│   └── WorkerDied          killed by the system or crashed                   temporary
├── VoteError
│   ├── Forged              a link that nobody signed here                    permanent
│   └── Expired             a link that was signed too long ago               permanent
└── NotFound                no such feed, article, story, topic …             permanent

Adapters and the store translate what their libraries raise into these, at the call; nothing
above them catches a library's error. `temporary` says whether trying again later can help.
Messages are one line, for a person, and name the remedy where there is one.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.model import Hop

SERVER_ERRORS = 500
"""The first HTTP status that is the server's own fault."""


class MonitorError(Exception):
    """Root of the tree. `temporary` tells whether the same call may succeed later."""

    temporary = False


class ConfigError(MonitorError):
    """The configuration is wrong; the text is `file:line: what; remedy`."""


class AlreadyRunning(MonitorError):
    """Another `monitor run` uses this database."""


class StoreError(MonitorError):
    """The database did not do what was asked."""


class StoreBusy(StoreError):
    """Another process holds the write lock longer than we wait."""

    temporary = True


class StoreFull(StoreError):
    """No space left on the device."""

    temporary = True


class StoreUnusable(StoreError):
    """The file cannot be opened for writing."""


class StoreCorrupt(StoreError):
    """The file is damaged or no SQLite database."""


class SchemaTooNew(StoreError):
    """A newer program has migrated this database."""


class FetchError(MonitorError):
    """A document could not be fetched. `retry_after` is the server's wish, if it said one.

    `hops` are the redirects on the way; where the last of them led is what failed.
    """

    retry_after: timedelta | None = None
    hops: "tuple[Hop, ...]" = ()

    def __str__(self) -> str:
        text = super().__str__()
        if not self.hops:
            return text
        # This is stored; a server may repeat in the query what it was asked with.
        there = self.hops[-1].url.partition("?")[0][:200]
        return f"{text} (redirect {len(self.hops)}, to {there})"


class Unreachable(FetchError):
    """No answer, or not a whole one, before the deadline."""

    temporary = True


class Refused(FetchError):
    """The server answered with an error status."""

    def __init__(self, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.retry_after = retry_after
        self.temporary = status in {408, 425, 429} or status >= SERVER_ERRORS


class ForbiddenAddress(FetchError):
    """The address is private, or the scheme is not http(s)."""


class TooLarge(FetchError):
    """The answer exceeds a size limit or uses an encoding we do not inflate."""


class ParseError(MonitorError):
    """A document could not be read as a feed."""


class NotAFeed(ParseError):
    """It is something else: a web page, an error document, nothing."""


class TooCostly(ParseError):
    """Reading it takes more time or memory than one document may."""


class ExtractError(MonitorError):
    """No article text was found in a page."""


class WorkerError(MonitorError):
    """A worker process did not answer."""

    temporary = True


class WorkerTimeout(WorkerError):
    """It passed its deadline and was killed."""


class WorkerDied(WorkerError):
    """It ended without an answer."""


class VoteError(MonitorError):
    """A link in a message says nothing."""


class Forged(VoteError):
    """Nobody signed it here."""


class Expired(VoteError):
    """It was signed too long ago."""


class NotFound(MonitorError):
    """There is no such thing; the text names what there is."""
