"""Why an API refuses a token, as its `WWW-Authenticate` header has it (RFC 6750 §3, RFC 9110 §11.6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.request import parse_http_list

MAX_LENGTH = 4000  # characters


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the API says: an error code, a description in its own words, and the scopes that it wants."""

    error: str = ''
    description: str = ''
    scopes: tuple[str, ...] = ()

    def missing(self, granted: frozenset[str]) -> tuple[str, ...]:
        """The scopes that the API wants and that were not granted."""
        return tuple(scope for scope in self.scopes if scope not in granted)


def bearer_challenge(header: str) -> Challenge:
    """The Bearer challenge in the header, empty where there is none; what makes no sense is passed over."""
    scheme, values = '', dict[str, str]()
    for item in parse_http_list(header[:MAX_LENGTH]):
        first, rest = (*item.split(maxsplit=1), '', '')[:2]
        if '=' not in first and not rest.startswith('='):  # a challenge begins, perhaps with a parameter
            scheme, item = first.lower(), rest
        name, equals, value = item.partition('=')
        if scheme == 'bearer' and equals:
            values.setdefault(name.strip().lower(), value.strip().removeprefix('"').removesuffix('"'))
    return Challenge(
        values.get('error', ''), values.get('error_description', ''), tuple(values.get('scope', '').split())
    )
