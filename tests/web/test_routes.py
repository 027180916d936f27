"""Signing in and out over HTTP, and everything that a browser might send instead."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import httpx
import pytest

from app.errors import StoreFailed
from app.web.identity import known_prompt
from tests.clock import FakeClock, settle
from tests.person import Person, place, query
from tests.provider import APP_URL, RecordingProvider

pytestmark = pytest.mark.usefixtures('app')


async def test_a_person_signs_in_and_comes_back_to_where_they_were(provider: RecordingProvider) -> None:
    person = Person(provider)
    response = await person.sign_in('alice', return_to='/profile?tab=1')
    assert place(response) == '/profile?tab=1'
    assert 'alice@example.com' in (await person.get('/profile')).text


async def test_the_login_request_is_a_code_flow_with_pkce_state_and_nonce(provider: RecordingProvider) -> None:
    asked = query((await Person(provider).get('/login')).headers['Location'])
    assert asked['response_type'] == 'code'
    assert asked['code_challenge_method'] == 'S256'
    assert asked['redirect_uri'] == f'{APP_URL}/callback'
    assert {'state', 'nonce', 'code_challenge'} <= asked.keys()


@pytest.mark.tutorial_bug(14)
async def test_a_reload_keeps_the_session(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    assert [await person.name() for _ in range(3)] == ['Alice Adams'] * 3


async def test_several_tabs_can_sign_in_at_once(provider: RecordingProvider) -> None:
    person = Person(provider)
    urls = [await person.callback_url('alice', f'/profile?tab={tab}') for tab in range(3)]
    responses = [await person.get(url) for url in urls]
    assert [place(response) for response in responses] == [f'/profile?tab={tab}' for tab in range(3)]
    assert await person.name() == 'Alice Adams'


async def test_a_sign_in_changes_every_id_in_the_cookie_that_an_attacker_could_know(
    provider: RecordingProvider,
) -> None:
    person = await Person.signed_in(provider)
    before = dict(person.http.cookies)
    await person.sign_in('bob')
    stale = Person(provider, httpx.Cookies(before))
    assert await person.name() == 'Bob Brown'
    assert await stale.name() is None


@pytest.mark.tutorial_bug(16)
async def test_bob_sees_nothing_of_alice(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider, 'alice')
    await person.sign_in('bob')
    pages = [(await person.get(path)).text for path in ('/', '/profile')]
    assert not any('Alice' in page or 'alice' in page for page in pages)


@pytest.mark.parametrize('path', ['/profile', '/profile?tab=1'])
@pytest.mark.tutorial_bug(17)
async def test_a_visitor_is_sent_to_sign_in_and_back(provider: RecordingProvider, path: str) -> None:
    response = await Person(provider).get(path)
    assert (response.status_code, place(response)) == (303, '/login?' + urlencode({'return_to': path}))


@pytest.mark.parametrize(
    'evil', ['//evil.example', '/\\evil.example', 'javascript:alert(1)', 'https://evil.example', '/%2Fevil.example']
)
async def test_a_sign_in_leads_to_pages_of_this_app_only(provider: RecordingProvider, evil: str) -> None:
    assert place(await Person(provider).sign_in('alice', return_to=evil)) == '/'


async def test_userinfo_that_is_down_does_not_stop_a_sign_in(provider: RecordingProvider) -> None:
    provider.answer('/userinfo', status=500)
    assert await (await Person.signed_in(provider)).name() == 'Alice Adams'


async def test_a_provider_that_is_down_does_not_stop_the_app(provider: RecordingProvider) -> None:
    person = Person(provider)
    provider.answer('/.well-known/openid-configuration', status=503)
    assert (await person.get('/')).status_code == 200
    response = await person.get('/login', return_to='/profile')
    assert response.status_code == 502
    assert 'Try again' in response.text
    provider.behave()
    assert (await person.get('/login')).status_code == 303


async def test_another_issuers_discovery_document_is_refused(provider: RecordingProvider) -> None:
    provider.answer('/.well-known/openid-configuration', {'issuer': 'https://evil.example'})
    response = await Person(provider).get('/login')
    assert (response.status_code, 'discovery_invalid' in response.text) == (502, True)


async def test_logging_out_ends_the_session_here_and_at_the_provider(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    before = httpx.Cookies(dict(person.http.cookies))
    response = await person.log_out()
    location = response.headers['Location']
    assert location.startswith(f'{provider.issuer}/end-session')
    assert query(location)['post_logout_redirect_uri'] == f'{APP_URL}/'
    assert (await person.get(location)).headers['Location'] == f'{APP_URL}/'
    assert await person.name() is None
    assert await Person(provider, before).name() is None


async def test_logging_out_needs_a_form_of_ours(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    for data in ({}, {'csrf': 'forged'}):
        refused = await person.http.post('/logout', data=data)
        assert (refused.status_code, 'forged_request' in refused.text) == (403, True)
    assert await person.name() == 'Alice Adams'


@pytest.mark.tutorial_bug(18)
async def test_logging_out_without_a_session_leads_home(provider: RecordingProvider) -> None:
    response = await Person(provider).log_out()
    assert place(response) == '/'
    assert (await Person(provider).get('/')).status_code == 200


async def test_a_path_that_is_no_page_says_so(provider: RecordingProvider) -> None:
    response = await Person(provider).get('/nowhere')
    assert response.status_code == 404
    assert 'There is no such page' in response.text


async def test_the_app_says_that_it_is_well(provider: RecordingProvider) -> None:
    assert (await Person(provider).get('/health')).json() == {'status': 'ok'}


async def test_a_sign_in_that_is_under_way_while_the_person_logs_out_signs_nobody_in(
    provider: RecordingProvider,
) -> None:
    person = await Person.signed_in(provider)
    url = await person.callback_url('alice')
    tab = Person(provider, httpx.Cookies(dict(person.http.cookies)))
    release = provider.hang('/token')
    callback = asyncio.create_task(tab.get(url))
    await settle()
    await person.log_out()
    release.set()
    assert (await callback).status_code == 401
    assert await tab.name() is None
    assert await person.name() is None


async def test_a_sign_in_that_was_begun_before_a_logout_cannot_be_finished_after_it(
    provider: RecordingProvider,
) -> None:
    person = await Person.signed_in(provider)
    url = await person.callback_url('alice')
    await person.log_out()
    assert (await person.get(url)).status_code == 401
    assert await person.name() is None


async def test_whoever_used_the_browser_before_cannot_make_a_form_or_a_sign_in_for_it(
    provider: RecordingProvider,
) -> None:
    person = await Person.signed_in(provider, 'bob')
    kept_by_bob = httpx.Cookies(dict(person.http.cookies))
    await person.log_out()
    await person.sign_in('alice')
    url = await Person(provider, kept_by_bob).callback_url('bob')
    assert 'another_browser' in (await person.get(url)).text
    assert await person.name() == 'Alice Adams'


@pytest.mark.parametrize('path', ['/' + 'a/' * 5000, '/' + 'a' * 5000])
async def test_a_path_that_no_page_has_costs_nothing(provider: RecordingProvider, path: str) -> None:
    assert (await Person(provider).get(path)).status_code == 414


async def test_a_prefix_that_a_stranger_makes_up_leads_nowhere(provider: RecordingProvider) -> None:
    response = await Person(provider).http.get('/', headers={'X-Forwarded-Prefix': '//evil.example'})
    assert 'evil.example' not in response.text


async def test_a_large_form_is_refused_unread(provider: RecordingProvider) -> None:
    response = await Person(provider).http.post('/logout', content=b'x' * 100_000)
    assert response.status_code == 403


async def test_a_store_that_fails_gives_a_clear_page(
    provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(provider)

    async def fail(*_: object) -> None:
        raise StoreFailed('disk full')

    monkeypatch.setattr('app.sessions.sqlite.SqliteSessionStore.begin_authorization', fail)
    response = await person.get('/login')
    assert (response.status_code, 'store_failed' in response.text) == (503, True)


async def test_the_way_back_survives_a_provider_that_is_down(provider: RecordingProvider) -> None:
    provider.answer('/.well-known/openid-configuration', status=503)
    assert '/login?return_to=%2Fprofile' in (await Person(provider).get('/login', return_to='/profile')).text


@pytest.mark.parametrize(('setting', 'expected'), [('SESSION_IDLE', None), ('SESSION_MAX', None), ('', 'Alice Adams')])
async def test_a_session_beyond_its_limits_is_over_when_the_page_opens(
    provider: RecordingProvider, clock: FakeClock, setting: str, expected: str | None
) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 599)
    assert await person.name() == 'Alice Adams'
    clock.set(clock.now() + 601)
    assert await person.name() == expected


@pytest.mark.parametrize(('prompt', 'known'), [('login', 'login'), ('none', None), ('consent', None), (None, None)])
def test_only_a_prompt_of_our_own_links_is_passed_on(prompt: str | None, known: str | None) -> None:
    assert known_prompt(prompt) == known
