"""The shape of config.toml: one class per table, one rule per key.

With `access`, `kinds` and `problems` the only door to pydantic. A field's first example is the
remedy that an error shows, so it is valid TOML.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, Strict, model_validator

from monitor.config.access import (
    check_certificates,
    check_cookies,
    check_headers,
    check_login,
    check_proxy,
    make_access,
)
from monitor.config.kinds import (
    Address,
    Channels,
    Duration,
    Name,
    Names,
    Once,
    Period,
    Score,
    Spans,
    Table,
    Zone,
    check_channel_url,
    check_longest,
    check_once,
    check_some,
)
from monitor.config.values import (
    check_contact,
    check_feed_url,
    check_gap,
    check_keep,
    check_listen,
    check_public_url,
    check_time,
)
from monitor.core.delivery import MANY, ChannelRules
from monitor.core.model import FeedAccess, Route
from monitor.core.quiet import QuietHours


class Polling(Table):
    """How often feeds are asked, by whom, where in private, and whether pages are read."""

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
    full_text: Literal["auto", "off"] = Field(default="auto", examples=['full_text = "auto"'])


class FeedTable(Table):
    """One feed. `password_file` and `proxy_file` have been read before validation."""

    model_config = ConfigDict(title="feeds")
    # Checked before it is told of: what is listed twice is shown.
    url: Annotated[str, AfterValidator(check_feed_url), AfterValidator(check_once)] = Field(
        examples=['url = "https://example.org/rss.xml"']
    )
    name: str | None = Field(default=None, min_length=1, examples=['name = "Example"'])
    interval: Period | None = Field(default=None, examples=['interval = "15m"'])
    tags: Annotated[tuple[str, ...], Strict(False)] = Field(
        default=(), examples=['tags = ["tech"]']
    )
    full_text: bool | None = Field(default=None, examples=["full_text = false"])
    headers: Annotated[dict[str, SecretStr], AfterValidator(check_headers)] = Field(
        default={}, examples=['headers = { X-Key = "${KEY}" }']
    )
    cookies: Annotated[dict[str, SecretStr], AfterValidator(check_cookies)] = Field(
        default={}, examples=['cookies = { session = "${SESSION}" }']
    )
    username: Name | None = Field(default=None, examples=['username = "me"'])
    password: SecretStr | None = Field(
        default=None, examples=['password = "${PASSWORD}", or password_file = "a-file"']
    )
    proxy: Annotated[SecretStr, AfterValidator(check_proxy)] | None = Field(
        default=None, examples=['proxy = "http://proxy.example.org:3128"']
    )
    tls_verify: bool = Field(default=True, examples=["tls_verify = false"])

    @model_validator(mode="after")
    def check_together(self) -> "FeedTable":
        """What only several keys together can get wrong."""
        check_login(self.headers, self.username, self.password)
        check_certificates(self.proxy, self.tls_verify)
        return self

    def to_access(self) -> FeedAccess | None:
        """How its server is asked; None where a plain GET does."""
        login = (self.username, self.password) if self.username and self.password else None
        return make_access(self.headers, self.cookies, login, self.proxy, self.tls_verify)


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

    listen: Annotated[str, AfterValidator(check_listen)] = Field(
        default="127.0.0.1:8787", examples=['listen = "127.0.0.1:8787"']
    )
    public_url: Annotated[str, AfterValidator(check_public_url)] | None = Field(
        default=None, examples=['public_url = "https://monitor.example.org"']
    )

    @model_validator(mode="after")
    def check_reachable(self) -> "Web":
        """Links in messages must not lead to a page that nobody serves."""
        if self.public_url and self.listen == "off":
            raise ValueError('public_url leads nowhere while listen is "off"; remove one of them')
        return self


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
