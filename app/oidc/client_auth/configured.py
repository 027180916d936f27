"""What the settings say of this app as a client of one provider: made here, so that the doctor asks as the app does."""

from __future__ import annotations

import httpx

from ...settings import Settings
from ...settings.provider import written_name
from ..http import http_client
from ..metadata import Registration
from .files import ClientFiles


def registration(own: Settings) -> Registration:
    """What this app is to the provider. Raises `SettingsError` if a key of the client is of no use."""
    secret = own.oidc_client_secret
    return Registration(
        client_id=own.client_id,
        scope=own.scope,
        client_secret=secret.get_secret_value() if secret else None,
        audience=own.oidc_audience,
        credential=client_files(own).credential(),
        uses_refresh_token='refresh_token' in own.methods,
        audiences=own.oidc_audiences,
        audience_parameter=own.oidc_audience_parameter,
        par=own.oidc_par,
        response_mode=own.oidc_response_mode,
        name=own.provider.name,
        title=own.provider.title,
        callback_uri=own.callback_uri,
        silent_uri=own.silent_uri,
        params=own.provider.params,
        link_params=own.provider.link_params,
    )


def provider_http(own: Settings) -> httpx.AsyncClient:
    """What asks the provider; a demo one is this server itself, to which no proxy leads.

    Raises `SettingsError` if a certificate or its key is of no use.
    """
    return http_client(trust_env=not own.is_demo, tls=client_files(own).tls())


def client_files(own: Settings) -> ClientFiles:
    """The files by which the app shows itself to this provider, and knows it."""
    provider = own.provider
    return ClientFiles(
        secret=provider.client_secret,
        private_key_file=provider.private_key_file,
        private_key_id=provider.private_key_id,
        team_id=provider.team_id,
        ca_file=provider.ca_file,
        cert_file=provider.cert_file,
        key_file=provider.key_file,
        prefix=written_name(provider.name, '').removesuffix('_'),
    )
