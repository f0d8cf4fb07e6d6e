"""Connections to addresses that may be connected to."""

from __future__ import annotations

import ipaddress
import socket
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast

import anyio
import httpcore2

from rulebus.exceptions import PermanentError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# RFC 6052: the last 32 bits are an IPv4 address.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """
    Connect to public addresses, and to others only if they are allowed.

    A name is resolved once for each connection, and what is connected to is one of the addresses
    that were checked: a name server that answers differently the next time changes nothing.

    Args:
        allowed: Networks that may be connected to although they are not public.
    """

    def __init__(self, allowed: Iterable[Network]) -> None:
        self._allowed = tuple(allowed)
        # The cast: type checkers see a stand-in for where anyio is not installed.
        self._backend = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the signature of the base class
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """
        Connect to the first address of a host that answers.

        Raises:
            PermanentError: There is no such host, or none of its addresses may be connected to.
            httpcore2.ConnectError: No address answers.
        """
        addresses = await _resolve(host, port)
        allowed = [address for address in addresses if self.allows(address)]
        if not allowed:
            raise PermanentError(
                f"{host} has the address {', '.join(map(str, addresses))}, which is not public; "
                "allowed_networks says which of those may be connected to"
            )
        connect = partial(
            self._backend.connect_tcp,
            port=port,
            timeout=timeout,
            local_address=local_address,
            socket_options=socket_options,
        )
        for address in allowed[:-1]:
            try:
                return await connect(str(address))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await connect(str(allowed[-1]))

    def allows(self, address: Address) -> bool:
        """Tell whether an address may be connected to."""
        if any(address in network for network in self._allowed):
            return True
        return all(map(_is_public, (address, *_embedded(address))))


def parse_networks(texts: Iterable[str]) -> list[Network]:
    """
    Read networks such as `10.0.0.0/8` or `::1`.

    Raises:
        ValidationError: A text is not one.
    """
    try:
        return [ipaddress.ip_network(text) for text in texts]
    except ValueError as error:
        raise ValidationError(
            f"allowed_networks: {error}; expected networks such as 10.0.0.0/8"
        ) from None


async def _resolve(host: str, port: int) -> list[Address]:
    try:
        infos = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME:
            raise PermanentError(f"there is no host {host}: {error.strerror}") from error
        raise httpcore2.ConnectError(f"{host} was not resolved: {error.strerror}") from error
    texts = dict.fromkeys(str(info[4][0]).partition("%")[0] for info in infos)
    return [_plain(ipaddress.ip_address(text)) for text in texts]


def _plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address is only another form of."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _embedded(address: Address) -> list[Address]:
    """Return the IPv4 addresses that a gateway would pass on what is sent to an IPv6 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    embedded = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        embedded.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return [one for one in embedded if one is not None]


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast
