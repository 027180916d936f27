"""The provider's answer as a form (OAuth 2.0 Form Post Response Mode)."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from nicegui import core

from app.web.http_methods.form_post import MAX_BODY
from tests.person import Person, place, query
from tests.provider import APP_URL, RecordingProvider

pytestmark = pytest.mark.usefixtures('app')
FORM = 'application/x-www-form-urlencoded'


async def posted(
    content: str | bytes, media_type: str = FORM, path: str = '/callback', cookies: dict[str, str] | None = None
) -> httpx.Response:
    """What a browser gets that posts this from another site: it shows no cookie, but for those given."""
    transport = httpx.ASGITransport(core.app)
    headers = {'Content-Type': media_type, 'Origin': 'https://login.example.com', 'Sec-Fetch-Site': 'cross-site'}
    async with httpx.AsyncClient(base_url=APP_URL, transport=transport, cookies=cookies) as browser:
        return await browser.post(path, content=content, headers=headers)


async def test_an_answer_that_is_posted_signs_in(provider: RecordingProvider) -> None:
    """[response-type-code-form-post]"""
    person = Person(provider)
    answer = urlsplit(await person.callback_url('alice', '/profile')).query
    sent_on = await posted(f'{answer}&session_state=x')
    assert sent_on.status_code == 303
    assert 'set-cookie' not in sent_on.headers
    assert '/token' not in provider.requests
    signed_in = await person.get(sent_on.headers['Location'])
    assert (signed_in.status_code, place(signed_in)) == (303, '/profile')
    assert await person.name() == 'Alice Adams'


@pytest.mark.parametrize('value', ['x', 'bnVsbA==.a.b', 'e30=.a.b', 'eyJpZCI6ICJ4In0=.a.b'])
async def test_a_cookie_of_others_that_comes_along_costs_nobody_their_storage(value: str) -> None:
    sent_on = await posted('code=c&state=s', cookies={'from_an_embedded_page': value})
    assert sent_on.status_code == 303
    assert 'set-cookie' not in sent_on.headers


async def test_a_storage_cookie_that_comes_along_is_not_deleted(provider: RecordingProvider) -> None:
    cookies = dict((await Person.signed_in(provider, 'alice')).http.cookies)
    assert any('_storage_' in name for name in cookies), cookies
    sent_on = await posted('code=c&state=s', cookies=cookies)
    assert sent_on.status_code == 303
    assert '=null' not in sent_on.headers.get('set-cookie', '')


async def test_an_answer_that_another_browser_posts_signs_nobody_in(provider: RecordingProvider) -> None:
    mallory, victim = Person(provider), await Person.signed_in(provider, 'alice')
    answer = urlsplit(await mallory.callback_url('bob')).query
    refused = await victim.get((await posted(answer)).headers['Location'])
    assert (refused.status_code, 'another_browser' in refused.text) == (400, True)
    assert await victim.name() == 'Alice Adams'


async def test_an_error_that_is_posted_is_told(provider: RecordingProvider) -> None:
    person = Person(provider)
    state = query(await person.callback_url('alice'))['state']
    sent_on = await posted(f'error=access_denied&error_description=Not+you%21&state={state}')
    told = await person.get(sent_on.headers['Location'])
    assert (told.status_code, 'access_denied' in told.text, 'Not you!' in told.text) == (400, True, True)


async def test_an_answer_for_the_frame_that_is_posted_reaches_its_page() -> None:
    sent_on = await posted('code=c&state=s', path='/silent')
    assert (sent_on.status_code, place(sent_on)) == (303, '/silent?code=c&state=s')


async def test_only_an_answer_goes_along() -> None:
    sent_on = await posted('code=c%26x&state=s&iss=i&id_token=secret&user=%7B%7D&return_to=https://evil.example')
    assert place(sent_on) == '/callback?code=c%26x&state=s&iss=i'


async def test_an_issuer_that_is_empty_stays_one_that_is_wrong(provider: RecordingProvider) -> None:
    person = Person(provider)
    answer = query(await person.callback_url('alice'))
    sent_on = await posted(f'code={answer["code"]}&state={answer["state"]}&iss=')
    assert (await person.get(sent_on.headers['Location'])).status_code == 400
    assert '/token' not in provider.requests


@pytest.mark.parametrize('media_type', [FORM, f'{FORM}; charset=UTF-8', FORM.upper()])
async def test_a_form_may_have_parameters_in_its_media_type(media_type: str) -> None:
    assert (await posted('code=c&state=s', media_type)).status_code == 303


@pytest.mark.parametrize(
    ('content', 'media_type', 'code'),
    [
        pytest.param('', FORM, 'invalid_response', id='empty'),
        pytest.param('state=s', FORM, 'invalid_response', id='neither code nor error'),
        pytest.param('code=c&code=d&state=s', FORM, 'invalid_response', id='two codes'),
        pytest.param(b'code=\xff&state=s', FORM, 'invalid_response', id='not encoded'),
        pytest.param('code=%ff&state=s', FORM, 'invalid_response', id='no utf-8'),
        pytest.param('code=c&state=' + 's' * MAX_BODY, FORM, 'invalid_response', id='too large'),
        pytest.param('{"code": "c"}', 'application/json', 'invalid_response', id='JSON'),
        pytest.param('code=c&state=s', 'text/plain', 'invalid_response', id='text'),
        pytest.param('--x', 'multipart/form-data; boundary=x', 'invalid_response', id='multipart'),
        pytest.param('response=a.b.c&state=s', FORM, 'response_encoded', id='a JWT'),
    ],
)
async def test_what_is_no_answer_is_refused(content: str | bytes, media_type: str, code: str) -> None:
    refused = await posted(content, media_type)
    assert (refused.status_code, code in refused.text) == (400, True)


@pytest.mark.parametrize('modes', [['form_post'], ['fragment', 'form_post'], ['query', 'form_post'], None])
async def test_a_form_is_asked_for_only_where_no_query_is_offered(
    provider: RecordingProvider, modes: list[str] | None
) -> None:
    document = {
        'issuer': provider.issuer,
        **{name: f'{provider.issuer}/{name}' for name in ('authorization_endpoint', 'token_endpoint', 'jwks_uri')},
        **({} if modes is None else {'response_modes_supported': modes}),
    }
    provider.answer('/.well-known/openid-configuration', document)
    login = await Person(provider).get('/login')
    asked = query(login.headers['Location']).get('response_mode')
    assert asked == ('form_post' if modes and 'query' not in modes else None)


async def test_an_answer_that_is_a_jwt_is_refused_by_a_code_of_its_own(provider: RecordingProvider) -> None:
    """JWT Secured Authorization Response Mode, which is not asked for."""
    refused = await Person(provider).get('/callback', response='a.b.c')
    assert (refused.status_code, 'response_encoded' in refused.text) == (400, True)
