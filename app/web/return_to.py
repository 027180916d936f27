"""Where to go after a sign-in: only ever to a page of this app."""

from __future__ import annotations

import json
from urllib.parse import unquote, urlsplit

HOME = '/'
ROUTES = frozenset(  # steps on the way, and no pages to come back to
    {'/login', '/login-elsewhere', '/callback', '/silent', '/logout', '/backchannel-logout', '/error'}
)
MAX_LENGTH = 1000  # characters; no page of ours has a longer address, and anybody can make a link


def local_path(value: str | None) -> str:
    """The path if it is one of this app's pages, else the home page; what a browser might read otherwise is not."""
    if not value or len(json.dumps(value)) > MAX_LENGTH or ' ' in value or _has_control(value):
        return HOME
    path = value.split('?', 1)[0].split('#', 1)[0]
    decoded = _decoded(path)
    if decoded is None or not path.startswith('/') or not decoded.startswith('/'):
        return HOME
    if '\\' in value or '\\' in decoded or '//' in decoded or _has_control(decoded):
        return HOME
    if {'.', '..'} & set(decoded.split('/')):  # a browser resolves them, encoded or not
        return HOME
    parts = urlsplit(value)
    if parts.scheme or parts.netloc or decoded.rstrip('/') in ROUTES:
        return HOME
    return value


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
