"""The checks, in their order, and the one way to perform them all."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

from ..errors import AuthError
from . import browser_requests, client, discovery, installation, refresh_token, renewal
from .examination import Examination
from .finding import CannotTell, Finding, problem, quoted, skipped, warning

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name for scripts and its title for people, and under which heading it stands.

    `provider` is the name of the one of several that it is of.
    """

    name: str
    title: str
    group: str
    perform: Callable[[Examination], Awaitable[Finding]]
    provider: str = ''

    def of(self, examination: Examination) -> Check:
        """This check of the provider that is examined, whose name is in its heading if it is one of several."""
        settings = examination.reading.settings
        if settings is None or not settings.provider.name:
            return self
        provider = settings.provider
        return replace(self, group=f'{provider.title}: {self.group}', provider=provider.name)


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
    Check('keys', 'Public keys', PROVIDER, discovery.check_keys),
    Check('client_authentication', 'Client authentication', REGISTRATION, client.check_client_authentication),
    Check('client', 'Client ID and secret', REGISTRATION, client.check_client),
    Check('clock', 'Clocks', REGISTRATION, installation.check_clock),
    Check('callback', 'Redirect URI for signing in', REGISTRATION, browser_requests.check_callback),
    Check('silent', 'Redirect URI for renewing', REGISTRATION, browser_requests.check_silent),
    Check('other_redirect_uris', 'Other redirect URIs', REGISTRATION, browser_requests.check_other_uris),
    Check('request', 'Scope and audience', REGISTRATION, browser_requests.check_request),
    Check('pkce', 'PKCE', REGISTRATION, browser_requests.check_pkce),
    Check('end_session', 'End session', REGISTRATION, browser_requests.check_end_session),
    Check('response_mode', 'Response mode', STAYING, browser_requests.check_response_mode),
    Check('iss', 'Issuer in answers', STAYING, discovery.check_iss),
    Check('framing', 'Framing', STAYING, renewal.check_framing),
    Check('site', 'Cookies in the silent frame', STAYING, renewal.check_site),
    Check('refresh_token', 'Refresh token', STAYING, refresh_token.check_refresh_token),
)


async def examine(examination: Examination) -> AsyncIterator[tuple[Check, Finding | None]]:
    """Perform all checks: each is yielded twice, with None when it begins, and with what it found.

    Those of a provider are performed for each; those of the app once.
    """
    whole = [(check, examination) for check in CHECKS if check.group == THIS_APP]
    each = examination.each or (examination,)
    of_each = [(check.of(own), own) for own in each for check in CHECKS if check.group != THIS_APP]
    for check, examined in (*whole, *of_each):
        yield check, None
        yield check, (await _found(check, examined)).spelled(examined.reading.names)


async def _found(check: Check, examination: Examination) -> Finding:
    """What the check found; a check that fails is a finding itself, so that it does not hide the others."""
    try:
        return await check.perform(examination)
    except CannotTell as reason:
        return skipped(str(reason))
    except AuthError as error:
        return problem(f'{error.title}: {quoted(error)}.', error.advice)
    except Exception as error:  # a provider may say anything; one check that stumbles over it must not end the rest
        log.debug('the check %s failed', check.name, exc_info=True)
        return warning(
            f'The doctor could not finish this check: {type(error).__name__}.',
            'The provider said something that the doctor does not understand.',
        )
