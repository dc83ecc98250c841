"""Makes links comparable: the only door to w3lib."""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

LINK_LIMIT = 2_000
"""Longer addresses are not understood by most servers and browsers."""

_TRACKING = re.compile(
    r"(utm|wt|pk|mtm|hsa|mc|oly|vero)_\w+|at_(medium|campaign|format|link_\w+)|xtor|wt\.mc_id|wtmc"
    r"|(fb|g|dc|y|tw|tt)clid|msclkid|[gw]braid|igshid|ocid|cmpid|ncid|ito|src_trk|_ga|_gl"
    r"|mkt_tok|s_cid|sc_cid|ns_(mchannel|source|campaign|linkname|fee)",
    re.IGNORECASE,
)

_PLAIN = re.compile(
    r"https?://(?:[a-z0-9][a-z0-9-]*\.)+[a-z0-9]+(?:/(?!\.)[A-Za-z0-9._~-]*)+", re.ASCII
)
"""Nineteen links of twenty: absolute, and canonical as they are."""


def absolute_link(link: str | None, origin: str) -> str | None:
    """The link as an absolute http(s) address, or None where it is not one."""
    link = (link or "").strip()
    if len(link) <= LINK_LIMIT and _PLAIN.fullmatch(link):
        return link
    try:
        absolute = urljoin(origin, link)
        parts = urlsplit(absolute)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return absolute if link and usable and len(absolute) <= LINK_LIMIT else None


def canonical_link(link: str | None) -> str | None:
    """The same page's one address: no fragment, no tracking parameters, the rest in order."""
    if link is None or _PLAIN.fullmatch(link):
        return link
    try:
        parts = urlsplit(link)
        pairs = parts.query.split("&")
        kept = [pair for pair in pairs if not _TRACKING.fullmatch(pair.partition("=")[0])]
        clean: str = canonicalize_url(urlunsplit(parts._replace(query="&".join(kept))))
    # w3lib raises whatever the codecs and urllib raise for impossible hosts and ports.
    except (ValueError, LookupError):
        return None
    return clean


def read_link(written: str) -> str | None:
    """An address as a person writes it, as a poll would store it; None where it is none."""
    return canonical_link(absolute_link(written, ""))
