"""The shipped topics and the concept table: data a person can read, and the door to it.

Each folder is a topic: `topic.toml` (what it means, with articles and sentences as examples) and
`weights.json` (what was learned). `concepts.toml` and `likeness.json` (what articles on one event
have in common) are shared; `items/` holds self-written news to train and test with, and labels of
real items by their id. MODEL_CARD.md says how it was made.
"""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.core.classifier import Topic
from monitor.core.concepts import Concepts, read_concepts
from monitor.core.likeness import Likeness
from monitor.core.topic import read_topic

NAMES = ("microsoft-openai", "ai-overbuild")
_FOLDER = files(__name__)


@cache
def load_topics() -> tuple[Topic, ...]:
    """The shipped topics, ready to judge."""
    return tuple(load_topic(name) for name in NAMES)


def load_topic(name: str, *, trained: bool = True) -> Topic:
    """One shipped topic; with `trained` False without its weights, as training needs it."""
    folder = _FOLDER / name
    content = tomllib.loads((folder / "topic.toml").read_text("utf-8"))
    if trained:
        content |= json.loads((folder / "weights.json").read_text("utf-8"))
    return read_topic(content)


def read_lines(name: str) -> list[str]:
    """The lines of `items/NAME.jsonl`: news items and labels made for this project."""
    return (_FOLDER / "items" / f"{name}.jsonl").read_text("utf-8").splitlines()


@cache
def load_evaluation() -> Mapping[str, Any]:
    """How good each shipped topic was found to be, by its name: "figures", "calibration".

    A figure has measure, value and, where there is one, goal; the calibration has triples of a mean
    score, the share of wanted items among those that scored so, and how many these were.
    """
    content: Mapping[str, Any] = json.loads((_FOLDER / "evaluation.json").read_text("utf-8"))
    topics: Mapping[str, Any] = content["topics"]
    return topics


@cache
def load_concepts() -> Concepts:
    """The concept table."""
    return read_concepts(tomllib.loads((_FOLDER / "concepts.toml").read_text("utf-8")))


@cache
def load_likeness() -> Likeness:
    """What articles on one event have in common."""
    content = json.loads((_FOLDER / "likeness.json").read_text("utf-8"))
    rarity = {
        stem: float(weight) for weight, stems in content["rarity"].items() for stem in stems.split()
    }
    return Likeness(rarity, content["rarest"], content["plain"], content["semantic"])
