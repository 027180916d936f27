"""Where to go after a sign-in: only ever to a page of this app."""

from __future__ import annotations

import binascii
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from ..errors import AddressTooLong

HOME = '/'
# On the way, and no pages to come back to: steps, below the prefix, and pages of an app that is all ours.
ROUTES = frozenset({'/login', '/login/choose', '/callback', '/silent', '/logout', '/backchannel-logout'})
OF_ONE_PROVIDER = ('/callback/', '/silent/')
OWN_PAGES = frozenset({'/login-elsewhere', '/error'})
MAX_LENGTH = 8000  # characters; a longer address gets through few proxies, and anybody can make a link
PLAIN_LENGTH = 1000  # characters; a longer one is packed, lest the link be longer than the page's own address


def return_query(path: str) -> dict[str, str]:
    """The parameters of a link to sign in that leads back to this page; they are no longer than its address.

    Raises `AddressTooLong`.
    """
    if len(path) > MAX_LENGTH:
        raise AddressTooLong
    if len(path) <= PLAIN_LENGTH:
        return {'return_to': path}
    return {'packed_return_to': urlsafe_b64encode(zlib.compress(path.encode(), 9)).decode().rstrip('=')}


def return_path(query: Mapping[str, str], prefix: str = '', base_url: str = '') -> str:
    """Where such a link leads, with the fragment that the browser has added to it; raises `AddressTooLong`.

    One that another site has begins the sign-in with names the page by its whole address, below `base_url` (OpenID
    Connect Core §4, target_link_uri).
    """
    path = query.get('return_to') or _below(base_url, query.get('target_link_uri', ''))
    path = path or _unpacked(query.get('packed_return_to', ''))
    if fragment := query.get('fragment'):
        path = f'{path.split("#", 1)[0]}#{fragment}'
    if len(path) > MAX_LENGTH:
        raise AddressTooLong
    return local_path(path, prefix)


def _below(base_url: str, url: str) -> str:
    """What comes after BASE_URL in the address; empty if it is not there."""
    return url.removeprefix(base_url) if base_url and url.startswith(f'{base_url}/') else ''


def _unpacked(text: str) -> str:
    """What was packed, or more than may be; the home page if that makes no sense."""
    try:
        packed, unpacking = urlsafe_b64decode(text + '=' * (-len(text) % 4)), zlib.decompressobj()
        path = unpacking.decompress(packed, MAX_LENGTH + 1).decode()
    except (binascii.Error, zlib.error, ValueError):
        return HOME
    return path if unpacking.eof or len(path) > MAX_LENGTH else HOME


def local_path(value: str | None, prefix: str = '') -> str:
    """The path if it is one of this app's pages, else the home page; what a browser might read otherwise is not.

    `prefix` is the setting.
    """
    if not value or len(value) > MAX_LENGTH or ' ' in value or _has_control(value):
        return HOME
    path = value.split('?', 1)[0].split('#', 1)[0]
    decoded = _decoded(path)
    if decoded is None or not path.startswith('/') or not decoded.startswith('/'):
        return HOME
    if '\\' in path or '\\' in decoded or '//' in decoded or _has_control(decoded):
        return HOME
    if {'.', '..'} & set(decoded.split('/')):  # a browser resolves them, encoded or not
        return HOME
    parts = urlsplit(value)
    if parts.scheme or parts.netloc or is_on_the_way(decoded.rstrip('/'), prefix):
        return HOME
    return value


def is_on_the_way(path: str, prefix: str) -> bool:
    """Whether this is the path, below BASE_URL, of a step or of a page that belongs to one."""
    step = path.removeprefix(prefix) if path.startswith(prefix) else ''
    return path in OWN_PAGES or step in ROUTES or step.startswith(OF_ONE_PROVIDER)


def _has_control(text: str) -> bool:
    return any(ord(char) < 0x20 or ord(char) == 0x7F for char in text)


def _decoded(path: str) -> str | None:
    """The path without any percent-encoding, however often it was encoded; None if that takes suspiciously long."""
    for _ in range(4):
        decoded = unquote(path)
        if decoded == path:
            return path
        path = decoded
    return None
