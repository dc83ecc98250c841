"""Which topics are looked for: those that ship, those in the database, as config.toml asks."""

from dataclasses import replace
from datetime import datetime

from monitor.config import Settings, check_topics
from monitor.core.classifier import Topic
from monitor.core.concepts import Concepts, add_keywords
from monitor.core.topic import assemble
from monitor.errors import ConfigError, StoreCorrupt
from monitor.ports import Transaction
from monitor.store import read_topic_names
from monitor.topics import NAMES, load_concepts, load_topics


def choose_topics(tx: Transaction, settings: Settings) -> tuple[Topic, ...]:
    """The topics, with the thresholds that the file, else a person sets. Raise `StoreCorrupt`."""
    own, in_force, thresholds = tx.topics.list(), tx.topics.in_force(), tx.topics.thresholds()
    try:
        chosen = assemble(load_topics(), own, in_force, _thresholds(settings))
    except ValueError as error:
        raise StoreCorrupt(
            f"a stored topic cannot be read: {error}; remove or restore it"
        ) from error
    fixed = find_fixed(settings)
    free = {name: value for name, value in thresholds.items() if name not in fixed}
    return tuple(replace(t, threshold=free.get(t.name, t.threshold)) for t in chosen)


def move_threshold(
    tx: Transaction, settings: Settings, name: str, value: float | None, now: datetime
) -> None:
    """Flag from this score on (None: as the topic itself says). Raise `ConfigError`."""
    if name in find_fixed(settings):
        text = f"the threshold of {name} is set in {settings.source.path}; change it there"
        raise ConfigError(text)
    tx.topics.set_threshold(name, value, now)


def find_fixed(settings: Settings) -> frozenset[str]:
    """The topics whose threshold config.toml sets: nothing else can move it."""
    return frozenset(name for name, value in _thresholds(settings).items() if value is not None)


def choose_concepts(topics: tuple[Topic, ...]) -> Concepts:
    """What the analyser looks for: the concept table and the topics' keywords."""
    return add_keywords(load_concepts(), {topic.name: topic.keywords for topic in topics})


def name_topics(tx: Transaction, settings: Settings, language: str) -> dict[str, str]:
    """The chosen topics, and what a reader of this language calls them."""
    return {t.name: t.label(language) for t in choose_topics(tx, settings)}


def choose_names(settings: Settings) -> tuple[str, ...]:
    """The names of the chosen topics, where the database may not be there yet."""
    named = _thresholds(settings)
    shipped = [name for name in NAMES if not named or name in named]
    return (*shipped, *read_topic_names(settings.storage.path))


def check_names(settings: Settings) -> None:
    """Raise `ConfigError` where the file names a topic that neither ships nor was added."""
    check_topics(settings, (*NAMES, *read_topic_names(settings.storage.path)))


def _thresholds(settings: Settings) -> dict[str, float | None]:
    return {table.name: table.threshold for table in settings.topics}
