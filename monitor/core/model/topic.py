"""Topics a person added, the weights learned for topics, and the labels they learn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class OwnTopic:
    """A topic a person added. `content` is what `core.topic.read_topic` reads, unlearned."""

    name: str
    content: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TopicVersion:
    """Weights made for a topic; the newest that was not undone is in force.

    `models` is what `read_topic` reads. `base` is the shipped version that it was learned from;
    for a topic of one's own it is empty. `figures` say how good it was found to be.
    """

    topic: str
    version: str
    models: Mapping[str, Any]
    figures: Mapping[str, Any]
    trained_at: datetime
    base: str = ""


class LabelSource(StrEnum):
    """Where a person said it: by command, on the local page, by a link in a message."""

    COMMAND = "command"
    PAGE = "page"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Label:
    """A person's word on an article: wanted for this topic or not."""

    article_id: int
    topic: str
    wanted: bool
    source: LabelSource
    created_at: datetime
