"""Addresses that somebody sets, as the app takes them: URLs, paths, and networks."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

LOOPBACK_HOSTS = frozenset({'localhost', '127.0.0.1', '::1'})
Network = IPv4Network | IPv6Network
PATH = re.compile(r'(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)*')  # of characters that mean the same encoded or not


def split_url(value: str) -> SplitResult:
    """The parts of a URL. Raises `ValueError` if it is none, or has what no setting may have."""
    url = urlsplit(value)
    _ = url.port  # raises ValueError where it is no number
    if any(char.isspace() or char == '@' for char in value):
        raise ValueError('must have no spaces, and no user name')
    return url


def public_url(value: str) -> SplitResult:
    """Where an app is reached: an origin, or a path at one, without the slash at its end. Raises `ValueError`."""
    url = split_url(value)
    if url.scheme not in {'http', 'https'} or not url.hostname or url.query or url.fragment:
        raise ValueError('must be an origin, or a path at one, such as https://example.com/gui')
    path = url.path.rstrip('/')
    if not PATH.fullmatch(path):
        raise ValueError('must have a path of letters, digits and -._~ between single slashes, such as /gui, or none')
    return url._replace(path=path, query='', fragment='')


def provider_url(value: str, *, may_be_plain: bool = False) -> str:
    """An address that secrets and tokens go to: https, or on this machine. Raises `ValueError`.

    `may_be_plain`: it is one inside of a network that the operator vouches for.
    """
    url = split_url(value)
    if url.scheme not in {'http', 'https'} or not url.hostname or url.query or url.fragment:
        raise ValueError('must be a URL without query and fragment, such as https://login.example.com')
    if url.scheme == 'http' and url.hostname not in LOOPBACK_HOSTS and not may_be_plain:
        raise ValueError('must be https unless it is on this machine (localhost)')
    return value


def prefix_path(value: str) -> str:
    """A path to put before others, without the slash at its end; empty for none. Raises `ValueError`."""
    path = value.rstrip('/')
    if not PATH.fullmatch(path):
        raise ValueError('must be a path of letters, digits and -._~ between single slashes, such as /auth, or none')
    return path


def networks(value: str) -> tuple[Network, ...]:
    """The addresses and networks in a list with commas. Raises `ValueError` if one is neither."""
    try:
        return tuple(ip_network(item.strip()) for item in value.split(',') if item.strip())
    except ValueError:
        raise ValueError('must be addresses or networks with commas between, such as 10.0.0.5, 172.16.0.0/12') from None


def is_loopback_address(host: str) -> bool:
    """Whether this is an address of this machine that no other one can have or reach; a name is none."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def is_in(host: str, known: tuple[Network, ...]) -> bool:
    """Whether this is an address in one of them, also if it is an IPv4 address in the form of IPv6; a name is none."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in network for network in known)
