"""The shape of config.toml: one class per table, one rule per key.

With `problems` the only door to pydantic. A field's first example is the remedy that an error
shows, so it is valid TOML. What a rule needs to know of the rest of the file comes as `Known`,
the validation context.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

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

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule may ask about the whole file; the names seen so far grow while it is read."""

    channels: frozenset[str]
    seen: set[tuple[str, str]] = field(default_factory=set)


def suggest(word: str, known: Mapping[str, Any] | frozenset[str] | set[str]) -> str:
    """Say which known word was probably meant, else which there are."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else f"known: {', '.join(sorted(known))}"


def read_duration(value: object) -> object:
    """Turn "1s", "15m", "1h" or "1d" into a timedelta."""
    match = re.fullmatch(r"(\d{1,6})([smhd])", value) if isinstance(value, str) else None
    if match is None and not isinstance(value, timedelta):
        raise ValueError(f"{value!r} is no duration")
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else value


def check_period(value: timedelta) -> timedelta:
    """A feed asked every 0 s would be asked without end."""
    if value <= timedelta(0):
        raise ValueError("an interval must be longer than 0 s")
    return value


def check_zone(name: str) -> str:
    """An IANA time zone this machine knows."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        close = get_close_matches(name, available_timezones(), n=1)
        hint = f'; did you mean "{close[0]}"?' if close else ""
        raise ValueError(f'unknown time zone "{name}"{hint}') from error
    return name


def check_time(text: str) -> str:
    """A time of day, "00:00" to "23:59"."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f'"{text}" is no time of day')
    return text


def check_address(text: str) -> str:
    """HOST:PORT."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
        raise ValueError(f'"{text}" is no host:port')
    return text


def check_feed_url(url: str) -> str:
    """A feed's address is stored and shown, so it is plain http(s) and holds no password."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"[\s<>\"{}]", url):
        raise ValueError(f"{url!r} is no http(s) address")
    if "@" in parts.netloc:
        raise ValueError("a feed's address cannot hold a password: it is stored and shown")
    return url


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
Address = Annotated[str, AfterValidator(check_address)]
Channel = Annotated[str, AfterValidator(check_channel)]
Channels = Annotated[tuple[Channel, ...], Strict(False)]  # TOML has lists, a frozen tree tuples


class Table(BaseModel):
    """A table of the file: frozen, strict, and it knows its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Polling(Table):
    """How often feeds are asked, and which private addresses they may have."""

    interval: Period = Field(default=timedelta(minutes=15), examples=['interval = "15m"'])
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
    """Where messages go. `url_file` has become `url` before validation."""

    url: Annotated[SecretStr, AfterValidator(check_channel_url)] = Field(
        examples=['url = "console://", or url_file = "a-file"']
    )


class RouteTable(Table):
    """Which stories go to which channels; no channel means: only into the digest."""

    topic: str | None = Field(default=None, examples=['topic = "microsoft-openai"'])
    min_score: Score = Field(default=0.0, examples=["min_score = 0.8"])
    channels: Channels = Field(examples=['channels = ["console"]'])

    @property
    def is_default(self) -> bool:
        """A route without a condition."""
        return self.topic is None and self.min_score == 0


def check_default(routes: tuple[RouteTable, ...]) -> tuple[RouteTable, ...]:
    """A story that fits no route would be lost without a word."""
    if not any(route.is_default for route in routes):
        raise ValueError("no default route; add a [[routes]] with nothing but channels")
    return routes


Routes = Annotated[tuple[RouteTable, ...], Strict(False), AfterValidator(check_default)]


class Alerts(Table):
    """How stories become alerts. With `baseline`, a new feed's old articles alert nobody."""

    baseline: bool = Field(default=True, examples=["baseline = true"])
    group_wait: Duration = Field(default=timedelta(0), examples=['group_wait = "0s"'])


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
    """Where the database lies."""

    path: Annotated[Path, Strict(False)] = Field(
        default=Path("monitor.sqlite"), examples=['path = "monitor.sqlite"']
    )


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
