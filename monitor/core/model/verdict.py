"""What an article means to a topic, and the sentences that say so."""

from dataclasses import dataclass


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
