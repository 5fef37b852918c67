"""The guard of the network: no request leads into a private network, whatever a name resolves to, or takes for ever.

The check is made where the connection is: names are resolved here, and what was checked is what is connected to, so
that a name which resolves differently a moment later (DNS rebinding) gains nothing.
"""

import ipaddress
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from socket import SOCK_STREAM, gaierror, getaddrinfo
from typing import Any

import httpcore
import httpx

Resolve = Callable[[str, int], Iterable[str]]
"""The addresses of a host, for connections to a port. Raises OSError where there are none."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PLATFORM = {"168.63.129.16": "Azure's platform"}
"""Services of cloud platforms on addresses that are public by their numbers."""
_RESERVED = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""Of IANA's special-purpose registries, what older Pythons take for public: protocols' own, relays, documentation."""
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""Every public IPv6 address that there is: RFC 4291, section 2.4."""
_V4_WITHIN = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96")))
"""IPv6 networks whose last 32 bits are an IPv4 address: RFC 4291 (section 2.5.5.1) and RFC 6052."""
_DEADLINE: ContextVar[float] = ContextVar("_DEADLINE")


class RefusedError(Exception):
    """An address that no request may go to; the message says what it is and what to do."""


class LateError(Exception):
    """The time for a request is over, however lively its connection is."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Whatever this thread reads or writes within the block raises LateError once so many seconds are over."""
    token = _DEADLINE.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def read_refusal(address: str) -> str | None:
    """Why no request may go to an IP address; None for one of the public internet.

    >>> read_refusal("127.0.0.1"), read_refusal("::ffff:169.254.169.254"), read_refusal("2002:a00:1::")
    ('a loopback address', 'a link-local address, where clouds keep their metadata', 'a private address')
    >>> read_refusal("100.64.0.1"), read_refusal("1.1.1.1")
    ('not an address of the public internet', None)
    """
    bare = _v4_within(ipaddress.ip_address(address))
    if bare.is_loopback:
        return "a loopback address"
    if bare.is_link_local:
        return "a link-local address, where clouds keep their metadata"
    if bare.is_unspecified:
        return "the unspecified address"
    if bare.is_multicast:
        return "a multicast address"
    if bare.is_private:
        return "a private address"
    if (
        not bare.is_global
        or any(bare in network for network in _RESERVED)
        or (bare.version == 6 and bare not in _UNICAST)
    ):
        return "not an address of the public internet"
    return _PLATFORM.get(str(bare))


def _v4_within(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    within = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if within is None and int(address) > 1 and any(address in network for network in _V4_WITHIN):
        within = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return within or address


def resolve_name(host: str, port: int) -> list[str]:
    """The addresses of a host as this machine resolves it, in the order to be tried."""
    return [str(found[4][0]) for found in getaddrinfo(host, port, type=SOCK_STREAM)]


class _Guard(httpcore.NetworkBackend):
    """Opens connections to public addresses, and to any address of the hosts that are allowed."""

    def __init__(self, allowed: Collection[str], resolve: Resolve) -> None:
        self._allowed = frozenset(host.lower() for host in allowed)
        self._resolve = resolve
        self._opener = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that answers. Raises RefusedError where none may be used."""
        failure: Exception | None = None
        for address in self._addresses(host, port):
            try:
                stream = self._opener.connect_tcp(address, port, _seconds_left(timeout), local_address, socket_options)
                return _TimedStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = list(dict.fromkeys(self._resolve(host, port)))
        except (gaierror, UnicodeError) as error:
            why = error.strerror if isinstance(error, gaierror) else error
            said = f"no host {host} is found ({why}); check how it is spelt, and that this machine is online"
            raise httpcore.ConnectError(said) from error
        if host.lower() in self._allowed:
            return found
        refusals = {address: read_refusal(address) for address in found}
        usable = [address for address in found if refusals[address] is None]
        if found and not usable:
            why = f"{host} is {found[0]}, {refusals[found[0]]}"
            raise RefusedError(f"{why}; if that is meant, add {host!r} to `allow_hosts` of the source")
        return usable


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline of the request that uses it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes as they come."""
        return self._stream.read(max_bytes, _seconds_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        self._stream.write(buffer, _seconds_left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The connection with TLS around it."""
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _seconds_left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection, by name."""
        return self._stream.get_extra_info(info)


def _seconds_left(timeout: float | None) -> float:
    left = _DEADLINE.get() - time.monotonic()
    if left <= 0:
        raise LateError
    return left if timeout is None else min(left, timeout)


def guarded_transport(allowed: Collection[str], resolve: Resolve = resolve_name) -> httpx.HTTPTransport:
    """What an httpx client connects with: TLS verified, private addresses refused but those of the hosts `allowed`.

    A client with a transport of its own uses no proxy from the environment, which would connect in its place.
    """
    transport = httpx.HTTPTransport()
    transport._pool = httpcore.ConnectionPool(  # httpx has no other way to say how connections are opened
        ssl_context=httpx.create_ssl_context(),
        max_connections=None,
        max_keepalive_connections=20,
        keepalive_expiry=30.0,
        network_backend=_Guard(allowed, resolve),
    )
    return transport
