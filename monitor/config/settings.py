"""The configuration as the program uses it: frozen, complete, every default filled in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from monitor.config.access import find_access_secrets
from monitor.config.lines import Problem
from monitor.config.problems import Source
from monitor.config.secrets import find_secrets
from monitor.config.tables import (
    DAYS,
    Alerts,
    ChannelTable,
    Classifier,
    DigestTable,
    Document,
    FeedTable,
    Polling,
    Storage,
    TopicTable,
    Web,
)
from monitor.config.values import suggest
from monitor.core.delivery import ChannelRules
from monitor.core.model import DigestPlan, FeedAccess, FeedSpec, Route
from monitor.errors import ConfigError

DEFAULT_CHANNELS = MappingProxyType({"console": "console://", "file": "file://messages.txt"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person asked for. A channel's address is a `SecretStr`; `storage.path` is absolute.

    `folder` is what relative paths count from. `topics` empty means: all that ship. `access` says
    of some feeds, by address, how they are asked. `secrets` are the texts no log may show. Without
    routes or digests in the file every story, and a digest at 07:00, goes to every channel.
    """

    folder: Path
    timezone: str
    language: str
    polling: Polling
    feeds: tuple[FeedSpec, ...]
    topics: tuple[TopicTable, ...]
    channels: Mapping[str, ChannelTable]
    routes: tuple[Route, ...]
    alerts: Alerts
    digests: tuple[DigestPlan, ...]
    storage: Storage
    web: Web
    classifier: Classifier
    source: Source = field(repr=False, compare=False)
    access: Mapping[str, FeedAccess] = field(default_factory=dict, repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def addresses(self) -> dict[str, str]:
        """Each channel's address, a secret, by its name."""
        return {name: table.url.get_secret_value() for name, table in self.channels.items()}

    def rules_of(self, channel: str) -> ChannelRules:
        """What the file asks of a channel. Raise `KeyError` for one that it does not name."""
        return self.channels[channel].to_rules(self.timezone)


def settle(
    document: Document,
    source: Source,
    folder: Path,
    zone: str,
    warnings: tuple[str, ...],
) -> Settings:
    """Fill in what the file leaves open. `zone` is the machine's time zone."""
    timezone = document.timezone or zone
    access = {table.url: table.to_access() for table in document.feeds}
    asked = {url: found for url, found in access.items() if found}
    return Settings(
        folder=folder,
        timezone=timezone,
        language=document.language,
        polling=document.polling,
        feeds=tuple(_feed(table) for table in document.feeds),
        topics=document.topics,
        channels=MappingProxyType(document.channels),
        routes=_routes(document),
        alerts=document.alerts,
        digests=_digests(document, timezone),
        storage=document.storage.model_copy(update={"path": folder / document.storage.path}),
        web=document.web,
        classifier=document.classifier,
        source=source,
        access=MappingProxyType(asked),
        secrets=frozenset(_secrets(document.channels.values(), asked.values())),
        warnings=(*warnings, *_find_unencrypted(asked)),
    )


def check_topics(settings: Settings, names: Iterable[str]) -> None:
    """Raise `ConfigError` where the file names a topic that is not one of `names`."""
    known = frozenset(names)
    named = [(("topics", n, "name"), topic.name) for n, topic in enumerate(settings.topics)]
    named += [
        (("routes", n, "topic"), route.topic or "") for n, route in enumerate(settings.routes)
    ]
    named += [
        (("digests", n, "topics"), topic)
        for n, plan in enumerate(settings.digests)
        for topic in plan.topics
    ]
    problems: list[Problem] = [
        (place, f'unknown topic "{name}"; {suggest(name, known)}')
        for place, name in named
        if name and name not in known
    ]
    if problems:
        raise ConfigError(settings.source.complain(problems))


def refuse_channels(settings: Settings, complaints: Mapping[str, str]) -> None:
    """Raise `ConfigError` where there is a complaint of a channel's address, by its name."""
    problems: list[Problem] = [
        (("channels", name, "url"), text) for name, text in complaints.items()
    ]
    if problems:
        raise ConfigError(settings.source.complain(problems))


def _secrets(channels: Iterable[ChannelTable], accesses: Iterable[FeedAccess]) -> Iterator[str]:
    for channel in channels:
        yield from find_secrets(channel.url.get_secret_value())
    for access in accesses:
        yield from find_access_secrets(access)


def _find_unencrypted(accesses: Mapping[str, FeedAccess]) -> Iterator[str]:
    """Secrets that whoever sits on the way can read."""
    for url, access in accesses.items():
        sent = FeedAccess(access.headers)
        if url.startswith("http:") and any(find_access_secrets(sent)):
            yield f"{url} is sent its login unencrypted; write https:// where its server has it"


def _feed(table: FeedTable) -> FeedSpec:
    name = table.name or urlsplit(table.url).hostname or table.url
    return FeedSpec(
        url=table.url,
        name=name,
        interval=table.interval,
        tags=table.tags,
        full_text=table.full_text,
    )


def _routes(document: Document) -> tuple[Route, ...]:
    if document.routes is None:
        return (Route(channels=tuple(document.channels)),)
    return tuple(table.to_route() for table in document.routes)


def _digests(document: Document, timezone: str) -> tuple[DigestPlan, ...]:
    if document.digests is None:
        everywhere = DigestTable(channels=tuple(document.channels))
        return (_digest(everywhere, timezone, document.language),)
    return tuple(_digest(table, timezone, document.language) for table in document.digests)


def _digest(table: DigestTable, timezone: str, language: str) -> DigestPlan:
    hour, minute = (int(part) for part in table.time.split(":"))
    return DigestPlan(
        name=table.name,
        hour=hour,
        minute=minute,
        timezone=table.timezone or timezone,
        channels=table.channels,
        language=table.language or language,
        days=tuple(n for n, day in enumerate(DAYS) if day in table.days),
        topics=table.topics,
    )
