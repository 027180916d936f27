"""How an access token for another API is asked for."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.errors import AudienceRefused
from app.oidc.endpoints.audience_request import audience_request, check_audience
from app.oidc.http import http_client
from app.oidc.provider_client import ProviderClient
from app.settings.provider import AudienceParameter
from tests.clock import FakeClock
from tests.oidc.documents import CALLBACK, ISSUER, REGISTRATION
from tests.oidc.scripted_provider import ScriptedProvider

API = 'https://api.example.com'
OURS = 'https://login.example.com'


@pytest.mark.parametrize(
    ('style', 'issuer', 'parameters'),
    [
        ('auto', OURS, {'resource': API}),
        ('auto', '', {'resource': API}),
        ('auto', 'https://tenant.eu.auth0.com/', {'audience': API}),
        ('auto', 'https://auth0.com.example.com', {'resource': API}),
        ('auto', 'https://notauth0.com', {'resource': API}),
        ('auto', 'https://login.microsoftonline.com/tenant/v2.0', {'scope': f'{API}/.default'}),
        ('auto', 'https://contoso.ciamlogin.com/tenant/v2.0', {'scope': f'{API}/.default'}),
        ('resource', 'https://tenant.auth0.com', {'resource': API}),
        ('audience', OURS, {'audience': API}),
        ('scope', OURS, {'scope': f'{API}/.default'}),
    ],
)
def test_which_parameter_asks_for_an_audience(
    style: AudienceParameter, issuer: str, parameters: dict[str, str]
) -> None:
    assert audience_request(API, style, issuer) == parameters


def provider_of(scripted: ScriptedProvider, style: AudienceParameter) -> ProviderClient:
    registration = replace(REGISTRATION, audience='main', audience_parameter=style)
    return ProviderClient(ISSUER, registration, http_client(httpx.MockTransport(scripted.handle)), FakeClock())


def sent(scripted: ScriptedProvider) -> dict[str, str]:
    """The parameters of the latest request."""
    return {name: values[0] for name, values in parse_qs(scripted.requests[-1].content.decode()).items()}


STYLES = [
    ('resource', {'resource': API}, {'resource': API}, {'resource': API}),
    ('audience', {'audience': API}, {'audience': API}, {'audience': API}),
    (
        'scope',
        {'scope': f'openid profile email {API}/.default'},
        {'scope': f'openid {API}/.default'},
        {'scope': f'{API}/.default'},
    ),
]
OF_AUDIENCES = {'resource', 'audience', 'scope'}


@pytest.mark.parametrize(('style', 'in_frame', 'with_code', 'with_refresh_token'), STYLES)
async def test_the_parameter_is_in_each_request(
    style: AudienceParameter, in_frame: dict[str, str], with_code: dict[str, str], with_refresh_token: dict[str, str]
) -> None:
    scripted = ScriptedProvider()
    provider = provider_of(scripted, style)
    request = await provider.silent_request(CALLBACK, audience=API)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
    assert {name: asked[name] for name in asked.keys() & OF_AUDIENCES} == {'scope': 'openid profile email'} | in_frame
    unchecked = await provider.send_code(request, scripted.answer(request))
    assert unchecked.audience == API
    assert {name: value for name, value in sent(scripted).items() if name in OF_AUDIENCES} == with_code
    unchecked = await provider.send_refresh_token('the-refresh-token', scope='openid', audience=API)
    assert unchecked.audience == API
    assert {name: value for name, value in sent(scripted).items() if name in OF_AUDIENCES} == with_refresh_token


async def test_without_an_audience_nothing_is_added() -> None:
    scripted = ScriptedProvider()
    provider = provider_of(scripted, 'resource')
    unchecked = await provider.send_refresh_token('the-refresh-token', scope='openid')
    assert unchecked.audience is None
    assert not sent(scripted).keys() & OF_AUDIENCES


async def test_a_provider_that_has_no_token_for_it_says_so() -> None:
    scripted = ScriptedProvider()
    scripted.instead['/token'] = httpx.Response(400, json={'error': 'invalid_target'})
    with pytest.raises(AudienceRefused) as refused:
        await provider_of(scripted, 'resource').send_refresh_token('the-refresh-token', scope='openid', audience=API)
    assert refused.value.code == 'invalid_target'


@pytest.mark.parametrize(('style', 'named'), [('auto', [API, f'{API}/2']), ('audience', []), ('scope', [])])
async def test_a_sign_in_and_a_silent_request_name_the_apis_that_tokens_are_wanted_for(
    scripted: ScriptedProvider, style: AudienceParameter, named: list[str]
) -> None:
    """RFC 8707 §2.1: else the refresh token is granted for none of them."""
    provider = provider_of(scripted, style)
    provider.registration = replace(provider.registration, audiences=(API, f'{API}/2'))
    for request in (await provider.sign_in_request(CALLBACK), await provider.silent_request(CALLBACK)):
        assert parse_qs(urlsplit(request.url).query).get('resource', []) == named
    one = await provider.silent_request(CALLBACK, audience=API)
    assert parse_qs(urlsplit(one.url).query).get('resource', []) == ([API] if named else [])


def test_an_api_that_is_not_listed_is_refused_without_asking() -> None:
    """oidc-provider has used up the refresh token by the time that it refuses."""
    check_audience(REGISTRATION, API)
    check_audience(replace(REGISTRATION, audiences=(API,)), API)
    with pytest.raises(AudienceRefused):
        check_audience(replace(REGISTRATION, audiences=('https://other.example.com',)), API)
