"""Which topics are looked for: those that ship, those in the database, as config.toml asks."""

from monitor.config import Settings, check_topics
from monitor.core.classifier import Topic
from monitor.core.concepts import Concepts, add_keywords
from monitor.core.topic import assemble
from monitor.errors import StoreCorrupt
from monitor.ports import Transaction
from monitor.store import read_topic_names
from monitor.topics import NAMES, load_concepts, load_topics


def choose_topics(tx: Transaction, settings: Settings) -> tuple[Topic, ...]:
    """The topics, with the thresholds that the file sets. Raise `StoreCorrupt`."""
    own, in_force = tx.topics.list(), tx.topics.in_force()
    try:
        return assemble(load_topics(), own, in_force, _thresholds(settings))
    except ValueError as error:
        raise StoreCorrupt(
            f"a stored topic cannot be read: {error}; remove or restore it"
        ) from error


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
