"""A person's word on an article: said by command, on the page, or by a signed link in a message."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Article, Label, LabelSource
from monitor.core.vote import Ballot, Flaw, Vote, open_ballot, read_token
from monitor.errors import Expired, Forged, NotFound
from monitor.ports import Transaction

VOTE_KEY = "vote key"
"""The note with the key that links are signed with, in hex.

It lies in the database, made once (`app.App`), so that links in messages that were sent go on
counting after a restart, and after a restore elsewhere. Whoever can read the database can write it
as well, and has no need of a link. Nothing shows it: notes are in no listing and no log.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A word on an article, and whether it is news: False means that it counted already."""

    article: Article
    label: Label
    changed: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What a link would say; `said` is the word that counts already, if there is one."""

    vote: Vote
    article: Article
    said: Label | None


def say_word(tx: Transaction, label: Label) -> Said:
    """Remember it in the place of any other word on the same article and topic.

    Saying it again changes nothing. Raise `NotFound` without the article.
    """
    article = _find_article(tx, label.article_id)
    before = tx.labels.get(label.article_id, label.topic)
    if before is not None and before.wanted == label.wanted:
        return Said(article, before, changed=False)
    tx.labels.add(label)
    return Said(article, label, changed=True)


def open_question(tx: Transaction, token: str, topics: Collection[str], now: datetime) -> Question:
    """Read what a link says, and say nothing yet.

    `topics` are those that are looked for. Raise `Forged`, `Expired`, or `NotFound` where there is
    no such article or topic any more.
    """
    vote = _read_vote(tx, token, now)
    if vote.topic not in topics:
        raise NotFound(f"the topic {vote.topic} is no longer looked for")
    article = _find_article(tx, vote.article_id)
    return Question(vote, article, tx.labels.get(vote.article_id, vote.topic))


def take_vote(tx: Transaction, vote: Vote, now: datetime) -> Said:
    """Say what the link says. Raise `NotFound`."""
    return say_word(tx, Label(vote.article_id, vote.topic, vote.wanted, LabelSource.LINK, now))


def undo_vote(tx: Transaction, vote: Vote, now: datetime) -> Said | None:
    """Take back what the link says, wherever it was said; None where that does not count."""
    said = tx.labels.get(vote.article_id, vote.topic)
    if said is None or said.wanted != vote.wanted:
        return None
    label = tx.labels.undo(vote.article_id, vote.topic, now)
    return Said(_find_article(tx, vote.article_id), label, changed=True)


def make_ballot(tx: Transaction, public_url: str | None, now: datetime) -> Ballot | None:
    """What the links of a message are made of; None where no page can be reached by them."""
    key = tx.notes.get(VOTE_KEY)
    if public_url is None or key is None:
        return None
    return open_ballot(public_url, bytes.fromhex(key), now)


def _read_vote(tx: Transaction, token: str, now: datetime) -> Vote:
    key = tx.notes.get(VOTE_KEY)
    vote = read_token(token, bytes.fromhex(key), now) if key else Flaw.FORGED
    match vote:
        case Flaw.FORGED:
            raise Forged("this link was not made here, or was damaged on the way")
        case Flaw.EXPIRED:
            raise Expired("this link no longer counts; `monitor label` says the same")
        case _:
            return vote


def _find_article(tx: Transaction, article_id: int) -> Article:
    article = tx.articles.get(article_id)
    if article is None:
        raise NotFound(f"no article {article_id} in the archive")
    return article
