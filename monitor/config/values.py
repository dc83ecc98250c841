"""What single values of config.toml mean, and what is wrong with them: `ValueError` says it."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

LONGEST_GAP = timedelta(seconds=10)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


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


def check_keep(value: timedelta) -> timedelta:
    """Stories and digests read the texts of the last days."""
    if value < timedelta(days=14):
        raise ValueError("texts must be kept for at least 14 days")
    return value


def check_period(value: timedelta) -> timedelta:
    """A feed asked every 0 s would be asked without end."""
    if value <= timedelta(0):
        raise ValueError("an interval must be longer than 0 s")
    return value


def read_period(text: str) -> timedelta:
    """Turn "15m" into how often a feed is asked. Raise `ValueError`."""
    value = read_duration(text)
    return check_period(value if isinstance(value, timedelta) else timedelta(0))


def check_gap(value: timedelta) -> timedelta:
    """A stop of the program waits for a gap that has begun."""
    if value > LONGEST_GAP:
        raise ValueError(f"a gap is at most {LONGEST_GAP.total_seconds():g} s")
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


def read_spans(value: object) -> object:
    """Turn "22:00-07:00", or a list of such, into pairs of times of day."""
    texts = [value] if isinstance(value, str) else value
    return tuple(map(read_span, texts)) if isinstance(texts, (list, tuple)) else value


def read_span(text: object) -> tuple[time, time]:
    """Turn "22:00-07:00" into two times of day."""
    start, dash, end = text.partition("-") if isinstance(text, str) else ("", "", "")
    if not dash:
        raise ValueError(f"{text!r} is no span of a day")
    return time.fromisoformat(check_time(start)), time.fromisoformat(check_time(end))


def check_address(text: str) -> str:
    """HOST:PORT."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
        raise ValueError(f'"{text}" is no host:port')
    return text


def check_listen(text: str) -> str:
    """A loopback address with a port (0: any that is free), or "off"."""
    host, _, port = text.rpartition(":")
    if text == "off":
        return text
    if host not in {"127.0.0.1", "localhost", "[::1]"} or not re.fullmatch(r"\d{1,5}", port):
        raise ValueError(
            f'"{text}" is neither 127.0.0.1:PORT nor "off": whoever reaches the page may do'
            " everything, so others come through a proxy with a login (deploy/nginx.conf)"
        )
    if int(port) >= 2**16:
        raise ValueError(f"there is no port {port}")
    return text


def check_public_url(text: str) -> str:
    """Scheme and host alone: the page's own addresses begin at the root."""
    if not re.fullmatch(r"https?://([\w.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?/?", text):
        raise ValueError(f'"{text}" is not scheme and host alone')
    return text


def check_contact(text: str) -> str:
    """It stands in every request, so it is one word of plain characters."""
    if not re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+|https?://[!-~]+", text, re.ASCII):
        raise ValueError(f"{text!r} is neither a mail address nor a web address")
    return text


def check_feed_url(url: str) -> str:
    """A feed's address is stored and shown, so it is plain http(s) and holds no password."""
    if "@" in re.split(r"[/?#]", url.partition("://")[2])[0]:
        raise ValueError(
            "a feed's address cannot hold a password: it is stored and shown;"
            " write username and password as keys of its [[feeds]] in config.toml"
        )
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"[\s<>\"{}]", url):
        raise ValueError(f"{url!r} is no http(s) address")
    return url
