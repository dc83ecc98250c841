"""A reader's word on an article, said by a link in a message: what the link carries, signed.

Whoever holds the link may say this one word until it expires, and nothing else; so a link needs no
login, and nobody can make one, or change one into another, without the key of this installation.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

LIFETIME = timedelta(days=30)
"""So long a link counts: mail is answered after a holiday, but what turns up in an old mailbox, or
in a chat that somebody joined since, must not teach a topic for ever."""

SIGNATURE = 32
"""Hex digits of a signature, 128 bits: RFC 2104 (section 5) keeps at least half of the hash. Hex,
because some clients take "_" and "-" at the end of an address for the text around it."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one link says: wanted for this topic, or not. `expires_at` has whole seconds."""

    article_id: int
    topic: str
    wanted: bool
    expires_at: datetime


class Flaw(Enum):
    """Why a token says nothing: nobody here made it, or it was made too long ago."""

    FORGED = "forged"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Ballot:
    """What the links of a message are made of: the page they lead to, the key, and their end."""

    public_url: str
    key: bytes = field(repr=False)
    expires_at: datetime

    def link(self, article_id: int, topic: str, *, wanted: bool) -> str:
        """Where the page asks whether the reader means it."""
        vote = Vote(article_id, topic, wanted, self.expires_at)
        return f"{self.public_url.rstrip('/')}/vote/{make_token(vote, self.key)}"


def open_ballot(public_url: str, key: bytes, now: datetime) -> Ballot:
    """Make what the links of a message are made of that is written now."""
    return Ballot(public_url, key, (now + LIFETIME).replace(microsecond=0))


def make_token(vote: Vote, key: bytes) -> str:
    """Write a vote as part of an address: "71.yes.1798300800.ai-overbuild.SIGNATURE".

    A topic's name (`core.topic.check_name`) holds nothing that an address would escape.
    """
    word = "yes" if vote.wanted else "no"
    text = f"{vote.article_id}.{word}.{int(vote.expires_at.timestamp())}.{vote.topic}"
    return f"{text}.{_sign(text, key)}"


def read_token(token: str, key: bytes, now: datetime) -> Vote | Flaw:
    """Give what `make_token` wrote with this key, or say what is wrong with it.

    Signatures are compared in constant time, and before anything else is read.
    """
    text, _, signature = token.rpartition(".")
    # As bytes: a text with other than ASCII in it cannot be compared at all.
    given = signature.encode("utf-8", "replace")
    if not hmac.compare_digest(given, _sign(text, key).encode()):
        return Flaw.FORGED
    article_id, word, seconds, topic = text.split(".")
    expires_at = datetime.fromtimestamp(int(seconds), UTC)
    if now >= expires_at:
        return Flaw.EXPIRED
    return Vote(int(article_id), topic, word == "yes", expires_at)


def _sign(text: str, key: bytes) -> str:
    code = hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256)
    return code.hexdigest()[:SIGNATURE]
