"""Which addresses belong to everybody's internet, so that no request of ours can be led into a private network."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Networks that speak IPv6 only reach the others through addresses that hold the other's (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")
_OLD_6TO4_RELAYS = (192, 88, 99)


class NotPublic(Exception):
    """A name leads to an address of a private network, or to one that no server has."""


def is_public(address: Address) -> bool:
    """True when anybody on the internet could reach this address: not this machine, its network, its cloud's own
    services, or an address that only wraps such a one."""
    if isinstance(address, IPv4Address):
        return (
            address.is_global and not address.is_multicast and address.packed[:3] != bytes(_OLD_6TO4_RELAYS)
        )
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _TRANSLATED:
        return is_public(IPv4Address(address.packed[12:]))
    return address in _GLOBAL_UNICAST and address.is_global and address.sixtofour is None


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order of the resolver. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_rest, place in found))


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of a name, all of them public; connect to these and do not look the name up again.

    Raises `NotPublic`, and `OSError` when there is no such name.
    """
    found = look_up(host, port)
    if not found or not all(is_public(ip_address(one.partition("%")[0])) for one in found):
        raise NotPublic
    return found
