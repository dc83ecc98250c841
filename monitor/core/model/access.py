"""How one feed's server is asked where a plain GET does not do. It holds secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy of the operator's; `url` holds no login, `headers` are for it alone."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class FeedAccess:
    """What the operator's file says of asking one feed; kept in memory only, never stored or shown.

    `headers`, cookies and a login among them, are sent, and with `tls_verify` False any certificate
    is accepted, only where scheme, host and port are the feed's own. `proxy` is for every hop.
    """

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: Proxy | None = None
    tls_verify: bool = True
