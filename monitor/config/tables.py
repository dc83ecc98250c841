"""The shape of config.toml: one class per table, one rule per key.

With `problems` the only door to pydantic. A field's first example is the remedy that an error
shows, so it is valid TOML. What a rule needs to know of the rest of the file comes as `Known`,
the validation context.
"""

import re
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    Strict,
    ValidationInfo,
)

from monitor.config.values import (
    check_address,
    check_contact,
    check_feed_url,
    check_gap,
    check_keep,
    check_period,
    check_time,
    check_zone,
    read_duration,
    read_spans,
    suggest,
)
from monitor.core.delivery import MANY, ChannelRules
from monitor.core.model import Route
from monitor.core.quiet import QuietHours


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule may ask about the whole file; the names seen so far grow while it is read."""

    channels: frozenset[str]
    seen: set[tuple[str, str]] = field(default_factory=set)


def check_channel_url(url: SecretStr) -> SecretStr:
    """Looks like an Apprise address; `monitor check` asks Apprise itself. Never shows the value."""
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", url.get_secret_value()):
        raise ValueError("the url is no channel address")
    return url


def check_channel(name: str, info: ValidationInfo) -> str:
    """A channel that the file names."""
    known = info.context.channels if isinstance(info.context, Known) else {name}
    if name not in known:
        raise ValueError(f'no channel "{name}"; {suggest(name, known)}')
    return name


def check_some(values: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
    """A list of at least one; asked last, so that a wrong value is not also called missing."""
    if not values:
        raise ValueError(f"{info.field_name} must not be empty")
    return values


def check_once(value: str, info: ValidationInfo) -> str:
    """What is listed may be listed once."""
    if isinstance(info.context, Known):
        item = (str(info.config["title"]) if info.config else "", value)
        if item in info.context.seen:
            raise ValueError(f'"{value}" is listed twice; remove one')
        info.context.seen.add(item)
    return value


Score = Annotated[float, Field(ge=0, le=1)]
Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Period = Annotated[Duration, AfterValidator(check_period)]
Zone = Annotated[str, AfterValidator(check_zone)]
Once = Annotated[str, AfterValidator(check_once)]
Spans = Annotated[tuple[tuple[time, time], ...], BeforeValidator(read_spans)]
Address = Annotated[str, AfterValidator(check_address)]
Channel = Annotated[str, AfterValidator(check_channel)]
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Name, ...], Strict(False)]
Channels = Annotated[tuple[Channel, ...], Strict(False)]  # TOML has lists, a frozen tree tuples


class Table(BaseModel):
    """A table of the file: frozen, strict, and it knows its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def check_longest(longest: timedelta | None, info: ValidationInfo) -> timedelta | None:
    """The longest wait is no shorter than the shortest."""
    if longest is not None and longest < info.data.get("interval", longest):
        raise ValueError("max_interval is shorter than interval")
    return longest


class Polling(Table):
    """How often feeds are asked, by whom, and which private addresses they may have."""

    interval: Period = Field(default=timedelta(minutes=15), examples=['interval = "15m"'])
    max_interval: Annotated[Period | None, AfterValidator(check_longest)] = Field(
        default=None, examples=['max_interval = "1h"']
    )
    gap: Annotated[Duration, AfterValidator(check_gap)] = Field(
        default=timedelta(seconds=1), examples=['gap = "1s"']
    )
    contact: Annotated[str, AfterValidator(check_contact)] | None = Field(
        default=None, examples=['contact = "me@example.org"']
    )
    allow: Annotated[tuple[Address, ...], Strict(False)] = Field(
        default=(), examples=['allow = ["127.0.0.1:8000"]']
    )


class FeedTable(Table):
    """One feed."""

    model_config = ConfigDict(title="feeds")
    url: Annotated[Once, AfterValidator(check_feed_url)] = Field(
        examples=['url = "https://example.org/rss.xml"']
    )
    name: str | None = Field(default=None, min_length=1, examples=['name = "Example"'])
    interval: Period | None = Field(default=None, examples=['interval = "15m"'])
    tags: Annotated[tuple[str, ...], Strict(False)] = Field(
        default=(), examples=['tags = ["tech"]']
    )


class TopicTable(Table):
    """A topic to look for, and from which probability on."""

    model_config = ConfigDict(title="topics")
    name: Once = Field(examples=['name = "microsoft-openai"'])
    threshold: Score | None = Field(default=None, examples=["threshold = 0.6"])


class ChannelTable(Table):
    """Where messages go, and when not. `url_file` has become `url` before validation."""

    url: Annotated[SecretStr, AfterValidator(check_channel_url)] = Field(
        examples=['url = "console://", or url_file = "a-file"']
    )
    quiet: Spans = Field(default=(), examples=['quiet = "22:00-07:00"'])
    timezone: Zone | None = Field(default=None, examples=['timezone = "Europe/Berlin"'])
    break_through: Score | None = Field(default=None, examples=["break_through = 0.95"])
    max_per_hour: int = Field(default=MANY, ge=1, examples=[f"max_per_hour = {MANY}"])
    gap: Annotated[Duration, AfterValidator(check_gap)] = Field(
        default=timedelta(seconds=1), examples=['gap = "1s"']
    )
    repeat: Literal["mark", "never"] = Field(default="mark", examples=['repeat = "mark"'])

    def to_rules(self, timezone: str) -> ChannelRules:
        """What the pipeline asks of the channel; `timezone` is that of the whole file."""
        return ChannelRules(
            quiet=QuietHours(self.quiet, self.timezone or timezone) if self.quiet else None,
            break_through=self.break_through,
            max_per_hour=self.max_per_hour,
            gap=self.gap,
            repeats=self.repeat == "mark",
        )


class RouteTable(Table):
    """Which stories go to which channels; no channel means: only into the digest."""

    topic: str | None = Field(default=None, examples=['topic = "microsoft-openai"'])
    min_score: Score = Field(default=0.0, examples=["min_score = 0.8"])
    languages: Names = Field(default=(), examples=['languages = ["de", "fr"]'])
    feeds: Names = Field(default=(), examples=['feeds = ["example.org"]'])
    tags: Names = Field(default=(), examples=['tags = ["business"]'])
    min_sources: int = Field(default=1, ge=1, examples=["min_sources = 3"])
    channels: Channels = Field(examples=['channels = ["console"]'])

    def to_route(self) -> Route:
        """The route as the pipeline knows it."""
        return Route(**self.model_dump())


def check_default(routes: tuple[RouteTable, ...]) -> tuple[RouteTable, ...]:
    """A story that fits no route would be lost without a word."""
    if not any(table.to_route().is_default for table in routes):
        raise ValueError("no default route; add a [[routes]] with nothing but channels")
    return routes


Routes = Annotated[tuple[RouteTable, ...], Strict(False), AfterValidator(check_default)]


class Alerts(Table):
    """How stories become alerts. With `baseline`, a new feed's old articles alert nobody.

    So many independent sources on one story (`update_sources`) are worth an update.
    """

    baseline: bool = Field(default=True, examples=["baseline = true"])
    group_wait: Duration = Field(default=timedelta(0), examples=['group_wait = "0s"'])
    cool_down: Duration = Field(default=timedelta(0), examples=['cool_down = "0s"'])
    update_sources: int = Field(default=5, ge=2, examples=["update_sources = 5"])


Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
"""From Monday on, as `date.weekday` counts."""


class DigestTable(Table):
    """A summary of the days since the last one, on some days of the week."""

    model_config = ConfigDict(title="digests")
    name: Once = Field(default="daily", min_length=1, examples=['name = "daily"'])
    time: Annotated[str, AfterValidator(check_time)] = Field(
        default="07:00", examples=['time = "07:00"']
    )
    timezone: Zone | None = Field(default=None, examples=['timezone = "Europe/Berlin"'])
    days: Annotated[tuple[Day, ...], Strict(False), AfterValidator(check_some)] = Field(
        default=DAYS, examples=['days = ["mon", "thu"]']
    )
    topics: Annotated[tuple[str, ...], Strict(False)] = Field(
        default=(), examples=['topics = ["microsoft-openai"]']
    )
    language: Literal["de", "en"] | None = Field(default=None, examples=['language = "de"'])
    channels: Annotated[Channels, AfterValidator(check_some)] = Field(
        examples=['channels = ["file"]']
    )


class Storage(Table):
    """Where the database lies, how long it keeps texts, how many daily backups stay beside it."""

    path: Annotated[Path, Strict(False)] = Field(
        default=Path("monitor.sqlite"), examples=['path = "monitor.sqlite"']
    )
    keep: Annotated[Duration, AfterValidator(check_keep)] = Field(
        default=timedelta(days=90), examples=['keep = "90d"']
    )
    backups: int = Field(default=3, ge=0, le=100, examples=["backups = 3"])


class Web(Table):
    """The local page. `public_url` is how messages link to it."""

    listen: Address = Field(default="127.0.0.1:8787", examples=['listen = "127.0.0.1:8787"'])
    public_url: Annotated[str, AfterValidator(check_feed_url)] | None = Field(
        default=None, examples=['public_url = "https://monitor.example.org"']
    )


class Classifier(Table):
    """Whether the multilingual sentence encoder is used."""

    encoder: Literal["auto", "on", "off"] = Field(default="auto", examples=['encoder = "auto"'])


class Document(Table):
    """The whole file."""

    timezone: Zone | None = Field(default=None, examples=['timezone = "Europe/Berlin"'])
    language: Literal["de", "en"] = Field(default="en", examples=['language = "en"'])
    polling: Polling = Field(default=Polling(), examples=["[polling]"])
    feeds: Annotated[tuple[FeedTable, ...], Strict(False)] = Field(
        default=(), examples=["[[feeds]]"]
    )
    topics: Annotated[tuple[TopicTable, ...], Strict(False)] = Field(
        default=(), examples=["[[topics]]"]
    )
    channels: dict[str, ChannelTable] = Field(default={}, examples=["[channels.NAME]"])
    routes: Routes | None = Field(default=None, examples=["[[routes]]"])
    alerts: Alerts = Field(default=Alerts(), examples=["[alerts]"])
    digests: Annotated[tuple[DigestTable, ...], Strict(False)] | None = Field(
        default=None, examples=["[[digests]]"]
    )
    storage: Storage = Field(default=Storage(), examples=["[storage]"])
    web: Web = Field(default=Web(), examples=["[web]"])
    classifier: Classifier = Field(default=Classifier(), examples=["[classifier]"])
