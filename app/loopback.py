"""What is only for those who sit at the machine that the app runs on."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from starlette.requests import Request

from app.settings import Settings


def is_on_this_machine(request: Request, settings: Settings) -> bool:
    """Whether the app is for this machine only, and the request comes from it."""
    return settings.is_loopback and request.client is not None and _is_loopback(request.client.host)


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
