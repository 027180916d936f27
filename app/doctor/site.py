"""Sites, as browsers see them: whose cookies go along in a frame."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from publicsuffixlist import PublicSuffixList

from ..settings import LOOPBACK_HOSTS


def site(url: str) -> tuple[str, str]:
    """The scheme, and the registrable domain; for IP addresses, and names with no public suffix, the whole host.

    Two URLs of which this is equal are same-site (HTML Standard, "schemelessly same site" and its scheme).
    """
    parts = urlsplit(url)
    host = (parts.hostname or '').rstrip('.')
    if _is_ip(host):
        return parts.scheme, host
    try:
        host = host.encode('idna').decode()
    except UnicodeError:
        return parts.scheme, host
    return parts.scheme, _suffixes().privatesuffix(host) or host


def same_site(one: str, other: str) -> bool:
    """Whether a frame with one in a page of the other gets its cookies, whatever their SameSite attribute."""
    return site(one) == site(other)


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port (RFC 6454 §4)."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or '', _port(parts)


def is_within(url: str, *, issuer: str, endpoint: str, base_url: str, redirect_uri: str) -> bool:
    """Whether a redirect to `url` stays with the provider, so that it can be followed.

    Never to the app or to the redirect URI, and not over a connection that everybody can read.
    """
    try:
        parts = urlsplit(url)
        is_below = f'{parts.path}/'.startswith(f'{urlsplit(base_url).path}/')
        is_ours = origin(url) == origin(base_url) and is_below and not url.startswith(f'{issuer.rstrip("/")}/')
        is_safe = parts.scheme == 'https' or (parts.scheme == 'http' and parts.hostname in LOOPBACK_HOSTS)
        is_answer = parts[:3] == urlsplit(redirect_uri)[:3]
        return is_safe and not is_ours and not is_answer and (same_site(url, issuer) or same_site(url, endpoint))
    except ValueError:
        return False


def is_theirs(named: object, configured: str) -> bool:
    """Whether the document is by the configured issuer, or differs from it in its path only (a slash too many)."""
    try:
        return isinstance(named, str) and origin(named) == origin(configured)
    except ValueError:
        return False


def _port(parts: SplitResult) -> int:
    return parts.port or {'https': 443, 'http': 80}.get(parts.scheme, 0)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
