"""Why an API refuses a token, as its `WWW-Authenticate` header has it (RFC 6750 §3, RFC 9110 §11.6.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 4000  # characters
_PARAMETER = re.compile(r'([A-Za-z_-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]+))')
_SCHEME = re.compile(r'(?:^|[\s,])Bearer(?:[\s,]|$)', re.IGNORECASE)
_OTHER_SCHEME = re.compile(r',[ \t]*[A-Za-z][A-Za-z0-9_-]*[ \t]+(?=[A-Za-z])')


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the API says: an error code, a description in its own words, and the scopes that it wants."""

    error: str = ''
    description: str = ''
    scopes: tuple[str, ...] = ()

    def missing(self, granted: frozenset[str]) -> tuple[str, ...]:
        """Those of its scopes that were not granted."""
        return tuple(scope for scope in self.scopes if scope not in granted)


def bearer_challenge(header: str) -> Challenge:
    """The Bearer challenge in the header, empty where there is none; what makes no sense is passed over."""
    scheme = _SCHEME.search(header[:MAX_LENGTH])
    if scheme is None:
        return Challenge()
    values: dict[str, str] = {}
    position, text = scheme.end(), header[:MAX_LENGTH]
    while parameter := _PARAMETER.search(text, position):
        if _OTHER_SCHEME.search(text, position, parameter.start() + 1):
            break
        name, quoted, plain = parameter.groups()
        values.setdefault(name.lower(), plain if quoted is None else re.sub(r'\\(.)', r'\1', quoted))
        position = parameter.end()
    return Challenge(
        values.get('error', ''), values.get('error_description', ''), tuple(values.get('scope', '').split())
    )
