"""The keys of a feed that say how its server is asked; each but `tls_verify` may be a secret."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from monitor.config.secrets import UNKNOWN, has_reference
from monitor.core.model import FeedAccess, Proxy

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

_OURS = re.compile(
    "Accept-Encoding|Connection|Content-.*|Expect|Host|If-.*|Keep-Alive|Proxy-.*|Range|Te|Trailer"
    "|Transfer-Encoding|Upgrade"
)
"""What only the program can say rightly, since it is about the connection or the conversation."""

_OPEN = frozenset(
    [
        *("Accept", "Accept-Language", "Cache-Control", "Dnt", "From", "Origin", "Pragma"),
        *("Referer", "User-Agent"),
    ]
)
"""Headers that hold no secret; all others are taken to hold one."""

_SHORTEST = 4
"""Hiding a shorter word would hide the log itself."""

Texts = Mapping[str, SecretStr]


def check_headers(headers: Texts) -> Texts:
    """Headers a person may set, their names spelled one way."""
    named = {name.title(): value for name, value in headers.items()}
    for name, value in named.items():
        _check_header(name)
        if _CONTROLS.search(value.get_secret_value()):
            raise ValueError(f'header "{name}" is more than one line')
    return named


def _check_header(name: str) -> None:
    if not _TOKEN.fullmatch(name):
        raise ValueError(f'"{name}" is no header name')
    if _OURS.fullmatch(name):
        raise ValueError(f'header "{name}" is set by the program; leave it out')
    if name == "Cookie":
        raise ValueError('header "Cookie" has a key of its own; write cookies = { NAME = "VALUE" }')


def check_cookies(cookies: Texts) -> Texts:
    """Names and values as they stand in a Cookie header (RFC 6265, 4.2)."""
    for name, value in cookies.items():
        text = value.get_secret_value()
        if not _TOKEN.fullmatch(name) or ";" in text or _CONTROLS.search(text):
            raise ValueError(f'cookie "{name}" is no single name and value')
    return cookies


def check_proxy(proxy: SecretStr) -> SecretStr:
    """An http(s) proxy, perhaps with a login. Never shows the value."""
    text = proxy.get_secret_value()
    try:
        parts = urlsplit(text)
        host = bool(parts.hostname) and parts.port != 0 and not re.search(r"[\s<>\"{}]", text)
    except ValueError:
        host = False
    if text == UNKNOWN:
        return proxy
    if host and parts.scheme.startswith("socks"):
        raise ValueError("socks proxies are not understood; name an http proxy")
    if not host or parts.scheme not in ("http", "https") or parts.path not in ("", "/"):
        raise ValueError("the proxy is no http(s)://host:port")
    return proxy


def check_login(headers: Texts, username: str | None, password: SecretStr | None) -> None:
    """A user and a password come together, and are the only login."""
    if (username is None) != (password is None):
        raise ValueError("username and password belong together; give both")
    if username is not None and (":" in username or _CONTROLS.search(username)):
        raise ValueError('the username is more than a name; write username = "me"')
    if username is not None and "Authorization" in headers:
        raise ValueError('both a username and header "Authorization"; keep one')


def check_certificates(proxy: SecretStr | None, tls_verify: bool) -> None:
    """A certificate that is not checked is the feed's alone."""
    if proxy and not tls_verify and proxy.get_secret_value().startswith("https:"):
        raise ValueError("tls_verify = false would hold for the https proxy too; use an http proxy")


def make_access(
    headers: Texts,
    cookies: Texts,
    login: tuple[str, SecretStr] | None,
    proxy: SecretStr | None,
    tls_verify: bool,
) -> FeedAccess | None:
    """What the fetcher is told of a feed; None where a plain GET does."""
    sent = {name: value.get_secret_value() for name, value in headers.items()}
    if cookies:
        pairs = (f"{name}={value.get_secret_value()}" for name, value in cookies.items())
        sent["Cookie"] = "; ".join(pairs)
    if login:
        sent["Authorization"] = _basic(login[0], login[1].get_secret_value())
    access = FeedAccess(
        MappingProxyType(sent), _proxy(proxy.get_secret_value()) if proxy else None, tls_verify
    )
    return access if sent or proxy or not tls_verify else None


def _proxy(url: str) -> Proxy:
    parts = urlsplit(url)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2], path="").geturl()
    if not user:
        return Proxy(plain)
    login = _basic(unquote(user), unquote(password))
    return Proxy(plain, MappingProxyType({"Proxy-Authorization": login}))


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def find_access_secrets(access: FeedAccess) -> Iterator[str]:
    """What a log must not show, in every form in which it may turn up."""
    headers = {name: value for name, value in access.headers.items() if name not in _OPEN}
    for sent in (headers, access.proxy.headers if access.proxy else {}):
        for name, value in sent.items():
            yield from (text for text in _pieces(name, value) if len(text) >= _SHORTEST)


def _pieces(name: str, value: str) -> Iterator[str]:
    kind, _, rest = value.partition(" ")
    yield from (value, rest)
    if name == "Cookie":
        yield from (pair.partition("=")[2] for pair in value.split("; "))
    if kind == "Basic":
        with suppress(ValueError):  # written by hand, it may be anything
            yield b64decode(rest).decode().partition(":")[2]


def holds_literal_secret(feed: Mapping[str, Any]) -> bool:
    """Whether the file itself, before `${NAME}` is filled in, holds a secret of this feed."""
    headers = {name.title(): text for name, text in feed.get("headers", {}).items()}
    texts = [text for name, text in headers.items() if name not in _OPEN]
    texts += [*feed.get("cookies", {}).values(), feed.get("password", "")]
    texts += [feed["proxy"]] if "@" in feed.get("proxy", "") else []
    return any(text and not has_reference(text) for text in texts)
