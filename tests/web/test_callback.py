"""The answer of the provider, where it lands: believed only if it is the one that this browser waits for."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

import pytest

from tests.clock import FakeClock
from tests.person import Person, place, query
from tests.provider import RecordingProvider

pytestmark = pytest.mark.usefixtures('app')


async def test_an_unknown_state_begins_the_sign_in_anew_once(provider: RecordingProvider) -> None:
    person = Person(provider)
    await person.get('/login', return_to='/profile')
    first = await person.get('/callback', code='c', state='unknown')
    assert (first.status_code, place(first)) == (303, '/login?return_to=%2Fprofile')
    second = await person.get('/callback', code='c', state='unknown')
    assert second.status_code == 400
    assert 'sign_in_expired' in second.text
    assert '/token' not in provider.requests


@pytest.mark.parametrize('is_known', [True, False], ids=['of this sign-in', 'of none'])
async def test_a_pushed_request_that_the_provider_has_forgotten_begins_the_sign_in_anew_once(
    provider: RecordingProvider, is_known: bool
) -> None:
    """RFC 9126 §2.2: it expires, and who went back to it has done nothing wrong."""
    person, error = Person(provider), 'invalid_request_uri'
    login = await person.get('/login', return_to='/profile')
    state = query(login.headers['Location'])['state'] if is_known else 'unknown'
    first = await person.get('/callback', error=error, state=state)
    assert (first.status_code, place(first)) == (303, '/login?return_to=%2Fprofile')
    second = await person.get('/callback', error=error, state=state)
    assert (second.status_code, 'sign_in_expired' in second.text) == (400, True)


async def test_who_changes_the_person_and_went_back_is_asked_again(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider, 'alice')
    login = await person.get('/login', return_to='/profile', prompt='select_account')
    state = query(login.headers['Location'])['state']
    again = await person.get('/callback', error='invalid_request_uri', state=state)
    assert (again.status_code, place(again)) == (303, '/login?return_to=%2Fprofile&prompt=select_account')


async def test_a_used_callback_is_not_redeemed_again(provider: RecordingProvider) -> None:
    person = Person(provider)
    url = await person.callback_url('alice')
    await person.get(url)
    provider.requests.clear()
    again = await person.get(url)
    assert (again.status_code, place(again), provider.requests) == (303, '/', [])
    assert await person.name() == 'Alice Adams'


async def test_a_sign_in_expires_after_ten_minutes(provider: RecordingProvider, clock: FakeClock) -> None:
    person = Person(provider)
    url = await person.callback_url('alice')
    clock.set(clock.now() + 601)
    assert place(await person.get(url)).startswith('/login')
    assert '/token' not in provider.requests


async def test_another_browsers_sign_in_is_refused_and_stays_usable_for_its_own(provider: RecordingProvider) -> None:
    mallory, victim = Person(provider), await Person.signed_in(provider, 'alice')
    url = await mallory.callback_url('bob')
    refused = await victim.get(url)
    assert (refused.status_code, 'another_browser' in refused.text) == (400, True)
    assert await victim.name() == 'Alice Adams'
    assert (await mallory.get(url)).status_code == 303


def without(params: dict[str, str], *names: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in params.items() if name not in names]


@pytest.mark.parametrize(
    'change',
    [
        pytest.param(lambda params: without(params, 'code'), id='no code'),
        pytest.param(lambda params: [*params.items(), ('state', params['state'])], id='two states'),
        pytest.param(lambda params: [*params.items(), ('code', 'another')], id='two codes'),
        pytest.param(lambda params: [*without(params, 'code'), ('error', 'access_denied')], id='access denied'),
        pytest.param(lambda params: [*without(params, 'code'), ('error', 'nonsense')], id='an unknown error'),
        pytest.param(lambda params: [*without(params, 'iss'), ('iss', 'https://evil.example')], id='another iss'),
        pytest.param(lambda params: without(params, 'iss'), id='no iss although promised'),
        pytest.param(lambda _: [], id='nothing'),
        pytest.param(lambda _: [('error', 'login_required'), ('state', 'unknown')], id='an error nobody asked for'),
    ],
)
async def test_a_bad_callback_shows_the_error_page_and_harms_nothing(
    provider: RecordingProvider, change: object
) -> None:
    person = await Person.signed_in(provider, 'alice')
    params = query(await person.callback_url('bob'))
    provider.requests.clear()
    response = await person.get('/callback?' + urlencode(change(params)))  # type: ignore[operator]
    assert response.status_code == 400
    assert 'error-code' in response.text
    assert provider.requests == []
    assert await person.name() == 'Alice Adams'


async def test_what_the_provider_says_is_shown_as_text_and_only_if_it_answers_us(provider: RecordingProvider) -> None:
    person = Person(provider)
    state = query(await person.callback_url('alice'))['state']
    words = 'Ask <b>Eve</b>'
    told = {'error': 'access_denied', 'error_description': words, 'iss': provider.issuer}
    forged = await person.get('/callback?' + urlencode({**told, 'state': 'unknown'}))
    assert 'Eve' not in forged.text
    answered = await person.get('/callback?' + urlencode({**told, 'state': state}))
    assert 'Eve' in answered.text
    assert '<b>Eve' not in answered.text


@pytest.mark.parametrize(
    ('path', 'body', 'status', 'headers'),
    [
        ('/token', '', 500, {}),
        ('/token', '<html>garbage</html>', 200, {}),
        ('/token', '', 403, {}),
        ('/token', '', 302, {'Location': 'https://evil.example'}),
        ('/token', {'error': 'invalid_client'}, 401, {}),
        ('/token', {'error': 'invalid_grant'}, 400, {}),
        ('/token', {'access_token': 'a', 'token_type': 'Bearer'}, 200, {}),
        ('/token', {'access_token': 'a', 'token_type': 'Bearer', 'id_token': 'x.y.z'}, 200, {}),
        ('/jwks', '', 503, {}),
        ('/jwks', {'keys': []}, 200, {}),
        ('/userinfo', {'sub': 'somebody else'}, 200, {}),
    ],
)
@pytest.mark.tutorial_bug(22)
async def test_a_provider_that_answers_nonsense_gives_a_clear_page_and_one_log_line(
    provider: RecordingProvider,
    caplog: pytest.LogCaptureFixture,
    path: str,
    body: object,
    status: int,
    headers: dict[str, str],
) -> None:
    person = Person(provider)
    url = await person.callback_url('alice')
    provider.answer(path, body, status, **headers)
    with caplog.at_level(logging.WARNING):
        response = await person.get(url)
    assert response.status_code in {400, 502, 503}
    assert 'error-code' in response.text
    assert 'Traceback' not in response.text
    assert 'object Object' not in response.text
    assert len([record for record in caplog.records if record.name == 'app.ui.notices.error_page']) == 1
    assert await person.name() is None
