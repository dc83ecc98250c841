"""Reads topics, writes them down, and puts those together that are looked for.

These are the shipped ones, the added ones, and what was learned for each.
"""

import json
import math
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, TypeVar

from monitor.core.classifier import Example, Topic, Weights
from monitor.core.model import OwnTopic, TopicVersion

T = TypeVar("T")

DIGITS = 4
LEAST = 0.002
"""Weights nearer to zero than this are dropped."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = 60


def assemble(
    shipped: Iterable[Topic],
    own: Iterable[OwnTopic],
    in_force: Mapping[str, TopicVersion],
    thresholds: Mapping[str, float | None],
) -> tuple[Topic, ...]:
    """Give the topics that are looked for, ready to judge.

    Of the shipped those that `thresholds` names, all where it is empty; all that were added. What
    was learned from another shipped version than this one is left out.
    """
    wanted = [topic for topic in shipped if not thresholds or topic.name in thresholds]
    chosen = [_learn(topic, in_force.get(topic.name)) for topic in wanted]
    chosen += [read_own(topic, in_force[topic.name]) for topic in own if topic.name in in_force]
    return tuple(_set_threshold(topic, thresholds.get(topic.name)) for topic in chosen)


def read_own(topic: OwnTopic, version: TopicVersion) -> Topic:
    """Make a topic of what was stored. Raise `ValueError`."""
    return read_topic({**topic.content, "version": version.version, "models": version.models})


def is_outdated(version: TopicVersion, shipped: Topic) -> bool:
    """Whether it was learned from other weights than ship now."""
    return version.base != shipped.version


def check_name(name: str) -> str:
    """Give the name back. Raise `ValueError` where no file, route or address could carry it."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise ValueError(
            f"{name!r} is no name; use up to {_LONGEST} small letters, digits and dashes"
        )
    return name


def dump_content(topic: Topic) -> dict[str, Any]:
    """Write what a topic is, without version and weights."""
    return {
        "name": topic.name,
        "label": dict(topic.labels),
        "description": dict(topic.description),
        "threshold": topic.threshold,
        "about": list(topic.about),
        "keywords": list(topic.keywords),
        "prior": dict(topic.prior),
        "exemplars": _dump_examples(topic.exemplars),
        "examples": _dump_examples(topic.examples),
    }


def dump_models(models: Mapping[str, Weights]) -> dict[str, Any]:
    """Write weights: rounded, sorted, without those that do nothing."""
    return {name: _dump_weights(weights) for name, weights in sorted(models.items())}


def models_of(topic: Topic) -> dict[str, Weights]:
    """The sets of weights it has."""
    models = {"plain": topic.plain, "semantic": topic.semantic}
    return {name: weights for name, weights in models.items() if weights is not None}


def with_models(topic: Topic, models: Mapping[str, Weights]) -> Topic:
    """The topic with these weights."""
    return replace(topic, plain=models.get("plain"), semantic=models.get("semantic"))


def name_version(models: Mapping[str, Any], number: int) -> str:
    """Name weights by their content, so that a verdict tells which ones made it."""
    plain = json.dumps(models, sort_keys=True)
    return f"{number}-{blake2b(plain.encode(), digest_size=4).hexdigest()}"


def _learn(topic: Topic, version: TopicVersion | None) -> Topic:
    if version is None or is_outdated(version, topic):
        return topic
    learned = read_topic({**dump_content(topic), "models": version.models})
    return replace(topic, version=version.version, plain=learned.plain, semantic=learned.semantic)


def _set_threshold(topic: Topic, threshold: float | None) -> Topic:
    return topic if threshold is None else replace(topic, threshold=threshold)


def _dump_examples(examples: Sequence[Example]) -> list[dict[str, Any]]:
    return [{"text": e.text, "language": e.language, "wanted": e.wanted} for e in examples]


def _dump_weights(weights: Weights) -> dict[str, Any]:
    rounded = {name: round(value, DIGITS) for name, value in sorted(weights.features.items())}
    return {
        "bias": round(weights.bias, DIGITS),
        "features": {name: value for name, value in rounded.items() if abs(value) >= LEAST},
        "vector": [round(float(value), DIGITS) for value in weights.vector],
    }


# --- reading ------------------------------------------------------------------------------------


def read_topic(content: Mapping[str, Any]) -> Topic:
    """Check and read a topic's content, as shipped or exported.

    Raise `ValueError` naming the key and what is wrong with it.
    """
    name = _read(content, "name", str)
    threshold = _read_number(content, "threshold")
    if not 0 < threshold < 1:
        raise ValueError("threshold: expected a number between 0 and 1")
    models = _read(content, "models", dict, {})
    return Topic(
        name=name,
        labels=_read_texts(content, "label"),
        description=_read_texts(content, "description"),
        threshold=threshold,
        version=_read(content, "version", str, "untrained"),
        exemplars=tuple(_read_examples(content, "exemplars")),
        examples=tuple(_read_examples(content, "examples")),
        about=tuple(_read_words(content, "about")),
        prior=_read_numbers(content, "prior"),
        keywords=tuple(_read_words(content, "keywords")),
        plain=_read_weights(models, "plain"),
        semantic=_read_weights(models, "semantic"),
    )


def _read(content: Mapping[str, Any], key: str, kind: type[T], default: T | None = None) -> T:
    value = content.get(key, default)
    if not isinstance(value, kind):
        raise ValueError(f"{key}: expected {kind.__name__}, found {type(value).__name__}")  # noqa: TRY004  # content, not a programming mistake
    return value


def _read_number(content: Mapping[str, Any], key: str) -> float:
    value = content.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{key}: expected a number, found {value!r}")
    return float(value)


def _read_numbers(content: Mapping[str, Any], key: str) -> dict[str, float]:
    numbers = _read(content, key, dict, {})
    return {name: _read_number(numbers, name) for name in numbers}


def _read_texts(content: Mapping[str, Any], key: str) -> dict[str, str]:
    texts = _read(content, key, dict)
    return {language: _read(texts, language, str) for language in texts}


def _read_examples(content: Mapping[str, Any], key: str) -> Iterator[Example]:
    for entry in _read(content, key, list, []):
        if not isinstance(entry, dict):
            raise ValueError(f"{key}: expected tables with text, language and wanted")  # noqa: TRY004  # content, not a programming mistake
        wanted = _read(entry, "wanted", bool, True)
        yield Example(_read(entry, "text", str), _read(entry, "language", str), wanted)


def _read_words(content: Mapping[str, Any], key: str) -> Iterator[str]:
    for word in _read(content, key, list, []):
        yield _read({key: word}, key, str)


def _read_weights(models: Mapping[str, Any], key: str) -> Weights | None:
    if key not in models:
        return None
    model = _read(models, key, dict)
    vector = _read(model, "vector", list, [])
    return Weights(
        bias=_read_number(model, "bias"),
        features=_read_numbers(model, "features"),
        vector=array("f", (_read_number({"vector": value}, "vector") for value in vector)),
    )
