"""Which links may leave the program as links (FAULTS D8); everything else is shown as text."""

import re
import unicodedata
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

_PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa")
_GLOBAL_V6 = IPv6Network("2000::/3")
_TUNNELS_V6 = (IPv6Network("2002::/16"), IPv6Network("2001::/23"))
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)


def is_public_link(url: str, allow: Collection[str] = ()) -> bool:
    """Whether a reader may follow this: http(s), no credentials, a public host or an allowed one.

    Judges the literal host only (FAULTS D8): names without a dot, local suffixes, every address
    outside the public ranges, and all odd spellings of addresses are private. `allow` holds
    host:port pairs, the port always given.
    """
    parts = _split_link(url)
    if parts is None:
        return False
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{host}:{port}" in allow or _is_public_host(host)


def vary_link(link: str) -> tuple[str, ...]:
    """The ways in which feeds write one page's address, the given one first.

    With http or https, with or without "www.", with or without a slash at the end.
    """
    parts = urlsplit(link)
    host = parts.netloc.removeprefix("www.")
    path = parts.path.rstrip("/")
    varied = (
        parts._replace(scheme=scheme, netloc=netloc, path=end).geturl()
        for scheme in ("https", "http")
        for netloc in (host, f"www.{host}")
        for end in (path, f"{path}/")
    )
    return tuple(dict.fromkeys((link, *varied)))


def _split_link(url: str) -> SplitResult | None:
    if not url.isprintable() or re.search(r"[\s\\<>\"]", url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    usable = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    return parts if usable else None


def _is_public_host(host: str) -> bool:
    # Browsers fold ①②⑦。⓪ into ordinary digits and dots before they connect.
    plain = unicodedata.normalize("NFKC", host).replace("。", ".").rstrip(".").lower()
    if ":" in plain:
        return _is_public_v6(plain)
    if "%" in plain:  # browsers undo this, too, and no name needs it
        return False
    labels = plain.split(".")
    # The last label decides whether browsers read an IPv4 address (WHATWG URL, "ends in a number").
    if _NUMBER.fullmatch(labels[-1]):
        return _is_public_v4(plain)
    return len(labels) > 1 and not plain.endswith(tuple(f".{name}" for name in _PRIVATE_NAMES))


def _is_public_v4(host: str) -> bool:
    try:
        address = IPv4Address(host)
    except ValueError:
        return False
    return address.is_global and not address.is_multicast


def _is_public_v6(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if not isinstance(address, IPv6Address) or address not in _GLOBAL_V6:
        return False
    return address.is_global and not any(address in tunnel for tunnel in _TUNNELS_V6)
