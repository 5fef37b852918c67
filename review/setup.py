"""How one review desk is set up: which store, who may do what, by which address it is reached."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from store.database import Store

Role = Literal["viewer", "reviewer", "admin"]
"""viewer: reads; reviewer: decides as well; admin: also settles where two reviewers differ."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which a computer reaches itself."""


@dataclass(frozen=True)
class Identity:
    """Who asks, and what they may do."""

    name: str
    role: Role

    @property
    def decides(self) -> bool:
        """Whether they may change anything."""
        return self.role != "viewer"


@dataclass(frozen=True)
class Setup:
    """Settings of one review desk."""

    store: Store
    secret: str
    """Signs the cookies; the same after a restart, or all are logged out."""
    reviewer: str | None = None
    """Who works at it where nobody logs in; None demands accounts."""
    accounts: Path | None = None
    """File of the accounts."""
    user_header: str | None = None
    """Header in which a reverse proxy says who asks."""
    trusted: frozenset[str] = field(default_factory=lambda: frozenset({"127.0.0.1", "::1"}))
    """Addresses from which that header is believed."""
    address: str | None = None
    """By which browsers reach it, such as `https://review.example.org`."""
    metrics_token: str | None = None
    """By which a monitoring system that does not log in gets `/metrics`."""

    share: float = 0.1
    """Of releases that two people review, 0 to 1."""

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it by HTTPS alone."""
        return (self.address or "").startswith("https:")

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this desk: another site's name that leads here is refused."""
        name = urlsplit(f"//{host}").hostname if host else None
        if self.address:
            return name == urlsplit(self.address).hostname or name in LOOPBACK
        return name in LOOPBACK if self.reviewer else name is not None


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches a server that listens there.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("box.example")
    (True, True, False, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
