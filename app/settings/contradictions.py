"""Settings that make sense each by itself, and not together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .addresses import is_loopback_address

if TYPE_CHECKING:
    from . import Settings


def contradiction(settings: Settings) -> str | None:
    """What does not fit, beginning with the name of the setting that is to be changed; None if all does.

    The settings are as they are for one provider.
    """
    is_demo, has_client = settings.is_demo, settings.oidc_client_id is not None
    is_here = settings.host == 'localhost' or is_loopback_address(settings.host)
    problems = {
        'OIDC_ISSUER: must be set when OIDC_CLIENT_ID is': is_demo and has_client,
        'OIDC_CLIENT_ID: must be set when OIDC_ISSUER is': not is_demo and not has_client,
        'OIDC_ISSUER: must be set when BASE_URL is public; the demo provider signs in everybody who asks': is_demo
        and not settings.is_loopback,
        'HOST: must be localhost while the demo provider signs in everybody who asks; set OIDC_ISSUER, or, in a '
        'container that only this machine reaches, DEMO_ALLOW_REMOTE=true': is_demo
        and not is_here
        and not settings.demo_allow_remote,
        'SECRET_KEY: must be set when BASE_URL is public': not settings.is_loopback and settings.secret_key is None,
        'RENEWAL: must contain refresh_token when NATIVE_LOGIN is browser': not settings.methods,
        'NATIVE: cannot be set when BASE_URL is public; the window shows an app on this machine': settings.native
        and not settings.is_loopback,
        'OIDC_CERT_FILE: must be set when OIDC_KEY_FILE is': settings.oidc_key_file is not None
        and settings.oidc_cert_file is None,
        'OIDC_CLIENT_SECRET: cannot be set when OIDC_PRIVATE_KEY_FILE is, which is in its place': (
            settings.oidc_private_key_file is not None and settings.oidc_client_secret is not None
        ),
        "OIDC_PRIVATE_KEY_ID: must be set, as OIDC_PRIVATE_KEY_FILE, when OIDC_TEAM_ID is, for Apple's secrets": (
            settings.oidc_team_id is not None and not (settings.oidc_private_key_file and settings.oidc_private_key_id)
        ),
        'OIDC_PRIVATE_KEY_FILE: must be set when OIDC_PRIVATE_KEY_ID is': settings.oidc_private_key_id is not None
        and settings.oidc_private_key_file is None,
    }
    return next((why for why, is_wrong in problems.items() if is_wrong), None)
