"""A provider that the server reaches by another address than browsers do, as between containers.

| the document names                     | the server asks     | a browser is sent to           |
|----------------------------------------|---------------------|--------------------------------|
| an endpoint below the public address   | at the internal one | what is named                  |
| an endpoint below the internal address | what is named       | refused: no browser gets there |
| an endpoint elsewhere                  | what is named       | what is named                  |

The issuer is what the provider calls itself, and stays what ID tokens are compared with: where the server asks is
nothing that a provider knows. Plain http is taken below the internal address, since the operator has written it so.

The two addresses may end alike, `https://login.example.com/realms/x` and `http://keycloak:8080/realms/x`. Then what
they stand for is what is before that: whatever is at `https://login.example.com` is at `http://keycloak:8080` too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ...errors import DiscoveryInvalid

FOR_BROWSERS = ('authorization_endpoint', 'end_session_endpoint')
FOR_SERVERS = (  # those of RFC 8414 §2, RFC 9126 §5 and OpenID Connect Discovery §3
    'token_endpoint',
    'jwks_uri',
    'userinfo_endpoint',
    'revocation_endpoint',
    'introspection_endpoint',
    'pushed_authorization_request_endpoint',
)


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The issuer, and the address that the server asks in its place."""

    issuer: str
    internal: str
    _public_root: str = field(init=False, repr=False)
    _internal_root: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        public, internal = self.issuer.rstrip('/'), self.internal.rstrip('/')
        while urlsplit(public).path and urlsplit(internal).path:
            (public_rest, _, public_end), (rest, _, end) = public.rpartition('/'), internal.rpartition('/')
            if public_end != end:
                break
            public, internal = public_rest, rest
        object.__setattr__(self, '_public_root', public)
        object.__setattr__(self, '_internal_root', internal)

    def is_internal(self, url: str) -> bool:
        """Whether it lies below the internal address, and not below the public one."""
        if not _is_below(url, self._internal_root):
            return False
        return not _is_below(url, self._public_root) or len(self._internal_root) > len(self._public_root)

    def seen_from_server(self, url: str) -> str:
        """Where the server asks for what is at this address."""
        if self.is_internal(url) or not _is_below(url, self._public_root):
            return url
        return self._internal_root + url.removeprefix(self._public_root)

    def check(self, document: Mapping[str, Any]) -> None:
        """Raises `DiscoveryInvalid` if a browser would be sent to the internal address, or that is the issuer's name.

        It says what is to be set at the provider.
        """
        named = [name for name in ('issuer', *FOR_BROWSERS) if self.is_internal(str(document.get(name)))]
        if named:
            raise DiscoveryInvalid(
                f'the discovery document at {self.internal!r} names {str(document[named[0]])[:200]!r} as {named[0]}, '
                f'where no browser gets: set the public address {self.issuer!r} at the provider, so that it does not '
                'answer by the one that it is asked at (Keycloak: KC_HOSTNAME, with KC_HOSTNAME_BACKCHANNEL_DYNAMIC)'
            )


def with_mtls_aliases(document: dict[str, Any]) -> dict[str, Any]:
    """The document for a client that shows a certificate, whose endpoints may be others (RFC 8705 §5)."""
    aliases = document.get('mtls_endpoint_aliases')
    known = aliases if isinstance(aliases, dict) else {}
    return document | {name: known[name] for name in FOR_SERVERS if name in known}


def _is_below(url: str, root: str) -> bool:
    return url == root or url.startswith((f'{root}/', f'{root}?'))
