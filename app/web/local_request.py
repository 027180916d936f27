"""What is only for those who sit at the machine that the app runs on."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from starlette.requests import Request

from ..settings import LOOPBACK_HOSTS, Settings


def is_on_this_machine(request: Request, settings: Settings) -> bool:
    """Whether the app is for this machine only, and the request comes from it."""
    is_from_here = request.client is not None and _is_loopback(request.client.host)
    # By its name too: a foreign name that leads to this machine is how another site's page would get here.
    return settings.is_loopback and is_from_here and request.url.hostname in LOOPBACK_HOSTS


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
