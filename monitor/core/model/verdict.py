"""What an article means to a topic, and the sentences that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that carried the score: characters [start, end) of the content.

    `weight` is how far the score falls when the sentence is taken away; `concepts` are those of its
    concepts that speak for the topic, the strongest first.
    """

    text: str
    start: int
    end: int
    weight: float
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A topic's judgement of one revision. `score` is a probability; None means unscored."""

    topic: str
    score: float | None
    flagged: bool
    threshold: float
    evidence: tuple[Evidence, ...] = ()
    model_version: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What a model of this version gave a revision; `value` None means unscored."""

    value: float | None
    version: str


@dataclass(frozen=True, slots=True)
class Scored:
    """A judged revision by its scores alone, one for each topic that judged it.

    `has_signals`: what NLP found in it is stored, as it is of what was flagged.
    """

    article_id: int
    revision_id: int
    seen_at: datetime
    scores: Mapping[str, Score]
    has_signals: bool
