"""The checks, in their order, and the one way to perform them all."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from ..errors import AppError
from . import (
    client,
    clock_difference,
    discovery,
    end_session,
    frame,
    installation,
    keys,
    redirect_uris,
    renewing,
    request,
)
from .examination import Examination
from .finding import CannotTell, Finding, problem, quoted, skipped, warning

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name for scripts and its title for people, and under which heading it stands."""

    name: str
    title: str
    group: str
    perform: Callable[[Examination], Awaitable[Finding]]


THIS_APP, PROVIDER, REGISTRATION, STAYING = (
    'This app',
    'The provider',
    'This app, as the provider knows it',
    'Staying signed in',
)
CHECKS = (
    Check('settings', 'Settings', THIS_APP, installation.check_settings),
    Check('port', 'Address', THIS_APP, installation.check_port),
    Check('data_dir', 'Data and key', THIS_APP, installation.check_data_dir),
    Check('discovery', 'Discovery document', PROVIDER, discovery.check_discovery),
    Check('issuer', 'Issuer', PROVIDER, discovery.check_issuer),
    Check('endpoints', 'Endpoints', PROVIDER, discovery.check_endpoints),
    Check('algorithms', 'ID token algorithms', PROVIDER, discovery.check_algorithms),
    Check('keys', 'Public keys', PROVIDER, keys.check_keys),
    Check('client_authentication', 'Client authentication', REGISTRATION, client.check_client_authentication),
    Check('client', 'Client ID and secret', REGISTRATION, client.check_client),
    Check('clock', 'Clocks', REGISTRATION, clock_difference.check_clock),
    Check('callback', 'Redirect URI for signing in', REGISTRATION, redirect_uris.check_callback),
    Check('silent', 'Redirect URI for renewing', REGISTRATION, redirect_uris.check_silent),
    Check('other_redirect_uris', 'Other redirect URIs', REGISTRATION, redirect_uris.check_other_uris),
    Check('request', 'Scope and audience', REGISTRATION, request.check_request),
    Check('pkce', 'PKCE', REGISTRATION, request.check_pkce),
    Check('end_session', 'End session', REGISTRATION, end_session.check_end_session),
    Check('response_mode', 'Response mode', STAYING, request.check_response_mode),
    Check('iss', 'Issuer in answers', STAYING, discovery.check_iss),
    Check('framing', 'Framing', STAYING, frame.check_framing),
    Check('site', 'Cookies in the silent frame', STAYING, renewing.check_site),
    Check('refresh_token', 'Refresh token', STAYING, renewing.check_refresh_token),
)


async def examine(examination: Examination) -> AsyncIterator[tuple[Check, Finding | None]]:
    """Perform all checks: each comes twice, with None when it begins, and with what it found."""
    for check in CHECKS:
        yield check, None
        yield check, await _found(check, examination)


async def _found(check: Check, examination: Examination) -> Finding:
    """One that fails is a finding itself, so that it does not hide the others."""
    try:
        return await check.perform(examination)
    except CannotTell as reason:
        return skipped(str(reason))
    except AppError as error:
        return problem(f'{error.title}: {quoted(error)}.', error.advice)
    except Exception as error:
        log.debug('the check %s failed', check.name, exc_info=True)
        return warning(
            f'The doctor could not finish this check: {type(error).__name__}.',
            'The provider said something that the doctor does not understand.',
        )
