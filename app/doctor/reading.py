"""The settings, read so that one which makes no sense hides none of the others."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self
from urllib.parse import quote_plus

from pydantic import ValidationError

from ..clock import Clock
from ..errors import SettingsError
from ..oidc.client_auth import configured
from ..oidc.endpoints.server_address import ServerAddress
from ..oidc.http import http_client
from ..oidc.metadata import Metadata, server_url, strings
from ..oidc.probe import Probe
from ..settings import Settings, complaints, read
from ..settings.guest import HOST_NAMES, misspelled_names, read_for_host
from ..settings.names import misspelled_settings
from ..settings.provider import VALUES, written_name

_ADDRESSES = ('issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri')


@dataclass(frozen=True, slots=True)
class Reading:
    """The settings, with placeholders for those that make no sense; None if that is not possible.

    `complaints` has a line for each setting that makes no sense, `broken` their names, and `misspelled` a line for each
    name that is nearly one of ours. `names` has those that settings are told by which have another than the short one.
    """

    settings: Settings | None
    complaints: tuple[str, ...] = ()
    misspelled: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def broken(self) -> frozenset[str]:
        return frozenset(line.split(':')[0].lower() for line in self.complaints)

    def each(self) -> tuple[Self, ...]:
        """One for each provider, with the settings as they are for that; its own if there is one, or none is known."""
        each = self.settings.each() if self.settings else ()
        return tuple(replace(self, settings=own, names=_names_of(own, self.names)) for own in each) or (self,)

    @classmethod
    def of_environment(cls) -> Self:
        """Read the environment and `.env`, as the app does."""
        settings, found = _read_leniently(lambda placeholders: read(**placeholders))
        return cls(settings, found, misspelled_settings())

    @classmethod
    def of_host(cls, env_file: str | None) -> Self:
        """Read what a guest in somebody else's app does, but for the arguments that it is given there."""
        settings, found = _read_leniently(partial(read_for_host, env_file))
        return cls(settings, found, misspelled_names(settings) if settings else (), HOST_NAMES)


def _read_leniently(read_with: Callable[[dict[str, Any]], Settings]) -> tuple[Settings | None, tuple[str, ...]]:
    """The settings, with placeholders for those that make no sense, and a line for each of these."""
    placeholders: dict[str, Any] = {}
    found: list[str] = []
    while True:
        try:
            return read_with(placeholders), tuple(found)
        except SettingsError as error:
            return None, (str(error),)
        except ValidationError as error:
            lines = complaints(error)
        found += lines
        names = {line.split(':')[0].lower() for line in lines}
        if not names <= Settings.model_fields.keys() - placeholders.keys():
            return None, tuple(found)
        for name in names:
            placeholders |= _placeholders(name)


def _names_of(own: Settings, names: Mapping[str, str]) -> Mapping[str, str]:
    """With the names of the settings that are this provider's alone (`OIDC_WORK_ISSUER`), if it is one of several."""
    if not own.provider.name:
        return names
    return {**names, **{written_name('', name): written_name(own.provider.name, name) for name in VALUES}}


def _placeholders(name: str) -> dict[str, Any]:
    """Settings that make sense in the place of one that does not; nobody is asked at a placeholder's address."""
    if name in {'oidc_issuer', 'auth0_domain'}:
        return {'auth0_domain': None, 'oidc_issuer': 'https://placeholder.invalid', **_placeholders('oidc_client_id')}
    if name in {'secret_key', 'oidc_client_id'}:  # may have to be set
        return {name: secrets.token_urlsafe(48)}
    return {name: Settings.model_fields[name].default}


def probe_of(reading: Reading, clock: Clock) -> tuple[Probe, SettingsError | None]:
    """What asks as the app does; if its certificates are of no use, that is told, and nobody is to be asked."""
    try:
        return Probe(configured.provider_http(reading.settings) if reading.settings else http_client(), clock), None
    except SettingsError as error:
        return Probe(http_client(), clock), error


def secret_forms(client_id: str, secret: str) -> set[str]:
    """How a provider may echo the secret: as it is, as in a form, and as in the header (RFC 6749 §2.3.1)."""
    pairs = [f'{client_id}:{secret}', f'{quote_plus(client_id)}:{quote_plus(secret)}']
    return {secret, quote_plus(secret), *(b64encode(pair.encode()).decode() for pair in pairs)}


def lenient_metadata(found: dict[str, Any], address: ServerAddress | None) -> Metadata:
    """The discovery document as the app reads it, with an empty text for what is missing."""
    texts: dict[str, Any] = {name: found[name] if isinstance(found.get(name), str) else '' for name in _ADDRESSES}
    for name in ('token_endpoint', 'jwks_uri'):
        texts[name] = address.seen_from_server(texts[name]) if address else texts[name]
    return Metadata(
        **texts,
        userinfo_endpoint=None,
        end_session_endpoint=None,
        response_modes=strings(found.get('response_modes_supported'), ['query', 'fragment']),
        id_token_algorithms=strings(found.get('id_token_signing_alg_values_supported'), ['RS256']),
        token_auth_methods=strings(found.get('token_endpoint_auth_methods_supported'), ['client_secret_basic']),
        promises_iss=found.get('authorization_response_iss_parameter_supported') is True,
        auth_algorithms=strings(found.get('token_endpoint_auth_signing_alg_values_supported'), []),
        pushed_authorization_request_endpoint=server_url(found, 'pushed_authorization_request_endpoint', address),
        requires_pushed_requests=found.get('require_pushed_authorization_requests') is True,
    )
