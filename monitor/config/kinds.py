"""What a key of config.toml may hold: the kinds that the tables are made of.

What a rule needs to know of the rest of the file comes as `Known`, the validation context.
"""

import re
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Annotated, Any

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
    check_period,
    check_zone,
    read_duration,
    read_spans,
    suggest,
)


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


def check_longest(longest: timedelta | None, info: ValidationInfo) -> timedelta | None:
    """The longest wait is no shorter than the shortest."""
    if longest is not None and longest < info.data.get("interval", longest):
        raise ValueError("max_interval is shorter than interval")
    return longest


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
