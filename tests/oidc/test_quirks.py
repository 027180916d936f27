"""What a sign-in teaches about refresh tokens, and how the next one asks for them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.oidc.http import http_client
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from app.oidc.quirks import OfflineAccess, Quirks
from tests.clock import FakeClock
from tests.oidc.documents import CALLBACK, CLIENT_ID, ISSUER, discovery

OFFLINE = 'openid offline_access'
GOOGLE = 'https://accounts.google.com'


def provider(scope: str = OFFLINE, issuer: str = ISSUER, *, uses_refresh_token: bool = True) -> ProviderClient:
    http = http_client(httpx.MockTransport(lambda _: httpx.Response(200, json=discovery(issuer))))
    return ProviderClient(
        issuer, Registration(CLIENT_ID, scope, uses_refresh_token=uses_refresh_token), http, FakeClock()
    )


def asked(url: str) -> dict[str, str]:
    return {name: ' '.join(values) for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.mark.parametrize(
    ('before', 'with_consent', 'came', 'after'),
    [
        ('as-asked', False, True, 'as-asked'),
        ('as-asked', False, False, 'needs-consent'),
        ('needs-consent', True, True, 'needs-consent'),
        ('needs-consent', True, False, 'not-granted'),
        ('needs-consent', False, True, 'as-asked'),
        ('not-granted', False, False, 'not-granted'),
        ('not-granted', False, True, 'as-asked'),
    ],
)
def test_what_a_sign_in_teaches(before: OfflineAccess, with_consent: bool, came: bool, after: OfflineAccess) -> None:
    learnt = Quirks(offline_access=before).after_sign_in(with_consent=with_consent, came=came)
    assert learnt == Quirks(offline_access=after)


def test_after_a_restart_what_was_refused_is_asked_for_again() -> None:
    assert Quirks(offline_access='not-granted').after_restart() == Quirks()
    assert Quirks(offline_access='needs-consent').after_restart() == Quirks(offline_access='needs-consent')


@pytest.mark.parametrize(
    ('known', 'prompt', 'sent'),
    [
        ('as-asked', None, None),
        ('needs-consent', None, 'consent'),
        ('needs-consent', 'login', 'login consent'),
        ('needs-consent', 'select_account', 'select_account consent'),
        ('not-granted', None, None),
    ],
)
async def test_consent_is_asked_for_where_that_brings_the_refresh_token(
    known: OfflineAccess, prompt: str | None, sent: str | None
) -> None:
    """OpenID Connect Core §11."""
    oidc = provider()
    oidc.learn(Quirks(offline_access=known))
    request = await oidc.sign_in_request(CALLBACK, prompt)
    assert asked(request.url).get('prompt') == sent
    assert request.prompt == (sent or '')


async def test_a_silent_request_never_asks_for_consent() -> None:
    oidc = provider()
    oidc.learn(Quirks(offline_access='needs-consent'))
    assert asked((await oidc.silent_request(CALLBACK)).url)['prompt'] == 'none'


@pytest.mark.parametrize('oidc', [provider('openid'), provider(uses_refresh_token=False)], ids=['not asked', 'no use'])
async def test_nobody_is_bothered_for_a_refresh_token_that_is_not_wanted(oidc: ProviderClient) -> None:
    oidc.learn(Quirks(offline_access='needs-consent'))
    assert 'prompt' not in asked((await oidc.sign_in_request(CALLBACK)).url)


async def test_google_is_asked_by_a_parameter_since_it_refuses_the_scope() -> None:
    oidc = provider(issuer=GOOGLE)
    request = asked((await oidc.sign_in_request(CALLBACK)).url)
    assert (request['access_type'], request['scope']) == ('offline', 'openid')
    silent = asked((await oidc.silent_request(CALLBACK, has_refresh_token=True)).url)
    assert 'access_type' not in silent
    oidc.learn(Quirks(offline_access='needs-consent'))
    assert asked((await oidc.sign_in_request(CALLBACK)).url)['prompt'] == 'consent'


async def test_google_is_asked_for_no_refresh_token_that_nobody_wants() -> None:
    request = asked((await provider('openid', GOOGLE).sign_in_request(CALLBACK)).url)
    assert 'access_type' not in request


async def test_other_providers_are_asked_by_the_scope() -> None:
    request = asked((await provider().sign_in_request(CALLBACK)).url)
    assert (request['scope'], 'access_type' in request) == (OFFLINE, False)
